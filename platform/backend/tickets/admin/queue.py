"""The queue: whom staff answer next."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import admin
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.forms.widgets import Script
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import display

from backend.common.admin import ModelAdmin, linked
from backend.tenants.models import Tenant
from backend.tickets.admin.bulk import BulkActions
from backend.tickets.admin.filters import BY_ACTIVITY, AssigneeFilter, StateFilter
from backend.tickets.admin.handling import Handling
from backend.tickets.admin.opening import Opening
from backend.tickets.admin.page import TicketPage
from backend.tickets.admin.writing import Writing
from backend.tickets.ages import age_of, due_in_words, in_words
from backend.tickets.models import Priority, Ticket, TicketAssignment
from backend.tickets.search import among_all_tenants

AGE: Final = '<span class="queue-age queue-{}">{}</span><small>waiting for {}</small>'
PRIORITY_COLOURS: Final = {
    Priority.LOW: "",
    Priority.NORMAL: "",
    Priority.HIGH: "warning",
    Priority.URGENT: "danger",
}
# Whoever types a single letter means none of them.
MOST_TENANTS: Final = 50
# Title, and what the list is asked for.
VIEWS: Final = (
    ("Our turn", ""),
    ("Mine", "assigned=me&state=unfinished"),
    ("Unassigned", "assigned=nobody"),
    ("All", "state=all"),
)


@admin.register(Ticket)
class TicketAdmin(BulkActions, Writing, Handling, Opening, TicketPage, ModelAdmin):
    """Of all tenants, without a reason: what stands in a ticket was written to the operator.

    Opening one is on record; see `TicketPage`.
    """

    list_display = (
        "number_shown", "subject", linked("tenant"), "due", "priority_label", "state_shown",
        linked("department"), "assignee",
    )  # fmt: skip
    list_display_links = ("number_shown", "subject")
    list_filter = (
        StateFilter, AssigneeFilter, "department", "priority", ("tenant", AutocompleteSelectFilter),
    )  # fmt: skip
    list_filter_submit = True
    list_before_template = "admin/tickets/views.html"
    # Sorting by anything else would read the whole table.
    sortable_by = ()
    search_fields = ("subject",)
    search_help_text = "A number, words of the ticket, or the tenant's name"

    class Media:
        css: Final = {"all": ("tickets/support.css",)}
        js: Final = (Script("tickets/drafts.js", defer=True),)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Ticket]:
        """With the name of who looks after it, which is in a table of its own."""
        assigned = TicketAssignment.objects.filter(
            tenant_id=OuterRef("tenant_id"), ticket_id=OuterRef("pk")
        )
        name = Subquery(assigned.values("assignee__name"))
        found: QuerySet[Ticket] = Ticket.objects.select_related("tenant", "department").annotate(
            assignee_name=name
        )
        return found.order_by()

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        by_activity = request.GET.get("state") in BY_ACTIVITY
        return ("-last_message_at", "-pk") if by_activity else ("answer_due_at", "pk")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Ticket], search_term: str
    ) -> tuple[QuerySet[Ticket], bool]:
        """What was written, and all of a tenant's by its name."""
        term = search_term.strip()
        if not term:
            return queryset, False
        named = Tenant.objects.filter(Q(name__icontains=term) | Q(slug=term.lower()))
        tenants = list(named.order_by("name").values_list("pk", flat=True)[:MOST_TENANTS])
        found = among_all_tenants(queryset, term) | queryset.filter(tenant_id__in=tenants)
        return found, False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        views = [
            {"title": title, "query": query, "is_current": request.GET.urlencode() == query}
            for title, query in VIEWS
        ]
        return super().changelist_view(request, {**(extra_context or {}), "queue_views": views})

    @display(description="number", ordering="number")
    def number_shown(self, ticket: Ticket) -> str:
        return f"#{ticket.number}"

    @display(description="priority", label=PRIORITY_COLOURS)
    def priority_label(self, ticket: Ticket) -> tuple[str, str]:
        return ticket.priority, ticket.get_priority_display()

    @display(description="state")
    def state_shown(self, ticket: Ticket) -> str:
        return "Merged" if ticket.merged_into_id else ticket.get_state_display()

    @display(description="assignee")
    def assignee(self, ticket: Any) -> str | None:
        return ticket.assignee_name or None

    @display(description="answer due")
    def due(self, ticket: Ticket) -> SafeString | None:
        if not (ticket.waiting_since and ticket.answer_due_at):
            return None
        now = timezone.now()
        age = age_of(ticket.waiting_since, ticket.answer_due_at, now)
        due, waiting = due_in_words(ticket.answer_due_at, now), in_words(now - ticket.waiting_since)
        return format_html(AGE, age, due, waiting)
