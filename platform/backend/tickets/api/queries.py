"""The rows of tickets and messages, and what the query string of their list asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery
from rest_framework.request import Request

from backend.billing.api.queries import read_choice, read_text
from backend.common.abilities import TICKETS_READ_ALL
from backend.common.api import KeysetPage
from backend.common.api.pagination import Rows, invalid
from backend.common.tenancy import owner_scope
from backend.tickets.models import Department, Message, State, Ticket, TicketReading
from backend.tickets.models.ticket import STAFFS_TURN, UNFINISHED
from backend.tickets.search import Match, search
from backend.tickets.thread import thread
from backend.tickets.viewers import Viewer

TICKET_FIELDS: Final = (
    "id", "number", "subject", "state", "priority", "department_id", "opened_by", "opened_by_id",
    "created_at", "last_message_at", "last_message_side", "answer_due_at", "close_announced_at",
    "merged_into_id", "merged_into__number", "merged_into__opened_by_id", "unread_since",
)  # fmt: skip
LINK_FIELDS: Final = ("invoice_id", "invoice__number", "service_id", "service__plan_name")
MESSAGE_FIELDS: Final = (
    "id", "ticket_id", "ticket__number", "side", "author", "author_id", "via", "created_at", "body",
    "event",
)  # fmt: skip
BY_ACTIVITY: Final = {"-active": ("-last_message_at", "-id")}
NEWEST_FIRST: Final = {"-created": ("-created_at", "-id")}
STATES: Final = {
    "open": UNFINISHED,
    "awaiting_customer": (State.AWAITING_CUSTOMER,),
    "awaiting_staff": STAFFS_TURN,
    "closed": (State.CLOSED,),
}
LONGEST_KEY: Final = 50


def ticket_rows(viewer: Viewer) -> QuerySet[Any, Any]:
    """The tickets that the viewer sees; `unread_since` is null where they have read all."""
    readings = TicketReading.objects.filter(
        tenant_id=viewer.tenant_id, ticket=OuterRef("pk"), person_id=viewer.id
    )
    return viewer.tickets().annotate(unread_since=Subquery(readings.values("unread_since")[:1]))


def listed_all(tenant_id: UUID, viewer_id: UUID) -> Rows:
    """The whole list of who sees everybody's, to be cut into pages."""
    everybody = Viewer(tenant_id, viewer_id, frozenset({TICKETS_READ_ALL}))
    return ticket_rows(everybody).values(*TICKET_FIELDS)


def listed_own(tenant_id: UUID, viewer_id: UUID) -> Rows:
    """The same of who sees their own."""
    return ticket_rows(Viewer(tenant_id, viewer_id, frozenset())).values(*TICKET_FIELDS)


def unread(viewer: Viewer) -> QuerySet[Any]:
    """Tickets in which somebody else wrote since the viewer was there."""
    readings = TicketReading.objects.for_tenant(viewer.tenant_id).filter(
        person_id=viewer.id, unread_since__isnull=False
    )
    return viewer.tickets().filter(pk__in=readings.values("ticket_id"))


def departments() -> dict[UUID, Department]:
    """All of them, also those that new tickets can't choose any more. One query."""
    with owner_scope():
        return {each.pk: each for each in Department.objects.all()}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the query string asks for; `states` is empty for all of them."""

    state: str
    department: Department | None
    unread: bool
    q: str

    @classmethod
    def of(cls, request: Request, known: dict[UUID, Department]) -> Wanted:
        key = read_text(request, "department")
        department = next((each for each in known.values() if each.key == key), None)
        if key and department is None:
            raise invalid("department", "does-not-exist", "There is no such department.")
        return cls(
            state=read_choice(request, "state", STATES),
            department=department,
            unread=bool(read_choice(request, "unread", ["true"])),
            q=read_text(request, "q"),
        )

    def page(self, request: Request, viewer: Viewer) -> tuple[KeysetPage, list[dict[str, Any]]]:
        """The page and its rows: one query, and one more where words are searched for."""
        if self.q:
            found = _SearchPage(request)
            return found, found.rows(viewer, self)
        page = KeysetPage(request, orders=BY_ACTIVITY, default="-active")
        if not (self.state or self.department or self.unread):
            build = listed_all if viewer.sees_all else listed_own
            rows = page.slice_prepared(build, tenant_id=viewer.tenant_id, viewer_id=viewer.id)
        else:
            rows = page.slice(self._narrowed(ticket_rows(viewer), viewer).values(*TICKET_FIELDS))
        return page, rows

    def _narrowed(self, tickets: QuerySet[Any, Any], viewer: Viewer) -> QuerySet[Any, Any]:
        if self.state == "awaiting_staff":
            # What the index knows: they wait exactly while it is the staff's turn.
            tickets = tickets.filter(waiting_since__isnull=False)
        elif self.state:
            tickets = tickets.filter(state__in=STATES[self.state])
        if self.department:
            tickets = tickets.filter(department=self.department)
        if self.unread:
            tickets = tickets.filter(pk__in=unread(viewer).values("pk"))
        return tickets


class _SearchPage(KeysetPage):
    """A page of what a search finds."""

    def __init__(self, request: Request) -> None:
        super().__init__(request, orders=BY_ACTIVITY, default="-active")

    def rows(self, viewer: Viewer, wanted: Wanted) -> list[dict[str, Any]]:
        start = self._read_start((datetime, UUID))
        matches = self._cut(
            search(
                viewer,
                wanted.q,
                states=STATES[wanted.state] if wanted.state else None,
                department_id=wanted.department.pk if wanted.department else None,
                unread=wanted.unread,
                start=Match(*start) if start else None,
                backwards=self.backwards,
                most=self.limit + 1,
            )
        )
        tickets = ticket_rows(viewer).filter(pk__in=[match.id for match in matches])
        by_id = {row["id"]: row for row in tickets.values(*TICKET_FIELDS)}
        return [by_id[match.id] for match in matches if match.id in by_id]


def message_rows(viewer: Viewer, ticket_id: UUID) -> Rows:
    """Of a ticket that the viewer sees, and of what was merged into it. One query besides."""
    ticket = Ticket(pk=ticket_id, tenant_id=viewer.tenant_id)
    return thread(viewer.tickets(), ticket).values(*MESSAGE_FIELDS)


def message_row(tenant_id: UUID, message_id: UUID) -> Sequence[dict[str, Any]]:
    """One, as a page of them."""
    return list(Message.objects.for_tenant(tenant_id).filter(pk=message_id).values(*MESSAGE_FIELDS))
