"""What a way of paying must be able to do, whoever is behind it.

A gateway never writes to the ledger. It says what the payer does next, sends money back, and turns
what it is told into a `Notification`, which `receive_notification` acts upon: one path for all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from backend.billing.models import Payment, Refund
from backend.billing.models.money import Method
from backend.common.caller import TenantRef


class Meaning(StrEnum):
    """What a notification says happened."""

    PAID = "paid"
    FAILED = "failed"
    # The payer has done their part, and the money is still on its way.
    WAITING = "waiting"
    REFUNDED = "refunded"
    REFUND_FAILED = "refund-failed"
    # So much of a payment went back in all.
    REFUNDED_IN_ALL = "refunded-in-all"
    # Nothing that is acted upon.
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Notification:
    """One fact that a gateway tells, by the id that it has there.

    `payment_id` or `refund_id` is ours, as it was given to the gateway when the thing was begun;
    `handle` what the gateway calls it, `reference` what it calls the money. None and empty where
    the gateway didn't say.
    """

    method: Method
    event_id: str
    kind: str
    meaning: Meaning = Meaning.OTHER
    payment_id: UUID | None = None
    refund_id: UUID | None = None
    handle: str = ""
    reference: str = ""
    amount_minor: int = 0
    currency: str = ""
    failure: str = ""


class RefundState(StrEnum):
    SENT = "sent"
    # The gateway will notify.
    UNDER_WAY = "under-way"
    # Staff send it at their bank, and confirm it.
    BY_HAND = "by-hand"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class RefundAnswer:
    state: RefundState
    reference: str = ""
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Begun:
    """A pending payment, with what its gateway had kept of it."""

    id: UUID
    amount_minor: int
    reference: str
    details: Mapping[str, Any] = field(default_factory=dict)


class Gateway(Protocol):
    method: Method

    def is_offered(self) -> bool:
        """Whether this installation takes payments this way."""

    def begin(self, payment: Payment, tenant: TenantRef) -> dict[str, Any]:
        """Tells the gateway of an announced payment; returns what `next_steps` needs to know.

        May take seconds: the caller holds no lock on the account. Raises GatewayFailed, and then
        nothing was charged.
        """

    def next_steps(self, begun: Sequence[Begun]) -> list[dict[str, Any] | None]:
        """What the payers of pending payments do next, as the API has it; None: wait."""

    def refund(self, refund: Refund) -> RefundAnswer:
        """Sends money back, once however often it is called. Outside any transaction.

        Raises GatewayFailed where it isn't known what came of it: to be asked again.
        """
