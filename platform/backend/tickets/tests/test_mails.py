"""Mails about messages: to the other side, in its language, once, and never to who wrote it."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.mail import EmailMessage
from django.db import DatabaseError, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from backend.accounts.models import Person
from backend.common.actor import Actor
from backend.common.tenancy import tenant_scope
from backend.conftest import House
from backend.tickets import jobs
from backend.tickets.models import (
    Attachment,
    Department,
    Event,
    Message,
    ReplyAddress,
    Side,
    Ticket,
    TicketAssignment,
    Via,
)
from backend.tickets.reply_addresses import address_for
from backend.tickets.tests.cast import a_ticket, answered, as_member, asked, matter, support
from backend.tickets.workflows import mail_message as workflow
from backend.tickets.workflows.close_ticket import close_ticket
from backend.tickets.workflows.mail_message import mail_message
from backend.tickets.workflows.merge_tickets import merge_tickets
from backend.tickets.workflows.open_ticket import open_ticket
from backend.tickets.workflows.write_message import add_message, lock_ticket

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _addresses(settings: Any) -> None:
    settings.PORTAL_ORIGIN = "https://portal.example"
    settings.PLATFORM_ORIGIN = "https://platform.example"
    settings.DEFAULT_FROM_EMAIL = "Tavola <no-reply@tavola.example>"
    settings.INBOUND_MAIL_DOMAIN = "reply.tavola.example"


def mails_of(message: Message) -> list[EmailMessage]:
    """What is sent once the message's job and those that it queues are done."""
    mail.outbox.clear()
    ProcrastinateJob.objects.filter(task_name="common.send_mail").update(status="cancelled")
    mail_message(message.pk)
    for job in ProcrastinateJob.objects.filter(task_name="common.send_mail", status="todo"):
        app.tasks[job.task_name](**job.args)
    return list(mail.outbox)


def told_of(message: Message) -> list[str]:
    return sorted(address for each in mails_of(message) for address in each.to)


def first_of(ticket: Ticket) -> Message:
    return ticket.messages.order_by("created_at")[0]


def assign(ticket: Ticket, person: Person) -> None:
    TicketAssignment.objects.create(
        tenant_id=ticket.tenant_id, ticket=ticket, assignee=person, assigned_by="Staff"
    )


def speak_german(*people: Person) -> None:
    Person.objects.filter(pk__in=[each.pk for each in people]).update(language="de")


def says(ticket: Ticket, event: Event) -> Message:
    with transaction.atomic():
        return add_message(
            lock_ticket(ticket.tenant_id, ticket.pk),
            "",
            side=Side.SYSTEM,
            by=Actor.system(),
            via=Via.SYSTEM,
            event=event,
        )


def with_email(email: str = "tech@tavola.example") -> None:
    Department.objects.filter(key="technical").update(email=email)


# --- To whom


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


# --- What


def test_what_a_member_reads(aurora: House) -> None:
    ticket = a_ticket(aurora, subject="Kitchen & printer")
    message = answered(ticket, "Is it **plugged in**? <b>Look</b>.")
    Attachment.objects.create(
        tenant_id=ticket.tenant_id, message=message, filename="plan.pdf", size=1,
        content_type="application/pdf", announced_by_kind="staff",
    )  # fmt: skip
    [sent] = mails_of(message)
    reply_to = address_for(ticket, aurora.person("owner"))
    assert sent.subject == "Re: [#1] Kitchen & printer"
    assert sent.body.rstrip() == (
        f"""## Please write your answer above this line ##

Hello Owner Trattoria Aurora,

Sam Support has written in your ticket #1, “Kitchen & printer”:

Is it **plugged in**? <b>Look</b>.

With it came: plan.pdf. You find it in the portal.

You can answer by replying to this mail, or in the portal:

    https://portal.example/t/aurora/tickets/{ticket.pk}/

Tavola
https://portal.example"""
    )
    assert sent.attachments == []
    assert sent.extra_headers == {
        "Message-ID": f"<ticket-message.{message.pk.hex}.{aurora.person('owner').pk.hex}"
        "@reply.tavola.example>",
        "In-Reply-To": f"<ticket.{ticket.pk.hex}@reply.tavola.example>",
        "References": f"<ticket.{ticket.pk.hex}@reply.tavola.example>",
        "Auto-Submitted": "auto-generated",
        "Reply-To": reply_to,
    }


def test_what_a_german_member_reads(aurora: House, settings: Any) -> None:
    settings.INBOUND_MAIL_DOMAIN = ""
    ticket = a_ticket(aurora)
    speak_german(aurora.person("owner"))
    [sent] = mails_of(answered(ticket, "Steckt der Stecker?"))
    assert sent.body.rstrip() == (
        f"""Guten Tag Owner Trattoria Aurora,

Sam Support hat in Ihrem Ticket #1, „Kitchen printer“, geschrieben:

Steckt der Stecker?

Bitte antworten Sie im Portal, denn Antworten auf diese E-Mail liest niemand:

    https://portal.example/t/aurora/tickets/{ticket.pk}/

Tavola
https://portal.example"""
    )
    assert sent.extra_headers["Message-ID"].endswith("@tavola.example>")
    assert "Reply-To" not in sent.extra_headers
    assert not ReplyAddress.objects.exists()


def test_what_staff_read(aurora: House) -> None:
    ticket = a_ticket(aurora, "waiter", priority="high")
    with_email()
    [opened] = mails_of(first_of(ticket))
    assert opened.subject == "[Trattoria Aurora #1] Kitchen printer"
    assert opened.body.rstrip() == (
        f"""Waiter Trattoria Aurora of Trattoria Aurora has opened ticket #1 \
(Technical support, priority high):

The printer in the kitchen is silent.

Please answer in the staff admin:

    https://platform.example/admin/tickets/ticket/{ticket.pk}/change/"""
    )
    assert "Reply-To" not in opened.extra_headers
    speak_german(support())
    assign(ticket, support())
    [more] = mails_of(asked(ticket, aurora, "waiter", "Still silent."))
    assert more.subject == "Re: [Trattoria Aurora #1] Kitchen printer"
    assert (
        "hat im Ticket #1 geschrieben (Technische Hilfe, Priorität hoch):\n\nStill silent.\n\n"
        in more.body
    )
    assert more.extra_headers["Reply-To"] == address_for(ticket, support())


@pytest.mark.parametrize(
    ("event", "en", "de"),
    [
        (
            Event.CLOSING_SOON,
            "will be closed on 29 November 2026 unless somebody",
            "wird am 29. November 2026 geschlossen, wenn",
        ),
        (Event.CLOSED_SILENT, "This ticket was closed, as", "Dieses Ticket wurde geschlossen,"),
        (Event.MERGED, "Another ticket about the same", "Ein anderes Ticket zur selben"),
    ],
)
def test_the_platforms_own_messages_have_words(
    aurora: House, event: Event, en: str, de: str
) -> None:
    with time_machine.travel("2026-11-26T09:00:00Z"):
        ticket = a_ticket(aurora)
        answered(ticket)
        assert en in mails_of(says(ticket, event))[0].body
        speak_german(aurora.person("owner"))
        assert de in mails_of(says(ticket, event))[0].body


# --- Once


def test_a_message_queues_its_mail_within_its_transaction(aurora: House) -> None:
    message = answered(a_ticket(aurora))
    [job] = ProcrastinateJob.objects.filter(
        task_name=jobs.MAIL_MESSAGE, args__message_id=str(message.pk)
    )
    from backend.tickets import tasks  # noqa: F401 - registers the jobs

    app.tasks[job.task_name](**job.args)
    assert ProcrastinateJob.objects.filter(task_name="common.send_mail").count() == 1


def test_a_job_that_is_run_again_doubles_nothing(aurora: House) -> None:
    message = answered(a_ticket(aurora))
    assert len(mails_of(message)) == 1
    assert mails_of(message) == []


def test_all_mails_are_queued_or_none(aurora: House, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = a_ticket(aurora)
    asked(ticket, aurora, "manager")
    message = answered(ticket)
    send, sent = workflow.send_mail_later, []

    def fail_at_second(letter: EmailMessage) -> None:
        sent.append(letter)
        if len(sent) == 2:
            raise DatabaseError
        send(letter)

    monkeypatch.setattr(workflow, "send_mail_later", fail_at_second)
    with pytest.raises(DatabaseError), transaction.atomic():
        mail_message(message.pk)
    assert not ProcrastinateJob.objects.filter(task_name="common.send_mail").exists()
    monkeypatch.setattr(workflow, "send_mail_later", send)
    assert told_of(message) == ["manager@aurora.test", "owner@aurora.test"]


def test_what_is_closed_merged_or_gone_is_no_failure(aurora: House) -> None:
    ticket, into = a_ticket(aurora), a_ticket(aurora)
    message = answered(ticket)
    merge_tickets(aurora.tenant.pk, ticket.pk, into.pk, by=Actor.staff(support()))
    assert told_of(message) == ["owner@aurora.test"]
    last = answered(into)
    close_ticket(aurora.tenant.pk, into.pk, by=Actor.system())
    assert told_of(last) == ["owner@aurora.test"]
    mail_message(ticket.pk)


# --- Reply addresses


def test_an_address_is_the_same_for_all_mails_to_a_person_about_a_ticket(
    aurora: House, bluefin: House
) -> None:
    ticket, other = a_ticket(aurora), a_ticket(aurora)
    owner, manager = aurora.person("owner"), aurora.person("manager")
    given = address_for(ticket, owner)
    assert address_for(ticket, owner) == given
    assert len({given, address_for(ticket, manager), address_for(other, owner)}) == 3
    local, _, domain = given.partition("@")
    assert domain == "reply.tavola.example"
    assert len(local) <= 64
    assert given == given.lower()


def test_only_an_addresss_digest_is_kept(aurora: House) -> None:
    ticket, owner = a_ticket(aurora), aurora.person("owner")
    token = address_for(ticket, owner).partition("@")[0].removeprefix("reply+")
    row = ReplyAddress.objects.get(ticket=ticket, person=owner)
    assert row.digest == hashlib.sha256(token.encode()).hexdigest()
    assert row.tenant_id == aurora.tenant.pk


def test_another_secret_makes_another_address_in_place_of_the_first(
    aurora: House, settings: Any
) -> None:
    ticket, owner = a_ticket(aurora), aurora.person("owner")
    given = address_for(ticket, owner)
    settings.SECRET_KEY = "another-" + "0" * 50
    assert address_for(ticket, owner) != given
    assert ReplyAddress.objects.count() == 1
