"""Bank transfers: the payer is told where to, and staff confirm what came in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from backend.billing.gateways.base import Begun, RefundAnswer, RefundState
from backend.billing.models import Payment, Refund, Seller
from backend.billing.models.money import Method
from backend.common.caller import TenantRef


class Transfer:
    method = Method.TRANSFER

    def is_offered(self) -> bool:
        return True

    def begin(self, payment: Payment, tenant: TenantRef) -> dict[str, Any]:
        return {}

    def next_steps(self, begun: Sequence[Begun]) -> list[dict[str, Any] | None]:
        """The seller's account as it is today, not as it was when the payment was announced."""
        seller = Seller.get()
        account = {name: getattr(seller, name) for name in ("name", "iban", "bic", "bank")}
        return [
            {"kind": "transfer", **account}
            | {"reference": each.reference, "amount_minor": each.amount_minor}
            for each in begun
        ]

    def refund(self, refund: Refund) -> RefundAnswer:
        return RefundAnswer(RefundState.BY_HAND)
