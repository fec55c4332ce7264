"""A card that pays with nothing, for demonstrations and tests. Its numbers say what happens.

Notifications come as they would from a real gateway: some at once, some later by a job, some
twice at the same moment. A number is looked at and forgotten.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from procrastinate.contrib.django import app

from backend.billing import jobs
from backend.billing.gateways.base import (
    Begun,
    Meaning,
    Notification,
    RefundAnswer,
    RefundState,
)
from backend.billing.models import Payment, Refund
from backend.billing.models.money import Method
from backend.common.caller import TenantRef
from backend.common.tenancy import owner_scope


class Card(StrEnum):
    """What becomes of a payment with it."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    # Confirmed some seconds later.
    LATE = "late"
    # Told of twice, by two jobs at once.
    TWICE = "twice"


CARDS: Final[Mapping[str, Card]] = {
    "4242424242424242": Card.ACCEPTED,
    "4000000000000002": Card.DECLINED,
    "4000000000003063": Card.LATE,
    "4000000000003220": Card.TWICE,
}
LATE_SECONDS: Final = 10


class Sandbox:
    method = Method.CARD

    def is_offered(self) -> bool:
        return bool(settings.SANDBOX_PAYMENTS)

    def begin(self, payment: Payment, tenant: TenantRef) -> dict[str, Any]:
        return {}

    def next_steps(self, begun: Sequence[Begun]) -> list[dict[str, Any] | None]:
        return [None if "card" in each.details else {"kind": "card"} for each in begun]

    def refund(self, refund: Refund) -> RefundAnswer:
        return RefundAnswer(RefundState.SENT, reference=f"sandbox {refund.pk}")


def event_of(payment: Payment, card: Card) -> dict[str, Any]:
    """What the sandbox tells of a payment with this card, as JSON."""
    told = "declined" if card == Card.DECLINED else "paid"
    return {
        "id": f"{payment.pk}-{told}",
        "type": f"card.{told}",
        "payment_id": str(payment.pk),
        "amount_minor": payment.amount_minor,
        "currency": payment.currency,
    }


def notification_of(event: Mapping[str, Any]) -> Notification:
    is_paid = event["type"] == "card.paid"
    return Notification(
        method=Method.CARD,
        event_id=event["id"],
        kind=event["type"],
        meaning=Meaning.PAID if is_paid else Meaning.FAILED,
        payment_id=UUID(event["payment_id"]),
        reference=f"sandbox {event['payment_id']}",
        amount_minor=event["amount_minor"],
        currency=event["currency"],
        failure="" if is_paid else "card-declined",
    )


def tell(event: dict[str, Any], *, times: int, seconds: int = 0) -> None:
    """By as many jobs at once, after the commit. Within the payment's transaction."""
    task = app.configure_task(
        jobs.RECEIVE_FROM_SANDBOX, queue=jobs.QUEUE, schedule_in={"seconds": seconds}
    )
    with owner_scope():
        same: list[Any] = [{"event": event}] * times
        task.batch_defer(*same)
