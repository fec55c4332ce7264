"""Aurora has been on House for a year, month by month, and pays in the end."""

from __future__ import annotations

from datetime import date, timedelta
from typing import ClassVar, Final

from django.utils import timezone

from backend.billing.demo.story import LAST_DAY, Step, Story, moment
from backend.billing.gateways.sandbox import Card
from backend.billing.models import Invoice, InvoiceLine
from backend.billing.models.issued import Unit
from backend.billing.runs.remind import remind
from backend.billing.runs.when import When
from backend.billing.workflows.credit_invoice import credit_invoice, creditable
from backend.billing.workflows.draft_invoice import draft_invoice
from backend.billing.workflows.issue_invoices import issue_invoices
from backend.billing.workflows.order_service import order_service
from backend.services.periods import period_from
from backend.tenants.models import Role, Tenant

MONTHS: Final = 12
# Counted from the order on: when somebody more was needed, was credited, had no luck with a card.
ADD_ON, CREDITED, DECLINED = 4, 7, 9
TRAINING: Final = 8000


class Aurora(Story):
    slug: ClassVar[str] = "aurora"

    def __init__(self, tenant: Tenant) -> None:
        super().__init__(tenant)
        self.accountant = self._member(Role.ACCOUNTANT)

    def steps(self) -> list[Step]:
        """In the end one invoice is open, and one is overdue."""
        first, *renewals = self._first_days()
        found = [
            Step(moment(first, 9), lambda: self._order("house")),
            Step(moment(first, 9, 4), lambda: self.pay_by_card(self.owner)),
        ]
        for number, day in enumerate(renewals, start=1):
            found.append(Step(moment(day, 4), self.renew))
            if number < len(renewals):
                found += self._month(number, day)
        found += [
            Step(moment(self.today - timedelta(days=20), 11), self._train),
            Step(moment(self.today - timedelta(days=3), 7), self._remind),
        ]
        return found

    def _first_days(self) -> list[date]:
        """Of the periods: the last of them began some days ago."""
        last = self.today - timedelta(days=5)
        last = last.replace(day=min(last.day, LAST_DAY))
        days = [last.replace(year=last.year - 1)]
        while len(days) <= MONTHS:
            days.append(period_from(days[-1], "month", last.day).end)
        return days

    def _month(self, number: int, day: date) -> list[Step]:
        """What became of one month's invoice: the accountant pays, in turn by transfer and card."""
        if number == ADD_ON:
            # Paid on the day that the plan's period begins, so that both go on together.
            return [
                Step(moment(day, 10), lambda: self._order("extra-people")),
                Step(moment(day, 10, 3), lambda: self.pay_by_card(self.owner)),
            ]
        found = []
        if number == DECLINED:
            after = moment(day + timedelta(days=1), 15)
            found.append(Step(after, lambda: self.pay_by_card(self.accountant, Card.DECLINED)))
        if number % 2:
            paid = moment(day + timedelta(days=2), 8)
            found.append(Step(paid, lambda: self.pay_by_card(self.accountant)))
        else:
            announced = moment(day + timedelta(days=2), 14)
            booked = moment(day + timedelta(days=4), 8)
            found.append(Step(announced, lambda: self.announce_transfer(self.accountant)))
            found.append(Step(booked, self.confirm_transfer))
        if number == CREDITED:
            found.append(Step(moment(day + timedelta(days=9), 13), self._credit))
        return found

    def _order(self, plan: str) -> None:
        order_service(self.tenant, plan, "month", by=self.owner)

    def _credit(self) -> None:
        """Something of the newest invoice's first line: the next one is smaller by it."""
        invoice = Invoice.objects.for_tenant(self.tenant.pk).issued().latest("pk")
        line = creditable(invoice)[0].line
        credit_invoice(
            invoice,
            by=self.staff,
            reason="Two evenings without the floor plan",
            net_minor={line.pk: 500},
        )

    def _train(self) -> None:
        """What staff wrote by hand, and nobody has paid yet."""
        line = InvoiceLine(
            description="Training of the new team, in the restaurant",
            quantity=3,
            unit=Unit.HOUR,
            unit_price_minor=TRAINING,
        )
        invoice = draft_invoice(self.tenant, [line], note="As agreed with Marco Conti by phone.")
        issue_invoices([invoice], by=self.staff)

    def _remind(self) -> None:
        remind([self.tenant.pk], When(timezone.now()))
