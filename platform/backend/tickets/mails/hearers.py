"""Who is written to when somebody has said something in a ticket."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from backend.tenants.models import Member, Role
from backend.tickets.models import Message, Side, Ticket, TicketAssignment
from backend.tickets.viewers import Viewer

# Staff work in English, and so does an address that is nobody's own.
STAFFS_LANGUAGE: Final = "en"


@dataclass(frozen=True, slots=True)
class Hearer:
    """`person` is None for a department's address; `of_staff` says to which page they are led."""

    email: str
    language: str
    person: Any
    of_staff: bool


def hearers(message: Message) -> list[Hearer]:
    """Everybody on the other side; never who wrote it. As the owner."""
    ticket = message.ticket
    found = _of_staff(ticket) if message.side == Side.CUSTOMER else _of_tenant(ticket)
    return [each for each in found if each.person is None or each.person.pk != message.author_id]


def _of_staff(ticket: Ticket) -> list[Hearer]:
    """Whoever looks after it, else the department, if that has an address."""
    assignments = TicketAssignment.objects.for_tenant(ticket.tenant_id).filter(ticket=ticket)
    assignment = assignments.select_related("assignee").first()
    if assignment and assignment.assignee.is_active and assignment.assignee.is_staff:
        person = assignment.assignee
        return [Hearer(person.email, person.language, person, of_staff=True)]
    email = ticket.department.email
    return [Hearer(email, STAFFS_LANGUAGE, None, of_staff=True)] if email else []


def _of_tenant(ticket: Ticket) -> list[Hearer]:
    """Who opened it and who wrote in it, as far as they may still read it.

    The owners where who opened it doesn't read it: an app, staff, or somebody who has left.
    """
    merged = ticket.merged.values_list("pk", flat=True)
    said = Message.objects.for_tenant(ticket.tenant_id).filter(
        ticket_id__in=[ticket.pk, *merged], side=Side.CUSTOMER, author_kind="person"
    )
    wrote = set(said.values_list("author_id", flat=True).distinct())
    members = Member.objects.for_tenant(ticket.tenant_id).current()
    members = members.filter(person__is_active=True).select_related("person", "tenant")
    readers = [
        each
        for each in members.filter(person_id__in=wrote | {ticket.opened_by_id})
        if may_read(each, ticket)
    ]
    if ticket.opened_by_id not in {each.person_id for each in readers}:
        known = {each.pk for each in readers}
        owners = members.filter(role=Role.OWNER).exclude(pk__in=known)
        readers += [each for each in owners if may_read(each, ticket)]
    return [
        Hearer(each.person.email, each.person.language, each.person, of_staff=False)
        for each in readers
    ]


def may_read(member: Member, ticket: Ticket) -> bool:
    viewer = Viewer.of_member(member)
    return viewer.may_read and viewer.tickets().filter(pk=ticket.pk).exists()
