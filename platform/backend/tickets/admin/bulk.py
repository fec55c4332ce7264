"""What staff do with several tickets at once, from the queue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse

from backend.common.admin import staff_actor
from backend.common.problems import Problem
from backend.tickets.models import Ticket
from backend.tickets.workflows.assign_ticket import assign_ticket
from backend.tickets.workflows.close_ticket import close_ticket

if TYPE_CHECKING:
    from collections.abc import Callable

    from backend.common.admin import ModelAdmin as _Base
else:
    _Base = object

# Each is a transaction of its own, and somebody waits for the page.
MOST: Final = 100


class BulkActions(_Base):
    """To be mixed in before `ModelAdmin`."""

    actions = ("take_chosen", "close_chosen")

    def has_assign_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("tickets.assign_ticket")

    def has_close_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("tickets.close_ticket")

    @admin.action(description="Assign to me", permissions=["assign"])
    def take_chosen(self, request: HttpRequest, queryset: QuerySet[Ticket]) -> None:
        by = staff_actor(request)

        def take(ticket: Ticket) -> None:
            if assign_ticket(ticket.tenant_id, ticket.pk, request.user, by=by):
                self.log_change(request, ticket, "Taken.")

        self._each(request, queryset, take, "{} assigned to you.")

    @admin.action(description="Close", permissions=["close"])
    def close_chosen(
        self, request: HttpRequest, queryset: QuerySet[Ticket]
    ) -> TemplateResponse | None:
        """Asks first: each of their customers reads it."""
        if "confirmed" not in request.POST:
            return self._ask(request, list(queryset.order_by("pk")[: MOST + 1]))
        by = staff_actor(request)

        def close(ticket: Ticket) -> None:
            close_ticket(ticket.tenant_id, ticket.pk, by=by)
            self.log_change(request, ticket, "Closed.")

        self._each(request, queryset, close, "{} closed.")
        return None

    def _ask(self, request: HttpRequest, tickets: list[Ticket]) -> TemplateResponse | None:
        if len(tickets) > MOST:
            messages.error(request, f"Choose {MOST} tickets at most.")
            return None
        request.current_app = self.admin_site.name
        return TemplateResponse(
            request,
            "admin/tickets/close_chosen.html",
            {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "media": self.media,
                "title": "Close these tickets",
                "tickets": tickets,
                "checkbox_name": ACTION_CHECKBOX_NAME,
                "back": request.get_full_path(),
            },
        )

    def _each(
        self,
        request: HttpRequest,
        queryset: QuerySet[Ticket],
        carry_out: Callable[[Ticket], None],
        said: str,
    ) -> None:
        """What one of them refuses is told, and done with the others."""
        tickets: list[Any] = list(queryset.order_by("pk")[: MOST + 1])
        if len(tickets) > MOST:
            messages.error(request, f"Choose {MOST} tickets at most.")
            return
        done = 0
        for ticket in tickets:
            try:
                with transaction.atomic():
                    carry_out(ticket)
                done += 1
            except Problem as problem:
                messages.warning(request, f"#{ticket.number} of {ticket.tenant}: {problem.detail}.")
        if done:
            messages.success(request, said.format(_counted(done)))


def _counted(number: int) -> str:
    return "1 ticket is" if number == 1 else f"{number} tickets are"
