"""Mails that come in: each becomes a message of the ticket that it was sent to."""

from __future__ import annotations

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from backend.accounts.models import Person
from backend.common.actor import Actor
from backend.conftest import House
from backend.tickets import jobs
from backend.tickets.mails.letters import ABOVE_THIS_LINE
from backend.tickets.models import IncomingMail, Side, State, TicketAssignment, Via
from backend.tickets.models.message import LONGEST_BODY
from backend.tickets.reply_addresses import address_for
from backend.tickets.tests import mailgun
from backend.tickets.tests.cast import a_ticket, answered, as_member, support
from backend.tickets.tests.mail_cast import by_staff, incoming, reply, told
from backend.tickets.workflows.close_ticket import close_ticket
from backend.tickets.workflows.merge_tickets import merge_tickets

__all__ = ["incoming"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("incoming")]


def test_an_answer_becomes_a_message(aurora: House, bluefin: House) -> None:
    a_ticket(bluefin)
    ticket = a_ticket(aurora, "waiter")
    answered(ticket)
    quoted = ABOVE_THIS_LINE["en"]
    text = f"It is **plugged in**.\n\nOn Fri, Nov 20, 2026, Tavola wrote:\n\n> {quoted}\n> Hello"
    given = {"headers": {"Message-Id": "<one@mail.example>"}}
    assert reply(aurora, ticket, "waiter", text=text, **given).status_code == 200
    message = ticket.messages.latest("created_at")
    person = aurora.person("waiter")
    assert (message.body, message.side, message.via) == (
        "It is **plugged in**.",
        Side.CUSTOMER,
        Via.MAIL,
    )
    assert (message.author, message.author_kind, message.author_id) == (
        person.name,
        "person",
        person.pk,
    )
    ticket.refresh_from_db()
    assert ticket.state == State.AWAITING_STAFF
    row = IncomingMail.objects.get()
    assert (row.mail_id, row.refusal, row.message) == ("<one@mail.example>", "", message)
    assert ProcrastinateJob.objects.filter(
        task_name=jobs.MAIL_MESSAGE, args__message_id=str(message.pk)
    ).exists()
    assert told() == []


def test_staff_answer_by_mail(aurora: House) -> None:
    ticket = a_ticket(aurora)
    person = by_staff(support(), "reply_ticket")
    mailgun.call(to=address_for(ticket, person), sender=person.email, text="Try the fuse.")
    message = ticket.messages.latest("created_at")
    assert (message.body, message.side, message.author_kind) == (
        "Try the fuse.",
        Side.STAFF,
        "staff",
    )
    ticket.refresh_from_db()
    assert ticket.state == State.AWAITING_CUSTOMER


def test_who_is_both_speaks_as_staff_in_what_they_look_after(aurora: House) -> None:
    person = aurora.person("manager")
    Person.objects.filter(pk=person.pk).update(is_staff=True)
    person = by_staff(person, "reply_ticket")
    first, second = a_ticket(aurora), a_ticket(aurora)
    TicketAssignment.objects.create(
        tenant_id=first.tenant_id, ticket=first, assignee=person, assigned_by="Staff"
    )
    for ticket, side in ((first, Side.STAFF), (second, Side.CUSTOMER)):
        reply(aurora, ticket, "manager")
        assert ticket.messages.latest("created_at").side == side


@pytest.mark.parametrize("where", ["Cc", "Delivered-To", "X-Original-To", "recipient"])
def test_the_address_is_found_wherever_it_stands(aurora: House, where: str) -> None:
    ticket = a_ticket(aurora)
    address = address_for(ticket, aurora.person("owner")).upper()
    fields = {"recipient": "hello@tavola.example"}
    headers: dict[str, str | None] = {"To": "Help <hello@tavola.example>"}
    if where == "recipient":
        fields[where] = address
    else:
        headers[where] = f'"Support, Tavola" <{address}>, other@else.example'
    reply(aurora, ticket, headers=headers, fields=fields)
    assert ticket.messages.count() == 2


def test_an_answer_in_html_alone_is_taken_as_text(aurora: House) -> None:
    ticket = a_ticket(aurora)
    html = "<p>It <b>is</b>.</p><script>alert(1)</script><blockquote>Is it?</blockquote>"
    reply(aurora, ticket, text=None, html=html)
    assert ticket.messages.latest("created_at").body == "It is."


def test_a_closed_ticket_is_reopened_by_an_answer(aurora: House) -> None:
    ticket = a_ticket(aurora)
    close_ticket(aurora.tenant.pk, ticket.pk, by=as_member(aurora))
    reply(aurora, ticket, text="It is silent again.")
    ticket.refresh_from_db()
    assert ticket.state == State.REOPENED
    assert ticket.messages.latest("created_at").body == "It is silent again."


def test_what_was_merged_goes_on_in_the_other_one(aurora: House) -> None:
    ticket, into = a_ticket(aurora), a_ticket(aurora)
    merge_tickets(aurora.tenant.pk, ticket.pk, into.pk, by=Actor.staff(support()))
    reply(aurora, ticket)
    assert ticket.messages.count() == 1
    assert into.messages.latest("created_at").body == "It is plugged in."


def test_a_longer_mail_than_a_message_is_cut_and_says_so(aurora: House) -> None:
    ticket = a_ticket(aurora)
    Person.objects.filter(pk=aurora.person("owner").pk).update(language="de")
    reply(aurora, ticket, text="word " * 200_000)
    body = ticket.messages.latest("created_at").body
    assert len(body) <= LONGEST_BODY
    assert body.startswith("word word ")
    assert body.endswith(
        "\n\n*Die E-Mail war länger, als eine Nachricht sein darf: Der Rest fehlt.*"
    )
    reply(aurora, ticket, text="x" * LONGEST_BODY)
    assert ticket.messages.latest("created_at").body == "x" * LONGEST_BODY


@pytest.mark.parametrize(
    ("text", "body"), [("a\x00b\x07c", "abc"), ("Grüße \U0001f355", "Grüße \U0001f355")]
)
def test_any_text_can_be_kept(aurora: House, text: str, body: str) -> None:
    ticket = a_ticket(aurora)
    reply(aurora, ticket, text=text)
    assert ticket.messages.latest("created_at").body == body
