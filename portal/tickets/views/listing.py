"""The list of tickets."""

from __future__ import annotations

from typing import NamedTuple

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from portal.api_client import parallel
from portal.api_client.tickets import Ticket, TicketPage, TicketSummary
from portal.common.http import PortalRequest
from portal.tickets.words import (
    FILTERS,
    Label,
    priority_name,
    shown_count,
    ticket_state,
    what_comes,
)
from portal.ui.components.tables import Column

COLUMNS = (
    Column(_("Ticket")),
    Column(_("State")),
    Column(_("Last message")),
    Column(_("Opened by"), wide=True),
)


class Row(NamedTuple):
    ticket: Ticket
    state: Label
    priority: str | Promise

    @property
    def comes(self) -> str:
        """Told where the page knows the business's time zone."""
        return what_comes(self.ticket)


@require_safe
def tickets(request: PortalRequest, slug: str) -> HttpResponse:
    q = request.GET.get("q", "").strip()
    state = request.GET.get("state", "")
    state = state if state in FILTERS else ""
    unread = request.GET.get("unread") == "true"
    department = request.GET.get("department", "")
    cursor = request.GET.get("cursor", "")
    page, summary = parallel(
        lambda: request.platform.tickets.list(
            state=state, department=department, unread=unread, q=q, cursor=cursor
        ),
        request.platform.tickets.summary,
    )
    request.markers["tickets"] = shown_count(summary.unread)
    return render(
        request,
        "tickets/list.html",
        {
            "slug": slug,
            "page": page,
            "rows": [
                Row(each, ticket_state(each), priority_name(each.priority)) for each in page.results
            ],
            "columns": COLUMNS,
            "q": q,
            "state": state,
            "filters": [(word, label, _amount(word, summary)) for word, label in FILTERS.items()],
            "unread": unread,
            "unread_amount": shown_count(summary.unread),
            "department": department,
            "departments": _departments(page),
            "filtered": bool(state or unread or department),
            "narrowed": bool(q or state or unread or department or cursor),
        },
    )


def _amount(word: str, summary: TicketSummary) -> str:
    return shown_count(summary.awaiting_you) if word == "awaiting_customer" else ""


def _departments(page: TicketPage) -> list[tuple[str, str]]:
    """Those of the tickets that are shown: all there are would be another call."""
    found = {each.department.key: each.department.name for each in page.results}
    return sorted(found.items(), key=lambda each: each[1].casefold())
