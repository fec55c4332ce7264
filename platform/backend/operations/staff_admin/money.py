"""The start page's figures of money, and what of it needs attention.

Each costs one query, over what is current or of the last weeks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cached_property
from typing import Any, Final

from django.db.models import BooleanField, Count, ExpressionWrapper, Q, Sum
from django.urls import reverse
from django.utils import timezone

from backend.billing.admin_invoices import beyond_suspension
from backend.billing.admin_payments import LATE, late_transfers
from backend.billing.amounts import monthly, still_due
from backend.billing.models import GatewayEvent, Invoice, Payment, Refund, Seller
from backend.billing.models.account import EntryKind
from backend.billing.models.money import Method, State
from backend.billing.workflows.receive_notification import UNBOOKED
from backend.billing.workflows.take_payment import LEFT
from backend.common.identifiers import earliest_id
from backend.common.money import written
from backend.operations.staff_admin.booked import Sums, booked
from backend.operations.staff_admin.cards import (
    Attention,
    Figure,
    Pair,
    PairChart,
    list_of,
)
from backend.services.models import Service

MONTHS: Final = 12
# So many currencies have a chart of their own: those with the highest months.
CHARTS: Final = 3
RECENT: Final = timedelta(days=7)


class Money:
    """What one member of staff may see of it, at one moment."""

    def __init__(self, user: Any) -> None:
        self._may = user.has_perm

    def figures(self) -> list[Figure]:
        found = []
        if self._may("services.view_service"):
            found.append(self._recurring())
        if self._may("billing.view_invoice"):
            found.append(self._open())
        if self._may("billing.view_payment"):
            found.append(self._paid())
        return found

    def charts(self) -> list[PairChart]:
        """What was invoiced and what came in, month by month."""
        if not self._may("billing.view_entry"):
            return []
        best: Counter[str] = Counter()
        for sums in self._booked.values():
            for (currency, _), amount in sums.items():
                best[currency] = max(best[currency], amount)
        highest_first = sorted(best.items(), key=lambda each: (-each[1], each[0]))
        return [self._chart(currency, highest) for currency, highest in highest_first[:CHARTS]]

    def attention(self) -> list[Attention]:
        found = []
        if self._seller is None and self._may("billing.add_seller"):
            address = reverse("admin:billing_seller_add")
            found.append(Attention("Nothing can be invoiced: say who sells", address))
        if self._may("billing.view_invoice"):
            number = Invoice.objects.filter(beyond_suspension(self._seller)).count()
            found += _if_any(
                number,
                "An invoice is overdue beyond the suspension",
                "{} invoices are overdue beyond the suspension",
                list_of(Invoice, "overdue=suspends"),
            )
        if self._may("billing.view_payment"):
            found += self._about_payments()
        if self._may("billing.view_refund"):
            to_send = Refund.objects.filter(state=State.PENDING, payment__method=Method.TRANSFER)
            found += _if_any(
                to_send.count(),
                "A refund is to be sent by transfer",
                "{} refunds are to be sent by transfer",
                list_of(Refund, f"state__exact=pending&payment__method__exact={Method.TRANSFER}"),
            )
        if self._may("billing.view_gatewayevent"):
            unbooked = GatewayEvent.objects.filter(outcome__in=UNBOOKED, pk__gte=_recently())
            found += _if_any(
                unbooked.count(),
                "A gateway told of money that isn’t booked",
                "Gateways told {} times of money that isn’t booked",
                list_of(GatewayEvent),
            )
        return found

    @cached_property
    def _seller(self) -> Seller | None:
        return Seller.objects.first()

    @cached_property
    def _today(self) -> date:
        return self._seller.today() if self._seller else timezone.now().date()

    @cached_property
    def _months(self) -> list[date]:
        """Their first days; the last is the present one."""
        number = self._today.year * 12 + self._today.month - 1
        return [
            date(each // 12, each % 12 + 1, 1) for each in range(number - MONTHS + 1, number + 1)
        ]

    @cached_property
    def _booked(self) -> dict[date, Sums]:
        return booked(self._months)

    def _recurring(self) -> Figure:
        """Of all that is in use, a year's price by the month."""
        sums: dict[str, dict[str, int]] = {}
        number = 0
        rows = Service.objects.in_use().order_by().values_list("currency", "interval")
        for currency, interval, amount, count in rows.annotate(Sum("amount_minor"), Count("pk")):
            sums.setdefault(currency, {})[interval] = int(amount)
            number += count
        value, others = _in_currencies({code: monthly(each) for code, each in sums.items()})
        notes = (*others, "1 service" if number == 1 else f"{number} services")
        return Figure("Recurring a month", "autorenew", value, notes, list_of(Service))

    def _open(self) -> Figure:
        is_late = ExpressionWrapper(Q(due_on__lt=self._today), output_field=BooleanField())
        rows = (
            Invoice.objects.open()
            .order_by()
            .annotate(is_late=is_late)
            .values_list("currency", "is_late")
            .annotate(Sum("total_minor"), Sum("allocated_minor"))
        )
        due: Counter[str] = Counter()
        overdue: Counter[str] = Counter()
        for currency, late, total, allocated in rows:
            amount = still_due(int(total), int(allocated))
            due[currency] += amount
            if late:
                overdue[currency] += amount
        value, others = _in_currencies(due)
        late_value, late_others = _in_currencies(overdue)
        told = (f"overdue {late_value}", *late_others) if overdue else ("none overdue",)
        notes = (*others, *told)
        return Figure(
            "Open invoices", "receipt_long", value, notes, list_of(Invoice, "state__exact=open")
        )

    def _paid(self) -> Figure:
        month = self._months[-1]
        sums = self._booked[month].items()
        value, others = _in_currencies(
            {currency: amount for (currency, kind), amount in sums if kind == EntryKind.PAYMENT}
        )
        notes = (*others, f"since {month:%-d %B}")
        address = list_of(Payment, "state__exact=confirmed")
        return Figure("Paid this month", "payments", value, notes, address)

    def _chart(self, currency: str, highest: int) -> PairChart:
        months = []
        for month, sums in self._booked.items():
            invoiced = sums.get((currency, EntryKind.INVOICE), 0)
            paid = sums.get((currency, EntryKind.PAYMENT), 0)
            told = f"{written(invoiced, currency)} invoiced, {written(paid, currency)} paid"
            months.append(
                Pair(
                    month,
                    f"{month:%b}",
                    f"{month:%B %Y}: {told}",
                    round(100 * invoiced / max(highest, 1)),
                    round(100 * paid / max(highest, 1)),
                )
            )
        title = f"Invoiced and paid in {currency}, month by month"
        return PairChart(f"money-{currency}", title, ("Invoiced", "Paid"), tuple(months))

    def _about_payments(self) -> list[Attention]:
        recent = Payment.objects.filter(state=State.FAILED, pk__gte=_recently())
        # Of what somebody began and left nothing is to be done.
        failed = recent.exclude(failure=LEFT)
        return [
            *_if_any(
                late_transfers(Payment.objects.all()).count(),
                f"A transfer has been expected for more than {LATE.days} days",
                f"{{}} transfers have been expected for more than {LATE.days} days",
                list_of(Payment, "late=yes"),
            ),
            *_if_any(
                failed.count(),
                f"A payment of the last {RECENT.days} days has failed",
                f"{{}} payments of the last {RECENT.days} days have failed",
                list_of(Payment, "state__exact=failed"),
            ),
        ]


def _recently() -> Any:
    return earliest_id(timezone.now() - RECENT)


def _in_currencies(amounts: Mapping[str, int]) -> tuple[str, tuple[str, ...]]:
    """The largest, and the others: amounts of several currencies have no sum."""
    ordered = sorted(amounts.items(), key=lambda each: (-each[1], each[0]))
    first, *others = [written(minor, code) for code, minor in ordered if minor] or ["0"]
    return first, tuple(others)


def _if_any(number: int, one: str, many: str, address: str) -> list[Attention]:
    if not number:
        return []
    return [Attention(one if number == 1 else many.format(number), address)]
