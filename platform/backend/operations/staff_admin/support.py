"""The start page's figures of the support: what waits, and how soon staff have answered.

Each costs a query or two, over what is waited for or came last.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.contrib.humanize.templatetags.humanize import intcomma
from django.db.models import (
    Aggregate,
    Count,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    Subquery,
)
from django.utils import timezone

from backend.operations.staff_admin.cards import Attention, Figure, Pair, PairChart, list_of
from backend.operations.staff_admin.weekly import weekly
from backend.tickets.ages import in_words
from backend.tickets.models import Message, Side, Ticket, TicketAssignment

WEEKS: Final = 12
WEEK: Final = timedelta(days=7)
# Of so many tickets it is told how soon they had an answer.
NEWEST: Final = 200


class Median(Aggregate):
    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"


class Support:
    """What one member of staff may see of it, at one moment."""

    def __init__(self, user: Any) -> None:
        self._may = user.has_perm("tickets.view_ticket")
        self._now = timezone.now()
        self._waiting = self._counted() if self._may else {}

    def figures(self) -> list[Figure]:
        return [self._tickets(), self._first_answer()] if self._may else []

    def charts(self) -> list[PairChart]:
        return [self._weeks()] if self._may else []

    def attention(self) -> list[Attention]:
        late = self._waiting.get("late", 0)
        if not late:
            return []
        text = "A ticket is late" if late == 1 else f"{late} tickets are late"
        return [Attention(text, list_of(Ticket, "state=late"))]

    def _counted(self) -> dict[str, int]:
        of_ticket = {"tenant_id": OuterRef("tenant_id"), "ticket_id": OuterRef("pk")}
        assigned = Exists(TicketAssignment.objects.filter(**of_ticket))
        waiting = Ticket.objects.filter(answer_due_at__isnull=False)
        found: dict[str, int] = waiting.aggregate(
            all=Count("pk"),
            late=Count("pk", filter=Q(answer_due_at__lte=self._now)),
            unassigned=Count("pk", filter=~assigned),
        )
        return found

    def _tickets(self) -> Figure:
        late, unassigned = self._waiting["late"], self._waiting["unassigned"]
        notes = (f"{late} late" if late else "none late", f"{unassigned} unassigned")
        value = intcomma(self._waiting["all"])
        return Figure("Tickets that wait", "support_agent", value, notes, list_of(Ticket))

    def _first_answer(self) -> Figure:
        """From when a customer asked until staff wrote first: half of them took no longer."""
        answers = Message.objects.filter(
            tenant_id=OuterRef("tenant_id"), ticket_id=OuterRef("pk"), side=Side.STAFF
        )
        first = Subquery(answers.order_by("created_at").values("created_at")[:1])
        customers = Ticket.objects.exclude(opened_by_kind="staff")
        newest = customers.order_by("-pk").values("pk")[:NEWEST]
        taken = ExpressionWrapper(F("answered_at") - F("created_at"), DurationField())
        found = (
            Ticket.objects.filter(pk__in=newest)
            .annotate(answered_at=first)
            .filter(answered_at__isnull=False)
            .aggregate(median=Median(taken, output_field=DurationField()), number=Count("pk"))
        )
        number = found["number"]
        value = in_words(found["median"]) if number else "–"
        notes = (f"median of the last {number}" if number else "no answers yet",)
        return Figure("First answer after", "timer", value, notes, list_of(Ticket, "state=all"))

    def _weeks(self) -> PairChart:
        monday = self._now.date() - timedelta(days=self._now.weekday())
        mondays = [monday - number * WEEK for number in range(WEEKS - 1, -1, -1)]
        counted = weekly(mondays)
        highest = max(*(max(week) for week in counted.values()), 1)
        pairs = tuple(
            Pair(
                monday,
                f"{monday:%-d %b}",
                f"Week of {monday:%-d %B}: {week.opened} opened, {week.answers} answers sent",
                round(100 * week.opened / highest),
                round(100 * week.answers / highest),
            )
            for monday, week in counted.items()
        )
        return PairChart(
            "tickets", "Tickets, week by week", ("Opened", "Answers sent"), tuple(pairs)
        )
