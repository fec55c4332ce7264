"""Whose turn it is follows from who spoke; a closed ticket is spoken in by reopening it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.utils import timezone

from backend.audit.models import AuditEvent
from backend.common.actor import Actor
from backend.common.tenancy import tenant_scope
from backend.common.transitions import TransitionRefused
from backend.conftest import House
from backend.tickets.errors import SomebodyAnswered, TicketClosed, TicketNotFound
from backend.tickets.models import Message, Side, State, Ticket, TicketReading, Via
from backend.tickets.tests.cast import a_ticket, answered, as_member, asked, support
from backend.tickets.workflows.close_ticket import close_ticket
from backend.tickets.workflows.write_message import mark_read, reopen_ticket, write_message


def test_numbers_count_each_tenants_tickets(aurora: House, bluefin: House) -> None:
    assert [a_ticket(aurora).number, a_ticket(aurora).number] == [1, 2]
    assert a_ticket(bluefin).number == 1


def test_turns_follow_from_who_spoke(aurora: House) -> None:
    ticket = a_ticket(aurora)
    assert ticket.state == State.OPEN
    assert ticket.answer_due_at - ticket.waiting_since == timedelta(hours=24)
    answered(ticket)
    ticket.refresh_from_db()
    assert (ticket.state, ticket.waiting_since) == (State.AWAITING_CUSTOMER, None)
    answered(ticket, "Or is it out of paper?")
    ticket.refresh_from_db()
    assert ticket.state == State.AWAITING_CUSTOMER
    first = asked(ticket, aurora)
    asked(ticket, aurora, body="It smells, too.")
    ticket.refresh_from_db()
    assert (ticket.state, ticket.waiting_since) == (State.AWAITING_STAFF, first.created_at)
    changes = ticket.transitions.values_list("from_state", "to_state")
    assert list(changes) == [
        ("open", "awaiting_customer"),
        ("awaiting_customer", "awaiting_staff"),
    ]


def test_nothing_is_written_into_a_closed_ticket(aurora: House) -> None:
    ticket = a_ticket(aurora)
    close_ticket(aurora.tenant.pk, ticket.pk, by=as_member(aurora), reason="It works again")
    with pytest.raises(TicketClosed):
        asked(ticket, aurora)
    assert ticket.messages.count() == 1
    with pytest.raises(TransitionRefused):
        close_ticket(aurora.tenant.pk, ticket.pk, by=as_member(aurora))
    with tenant_scope(aurora.tenant.pk):
        reopen_ticket(
            aurora.tenant.pk,
            ticket.pk,
            "It doesn't.",
            side=Side.CUSTOMER,
            by=as_member(aurora),
            via=Via.PORTAL,
        )
    ticket.refresh_from_db()
    assert ticket.state == State.REOPENED
    assert ticket.messages.latest("created_at").body == "It doesn't."
    assert list(
        AuditEvent.objects.filter(about_id=ticket.pk)
        .order_by("created_at")
        .values_list("action", "data")
    ) == [
        ("ticket.opened", {}),
        ("ticket.close", {"reason": "It works again"}),
        ("ticket.reopen", {}),
    ]


def test_staff_reopen_with_a_message_that_awaits_the_customer(aurora: House) -> None:
    ticket = a_ticket(aurora)
    close_ticket(aurora.tenant.pk, ticket.pk, by=Actor.system())
    reopen_ticket(
        aurora.tenant.pk,
        ticket.pk,
        "One more thing.",
        side=Side.STAFF,
        by=Actor.staff(support()),
        via=Via.ADMIN,
    )
    ticket.refresh_from_db()
    assert (ticket.state, ticket.answer_due_at) == (State.AWAITING_CUSTOMER, None)


def test_two_of_the_staff_dont_answer_the_same(aurora: House) -> None:
    ticket = a_ticket(aurora)
    seen = ticket.messages.get().pk
    answered(ticket, "Is it plugged in?", by=support("Ben Bright"))
    with pytest.raises(SomebodyAnswered) as refused:
        write_message(
            aurora.tenant.pk,
            ticket.pk,
            "Have you tried to turn it off and on again?",
            side=Side.STAFF,
            by=Actor.staff(support()),
            via=Via.ADMIN,
            seen=seen,
        )
    assert refused.value.extensions == {"author": "Ben Bright"}
    assert ticket.messages.count() == 2


def test_who_takes_part_has_news_until_they_read_them(aurora: House) -> None:
    ticket = a_ticket(aurora, "waiter")
    asked(ticket, aurora, "owner", "It's the same in the bar.")
    waiter, owner = aurora.person("waiter"), aurora.person("owner")

    def news() -> dict[str, str]:
        unread = TicketReading.objects.filter(ticket=ticket, unread_since__isnull=False)
        names = {waiter.pk: "waiter", owner.pk: "owner"}
        bodies = dict(ticket.messages.values_list("created_at", "body"))
        return {names[each.person_id]: bodies[each.unread_since] for each in unread}

    assert news() == {"waiter": "It's the same in the bar."}
    answered(ticket, "Is it plugged in?")
    answered(ticket, "Hello?")
    assert news() == {"waiter": "It's the same in the bar.", "owner": "Is it plugged in?"}
    mark_read(ticket.tenant_id, ticket.pk, owner.pk, until=timezone.now() + timedelta(hours=1))
    mark_read(ticket.tenant_id, ticket.pk, waiter.pk, until=ticket.last_message_at)
    assert news() == {"waiter": "It's the same in the bar."}
    ticket.refresh_from_db()
    reading = TicketReading.objects.get(ticket=ticket, person_id=owner.pk)
    assert reading.read_until == ticket.last_message_at
    answered(ticket, "We'll call.")
    assert news()["owner"] == "We'll call."


def test_another_tenants_ticket_isnt_there(aurora: House, bluefin: House) -> None:
    ticket = a_ticket(aurora)
    with pytest.raises(TicketNotFound), tenant_scope(bluefin.tenant.pk):
        write_message(
            bluefin.tenant.pk,
            ticket.pk,
            "Hello?",
            side=Side.CUSTOMER,
            by=as_member(bluefin),
            via=Via.PORTAL,
        )
    assert ticket.messages.count() == 1


SPEAK = """
    INSERT INTO tickets_message
      (id, tenant_id, ticket_id, side, author, author_kind, via, body, event, created_at)
    SELECT gen_random_uuid(), tenant_id, id, %s, 'Somebody', 'staff', 'api', 'Trust me', '', now()
    FROM tickets_ticket
"""


def test_no_tenant_speaks_for_the_operator(aurora: House) -> None:
    ticket = a_ticket(aurora)
    with tenant_scope(aurora.tenant.pk), connection.cursor() as cursor:
        with (
            pytest.raises(ProgrammingError, match="can't speak for the staff"),
            transaction.atomic(),
        ):
            cursor.execute(SPEAK, ["staff"])
        cursor.execute(SPEAK, ["customer"])
    assert ticket.messages.filter(side=Side.STAFF).count() == 0
    assert ticket.messages.count() == 2


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT body FROM tickets_internalnote",
        "SELECT assignee_id FROM tickets_ticketassignment",
        "SELECT digest FROM tickets_replyaddress",
        "UPDATE tickets_message SET body = 'x'",
        "DELETE FROM tickets_message",
        "DELETE FROM tickets_ticket",
        "UPDATE tickets_ticket SET department_id = department_id",
        "UPDATE tickets_ticket SET merged_into_id = id",
    ],
)
def test_a_tenants_role_may_not(aurora: House, statement: str) -> None:
    a_ticket(aurora)
    with (
        tenant_scope(aurora.tenant.pk),
        connection.cursor() as cursor,
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
    ):
        cursor.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE tickets_message SET body = 'x'",
        "DELETE FROM tickets_message",
        "DELETE FROM tickets_ticket",
        "UPDATE tickets_ticket SET subject = 'Something else'",
    ],
)
def test_not_even_the_owner_may(aurora: House, statement: str) -> None:
    ticket = a_ticket(aurora)
    with (
        connection.cursor() as cursor,
        pytest.raises(IntegrityError, match="is refused"),
        transaction.atomic(),
    ):
        cursor.execute(statement)
    assert Message.objects.get().body != "x"
    assert Ticket.objects.get().subject == ticket.subject
