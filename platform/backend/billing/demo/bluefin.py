"""Blue Fin pays Group by the year, once too much, and gets a part of that back."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar, Final

from backend.billing.demo.story import Step, Story, moment
from backend.billing.models import Payment
from backend.billing.workflows.order_service import order_service
from backend.billing.workflows.refund_payment import begin_refund, confirm_refund

BEGUN: Final = timedelta(days=214)
TOO_MUCH, BACK = 6000, 2500


class Bluefin(Story):
    slug: ClassVar[str] = "bluefin"

    def steps(self) -> list[Step]:
        """In the end there is credit."""
        first = self.today - BEGUN
        return [
            Step(moment(first, 10), self._order),
            Step(moment(first, 10, 6), lambda: self.announce_transfer(self.owner)),
            Step(moment(first + timedelta(days=3), 8, 30), self._receive),
            Step(moment(first + timedelta(days=40), 9), self._refund),
        ]

    def _order(self) -> None:
        order_service(self.tenant, "group", "year", by=self.owner)

    def _receive(self) -> None:
        payment = self._payment()
        self.confirm_transfer(payment.amount_minor + TOO_MUCH)

    def _refund(self) -> None:
        refund = begin_refund(
            self._payment(), BACK, by=self.staff, reason="Paid more than was asked for"
        )
        confirm_refund(refund, by=self.staff, gateway_reference="Return of an overpayment")

    def _payment(self) -> Payment:
        payment: Payment = Payment.objects.for_tenant(self.tenant.pk).latest("pk")
        return payment
