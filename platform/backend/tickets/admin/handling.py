"""What staff do with a ticket besides writing into it: each asks first, and is told afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern

from backend.common.admin import address_of_row, staff_actor
from backend.common.admin_actions import Answers, asks_first
from backend.common.problems import Problem
from backend.tickets.admin.forms import (
    AssignForm,
    CloseForm,
    MergeForm,
    RouteForm,
    mergeable_with,
)
from backend.tickets.models import Priority, State, Ticket
from backend.tickets.workflows.assign_ticket import assign_ticket
from backend.tickets.workflows.close_ticket import close_ticket
from backend.tickets.workflows.merge_tickets import merge_tickets
from backend.tickets.workflows.route_ticket import route_ticket

if TYPE_CHECKING:
    from backend.tickets.admin.page import TicketPage as _Base
else:
    _Base = object


class Handling(_Base):
    """To be mixed in before `TicketPage`."""

    actions_detail = ("assign", "route", "merge", "close")

    def get_urls(self) -> list[URLPattern]:
        return [self.command("take", self.take), *super().get_urls()]

    def offers(self, action: str, row: Ticket) -> bool:
        if row.state == State.CLOSED:
            return False
        return action != "merge" or mergeable_with(row).exists()

    def take(self, request: HttpRequest, ticket_id: UUID) -> HttpResponse:
        """Not asked about: it is given to somebody else as quickly."""
        ticket = self.ticket_for(request, ticket_id, "tickets.assign_ticket")
        try:
            with transaction.atomic():
                assign_ticket(ticket.tenant_id, ticket.pk, request.user, by=staff_actor(request))
                self.log_change(request, ticket, "Taken.")
        except Problem as problem:
            messages.error(request, f"{problem.detail}.")
            return HttpResponseRedirect(address_of_row(ticket))
        return self.back_to(request, ticket, "The ticket is assigned to you.")

    @asks_first(
        "Assign",
        permission="tickets.assign_ticket",
        title="Who looks after {row}?",
        explanation="Whoever it is hears of new messages in it, instead of the department.",
        submit="Assign",
        form=AssignForm,
        icon="person_add",
    )
    def assign(self, request: HttpRequest, ticket: Ticket, answers: Answers) -> str:
        assignee = answers["assignee"]
        assign_ticket(ticket.tenant_id, ticket.pk, assignee, by=staff_actor(request))
        if assignee is None:
            return "Nobody looks after the ticket."
        return f"{assignee.name or assignee.email} looks after the ticket."

    @asks_first(
        "Route",
        permission="tickets.route_ticket",
        title="Department and priority of {row}",
        explanation="An answer is due by the new priority, from when the customer began to wait.",
        submit="Change",
        form=RouteForm,
        icon="alt_route",
    )
    def route(self, request: HttpRequest, ticket: Ticket, answers: Answers) -> str:
        department, priority = answers["department"], Priority(answers["priority"])
        route_ticket(
            ticket.tenant_id,
            ticket.pk,
            department=department,
            priority=priority,
            by=staff_actor(request),
        )
        return f"The ticket is {department}’s now, with {priority.label.lower()} priority."

    @asks_first(
        "Merge",
        permission="tickets.merge_ticket",
        title="Merge {row} into another ticket of the same business",
        explanation="It is closed for good and goes on in the other one, whose thread shows its "
        "messages to everybody who could read them before. This can’t be undone.",
        form=MergeForm,
        icon="merge",
        is_grave=True,
    )
    def merge(self, request: HttpRequest, ticket: Ticket, answers: Answers) -> str:
        into = answers["into"]
        merge_tickets(ticket.tenant_id, ticket.pk, into.pk, by=staff_actor(request))
        return f"#{ticket.number} goes on in #{into.number}."

    @asks_first(
        "Close",
        permission="tickets.close_ticket",
        explanation="The customer sees that it is closed, and can reopen it.",
        form=CloseForm,
        icon="check_circle",
    )
    def close(self, request: HttpRequest, ticket: Ticket, answers: Answers) -> str:
        close_ticket(ticket.tenant_id, ticket.pk, by=staff_actor(request), reason=answers["reason"])
        return "The ticket is closed."
