"""Bank transfers: the payer is told where to, and staff confirm what came in."""

from __future__ import annotations

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

    def next_step(self, begun: Begun) -> dict[str, Any] | None:
        """The seller's account as it is today, not as it was when the payment was announced."""
        seller = Seller.get()
        return {
            "kind": "transfer",
            "name": seller.name,
            "iban": seller.iban,
            "bic": seller.bic,
            "bank": seller.bank,
            "reference": begun.reference,
            "amount_minor": begun.amount_minor,
        }

    def refund(self, refund: Refund) -> RefundAnswer:
        return RefundAnswer(RefundState.BY_HAND)
