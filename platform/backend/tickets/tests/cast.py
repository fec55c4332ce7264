"""What tests of tickets begin with."""

from __future__ import annotations

from typing import Any

from backend.accounts.models import Person
from backend.common.actor import Actor
from backend.common.tenancy import tenant_scope
from backend.conftest import House
from backend.tickets.models import Department, Message, Side, Ticket, Via
from backend.tickets.workflows.open_ticket import Matter, open_ticket
from backend.tickets.workflows.write_message import write_message

A_QUESTION = "The printer in the kitchen is silent."


def matter(**changes: Any) -> Matter:
    given = {
        "subject": "Kitchen printer",
        "department": Department.objects.get(key="technical"),
        "priority": "normal",
    }
    return Matter(**{**given, **changes})


def as_member(house: House, role: str = "owner") -> Actor:
    return Actor.person(house.person(role))


def a_ticket(house: House, role: str = "owner", body: str = A_QUESTION, **changes: Any) -> Ticket:
    """Opened in the portal by the house's person of this role."""
    about = matter(**changes)
    with tenant_scope(house.tenant.pk):
        ticket, _ = open_ticket(
            house.tenant.pk, about, body=body, by=as_member(house, role), via=Via.PORTAL
        )
    return ticket


def asked(ticket: Ticket, house: House, role: str = "owner", body: str = "And now?") -> Message:
    with tenant_scope(house.tenant.pk):
        return write_message(
            house.tenant.pk,
            ticket.pk,
            body,
            side=Side.CUSTOMER,
            by=as_member(house, role),
            via=Via.PORTAL,
        )


def support(name: str = "Sam Support") -> Person:
    """One of the operator's staff."""
    email = f"{name.split()[0].lower()}@tavola.test"
    person, _ = Person.objects.get_or_create(email=email, defaults={"name": name, "is_staff": True})
    return person


def answered(ticket: Ticket, body: str = "Is it plugged in?", by: Person | None = None) -> Message:
    """By staff, in the admin."""
    return write_message(
        ticket.tenant_id,
        ticket.pk,
        body,
        side=Side.STAFF,
        by=Actor.staff(by or support()),
        via=Via.ADMIN,
    )
