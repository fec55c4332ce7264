"""By what staff narrow the queue down."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.contrib.admin import SimpleListFilter
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from backend.tickets.models import State, TicketAssignment

# Only where an answer is due can what is due first come first.
BY_ACTIVITY: Final = {
    "customers": "The customer’s turn",
    "unfinished": "All that aren’t closed",
    State.OPEN: "Open: never answered",
    State.REOPENED: "Reopened",
    State.CLOSED: "Closed",
    "all": "All",
}


class StateFilter(SimpleListFilter):
    """Unless something else is asked for: what staff are waited for."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("late", "Late"), *BY_ACTIVITY.items()]

    def choices(self, changelist: Any) -> Iterator[Any]:
        default, *others = super().choices(changelist)
        yield {**default, "display": "Our turn"}
        yield from others

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Any]:
        value = self.value()
        if value == "all":
            return queryset
        if value == "late":
            return queryset.filter(answer_due_at__lte=timezone.now())
        if value == "customers":
            return queryset.filter(state=State.AWAITING_CUSTOMER)
        if value == "unfinished":
            return queryset.unfinished()
        if value in (State.OPEN, State.REOPENED, State.CLOSED):
            return queryset.filter(state=value)
        return queryset.filter(answer_due_at__isnull=False)


class AssigneeFilter(SimpleListFilter):
    title = "assignee"
    parameter_name = "assigned"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("me", "Me"), ("somebody", "Somebody"), ("nobody", "Nobody")]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Any]:
        if self.value() == "me":
            mine = TicketAssignment.objects.filter(assignee_id=request.user.pk)
            return queryset.filter(pk__in=mine.values("ticket_id"))
        if self.value() == "somebody":
            return queryset.filter(_has_assignee())
        if self.value() == "nobody":
            return queryset.filter(~_has_assignee())
        return queryset


def _has_assignee() -> Exists:
    of_ticket = {"tenant_id": OuterRef("tenant_id"), "ticket_id": OuterRef("pk")}
    return Exists(TicketAssignment.objects.filter(**of_ticket))
