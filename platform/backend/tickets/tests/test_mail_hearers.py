"""Who hears of a message: the other side, as far as it may read it, and never who wrote it."""

from __future__ import annotations

import pytest

from backend.accounts.models import Person
from backend.common.actor import Actor
from backend.common.tenancy import tenant_scope
from backend.conftest import House
from backend.tickets.models import Event, Side, Via
from backend.tickets.tests.cast import a_ticket, answered, as_member, asked, matter, support
from backend.tickets.tests.letters import addresses, assign, first_of, says, told_of, with_email
from backend.tickets.workflows.merge_tickets import merge_tickets
from backend.tickets.workflows.open_ticket import open_ticket

__all__ = ["addresses"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("addresses")]


def test_the_assignee_hears_what_a_customer_writes(aurora: House) -> None:
    ticket = a_ticket(aurora, "waiter")
    with_email()
    assign(ticket, support())
    assert told_of(asked(ticket, aurora, "waiter")) == ["sam@tavola.test"]


def test_the_department_hears_of_what_nobody_looks_after(aurora: House) -> None:
    ticket = a_ticket(aurora)
    assert told_of(first_of(ticket)) == []
    with_email()
    assert told_of(asked(ticket, aurora)) == ["tech@tavola.example"]


@pytest.mark.parametrize("lost", ["is_active", "is_staff"])
def test_an_assignee_who_left_hears_nothing(aurora: House, lost: str) -> None:
    ticket = a_ticket(aurora)
    with_email()
    assign(ticket, support())
    Person.objects.filter(email="sam@tavola.test").update(**{lost: False})
    assert told_of(asked(ticket, aurora)) == ["tech@tavola.example"]


def test_who_opened_it_and_who_wrote_in_it_hear_what_staff_answer(
    aurora: House, bluefin: House
) -> None:
    a_ticket(bluefin)
    ticket = a_ticket(aurora, "waiter")
    assert told_of(answered(ticket)) == ["waiter@aurora.test"]
    asked(ticket, aurora, "manager")
    assert told_of(answered(ticket)) == ["manager@aurora.test", "waiter@aurora.test"]
    assert told_of(says(ticket, Event.CLOSING_SOON)) == [
        "manager@aurora.test",
        "waiter@aurora.test",
    ]


def test_who_may_not_see_it_any_more_hears_nothing(aurora: House) -> None:
    ticket = a_ticket(aurora, "waiter")
    asked(ticket, aurora, "manager")
    asked(ticket, aurora, "owner")
    aurora.members["manager"].change_role("accountant", by=as_member(aurora, "owner"))
    Person.objects.filter(pk=aurora.person("waiter").pk).update(is_active=False)
    assert told_of(answered(ticket)) == ["owner@aurora.test"]


def test_the_owners_hear_where_who_opened_it_has_left(aurora: House) -> None:
    ticket = a_ticket(aurora, "waiter")
    aurora.members["waiter"].revoke(by=as_member(aurora, "owner"))
    assert told_of(answered(ticket)) == ["owner@aurora.test"]


def test_the_owners_hear_of_what_an_app_opened(aurora: House) -> None:
    by, about = Actor("app", aurora.app.app.name, aurora.app.app.pk), matter()
    with tenant_scope(aurora.tenant.pk):
        ticket, _ = open_ticket(aurora.tenant.pk, about, body="Till 3 is down.", by=by, via=Via.API)
    assert told_of(answered(ticket)) == ["owner@aurora.test"]


def test_the_owners_hear_of_what_staff_opened(aurora: House) -> None:
    _, message = open_ticket(
        aurora.tenant.pk,
        matter(),
        body="Your card expires.",
        by=Actor.staff(support()),
        via=Via.ADMIN,
        side=Side.STAFF,
    )
    assert told_of(message) == ["owner@aurora.test"]


def test_nobody_hears_of_their_own_message(aurora: House) -> None:
    owner = aurora.person("owner")
    Person.objects.filter(pk=owner.pk).update(is_staff=True)
    ticket = a_ticket(aurora, "owner")
    assign(ticket, owner)
    assert told_of(asked(ticket, aurora, "owner")) == []
    assert told_of(answered(ticket, by=owner)) == []


def test_an_archived_business_hears_nothing(aurora: House) -> None:
    ticket = a_ticket(aurora)
    message = answered(ticket)
    aurora.tenant.archive(by=Actor.system(), reason="Over")
    assert told_of(message) == []


def test_who_wrote_in_a_merged_ticket_hears_only_what_they_may_see(aurora: House) -> None:
    of_waiter, of_manager = a_ticket(aurora, "waiter"), a_ticket(aurora, "manager")
    into = a_ticket(aurora, "owner")
    for each in (of_waiter, of_manager):
        merge_tickets(aurora.tenant.pk, each.pk, into.pk, by=Actor.staff(support()))
    assert told_of(answered(into)) == ["manager@aurora.test", "owner@aurora.test"]
