"""Stripe, through its SDK: people pay on Stripe's page, and it notifies.

Nothing is believed that a browser says on its way back: only signed events count.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, TypeVar
from uuid import UUID

import structlog
from django.conf import settings
from django.utils import timezone

from backend.billing.errors import GatewayFailed
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

if TYPE_CHECKING:
    # Loaded only where it is used: it takes memory that most installations don't have to spend.
    import stripe

# Seconds to connect, and to wait for an answer: somebody sits before a page meanwhile.
TIMEOUT: Final = (2.0, 5.0)
RETRIES: Final = 1
# Stripe knows a request again by its key for a day at least.
KEYS_LAST: Final = timedelta(hours=20)
LONGEST_CODE: Final = 64
# Amounts are in the smallest unit at Stripe too, but for these, which have two zeros more there.
WITH_ZEROS: Final = frozenset({"ISK"})

Answer = TypeVar("Answer")
log = structlog.get_logger(__name__)


class Stripe:
    method = Method.STRIPE

    def is_offered(self) -> bool:
        return bool(settings.STRIPE_SECRET_KEY)

    def begin(self, payment: Payment, tenant: TenantRef) -> dict[str, Any]:
        """A Checkout Session. Its key is the payment's: a retry of the SDK makes no second one."""
        page = f"{settings.PORTAL_ORIGIN}/t/{tenant.slug}/billing/payments/{payment.pk}/"
        ours = {"payment_id": str(payment.pk), "reference": payment.reference}
        session = _ask(
            lambda client: client.v1.checkout.sessions.create(
                {
                    "mode": "payment",
                    "line_items": [
                        {
                            "quantity": 1,
                            "price_data": {
                                "currency": payment.currency.lower(),
                                "unit_amount": _theirs(payment.amount_minor, payment.currency),
                                "product_data": {"name": payment.reference},
                            },
                        }
                    ],
                    "client_reference_id": str(payment.pk),
                    "metadata": ours,
                    "payment_intent_data": {"metadata": ours, "description": payment.reference},
                    "success_url": page,
                    "cancel_url": page,
                },
                {"idempotency_key": f"payment-{payment.pk}"},
            )
        )
        return {"handle": session.id, "url": session.url}

    def next_steps(self, begun: Sequence[Begun]) -> list[dict[str, Any] | None]:
        return [
            None if "waiting" in each.details else {"kind": "redirect", "url": each.details["url"]}
            for each in begun
        ]

    def refund(self, refund: Refund) -> RefundAnswer:
        """Its key is the refund's, so that asking again finds what was done.

        Where so much time has gone by that Stripe may have forgotten the key, ours is looked for
        among the payment's refunds first.
        """
        from stripe import InvalidRequestError

        try:
            if timezone.now() - refund.created_at > KEYS_LAST:
                made = _ask(lambda client: _found(client, refund) or _made(client, refund))
            else:
                made = _ask(lambda client: _made(client, refund))
            return _answer_to(made)
        except GatewayFailed as error:
            if isinstance(error.__cause__, InvalidRequestError):
                return RefundAnswer(RefundState.REFUSED, failure=code_of(error.__cause__.code))
            raise


def _made(client: stripe.StripeClient, refund: Refund) -> stripe.Refund:
    return client.v1.refunds.create(
        {
            "payment_intent": refund.payment.gateway_reference,
            "amount": _theirs(refund.amount_minor, refund.currency),
            "metadata": {"refund_id": str(refund.pk)},
        },
        {"idempotency_key": f"refund-{refund.pk}"},
    )


def _found(client: stripe.StripeClient, refund: Refund) -> stripe.Refund | None:
    of_payment = client.v1.refunds.list(
        {"payment_intent": refund.payment.gateway_reference, "limit": 100}
    )
    for each in of_payment.auto_paging_iter():
        if getattr(each.metadata, "refund_id", "") == str(refund.pk):
            return each
    return None


def _answer_to(made: stripe.Refund) -> RefundAnswer:
    if made.status in ("failed", "canceled"):
        failure = code_of(made.failure_reason)
        return RefundAnswer(RefundState.REFUSED, reference=made.id, failure=failure)
    sent = made.status == "succeeded"
    return RefundAnswer(RefundState.SENT if sent else RefundState.UNDER_WAY, reference=made.id)


def _theirs(amount_minor: int, currency: str) -> int:
    """An amount as Stripe has it."""
    return amount_minor * 100 if currency in WITH_ZEROS else amount_minor


def _ours(amount: int, currency: str) -> int:
    """An amount of Stripe's in our smallest unit."""
    return amount // 100 if currency in WITH_ZEROS else amount


def code_of(text: str | None) -> str:
    """One of Stripe's words as ours are written."""
    return (text or "refused").replace("_", "-")[:LONGEST_CODE]


def _ask(call: Callable[[stripe.StripeClient], Answer]) -> Answer:
    """Raises GatewayFailed. What Stripe said is logged by its code alone: texts may quote input."""
    import stripe

    client = stripe.StripeClient(
        settings.STRIPE_SECRET_KEY,
        http_client=stripe.RequestsClient(timeout=TIMEOUT),
        max_network_retries=RETRIES,
        base_addresses={"api": stripe.api_base},
    )
    try:
        return call(client)
    except stripe.StripeError as error:
        log.warning("stripe failed", kind=type(error).__name__, code=error.code)
        raise GatewayFailed from error


def event_of(body: bytes, signature: str) -> dict[str, Any]:
    """A signed event, not older than five minutes. Raises ValueError."""
    import stripe

    try:
        event = stripe.Webhook.construct_event(body, signature, settings.STRIPE_WEBHOOK_SECRET)
    except stripe.SignatureVerificationError as error:
        raise ValueError("not signed as it should be") from error
    found: dict[str, Any] = event.to_dict()
    return found


_SESSION_MEANINGS: Final = {
    "checkout.session.async_payment_succeeded": Meaning.PAID,
    "checkout.session.async_payment_failed": Meaning.FAILED,
    "checkout.session.expired": Meaning.FAILED,
}
_FAILURES: Final = {
    "checkout.session.async_payment_failed": "payment-failed",
    "checkout.session.expired": "expired",
}


def notification_of(event: Mapping[str, Any]) -> Notification:
    """What an event says, as far as it matters here."""
    kind, about = event["type"], event["data"]["object"]
    if kind.startswith("checkout.session."):
        return _of_session(event["id"], kind, about)
    if kind in ("refund.updated", "refund.failed"):
        return _of_refund(event["id"], kind, about)
    if kind == "charge.refunded":
        currency = about["currency"].upper()
        return Notification(
            method=Method.STRIPE,
            event_id=event["id"],
            kind=kind,
            meaning=Meaning.REFUNDED_IN_ALL,
            reference=about["payment_intent"] or "",
            amount_minor=_ours(about["amount_refunded"], currency),
            currency=currency,
        )
    return Notification(method=Method.STRIPE, event_id=event["id"], kind=kind)


def _of_session(event_id: str, kind: str, session: Mapping[str, Any]) -> Notification:
    meaning = _SESSION_MEANINGS.get(kind, Meaning.OTHER)
    if kind == "checkout.session.completed":
        meaning = Meaning.PAID if session["payment_status"] == "paid" else Meaning.WAITING
    currency = (session["currency"] or "").upper()
    return Notification(
        method=Method.STRIPE,
        event_id=event_id,
        kind=kind,
        meaning=meaning,
        payment_id=_id_of(session["client_reference_id"]),
        handle=session["id"],
        reference=session["payment_intent"] or session["id"],
        amount_minor=_ours(session["amount_total"] or 0, currency),
        currency=currency,
        failure=_FAILURES.get(kind, ""),
    )


def _of_refund(event_id: str, kind: str, refund: Mapping[str, Any]) -> Notification:
    meanings = {
        "succeeded": Meaning.REFUNDED,
        "failed": Meaning.REFUND_FAILED,
        "canceled": Meaning.REFUND_FAILED,
    }
    currency = refund["currency"].upper()
    return Notification(
        method=Method.STRIPE,
        event_id=event_id,
        kind=kind,
        meaning=meanings.get(refund["status"], Meaning.OTHER),
        refund_id=_id_of((refund["metadata"] or {}).get("refund_id")),
        reference=refund["id"],
        amount_minor=_ours(refund["amount"], currency),
        currency=currency,
        failure=code_of(refund.get("failure_reason")),
    )


def _id_of(text: str | None) -> UUID | None:
    """Our id, or None for what somebody else's program put there."""
    try:
        return UUID(text or "")
    except ValueError:
        return None
