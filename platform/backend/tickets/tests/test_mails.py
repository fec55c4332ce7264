"""Mails about messages: in the language of who reads them, and once."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.mail import EmailMessage
from django.db import DatabaseError, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from backend.common.actor import Actor
from backend.conftest import House
from backend.operations.tests.test_tasks import run_worker, worker_app
from backend.tenants.models import Tenant
from backend.tickets import jobs
from backend.tickets.models import Attachment, Event, ReplyAddress
from backend.tickets.reply_addresses import address_for
from backend.tickets.tests.cast import a_ticket, answered, asked, support
from backend.tickets.tests.letters import (
    addresses,
    assign,
    first_of,
    mails_of,
    says,
    speak_german,
    told_of,
    with_email,
)
from backend.tickets.workflows import mail_message as workflow
from backend.tickets.workflows.close_ticket import close_ticket
from backend.tickets.workflows.mail_message import mail_message
from backend.tickets.workflows.merge_tickets import merge_tickets

__all__ = ["addresses", "worker_app"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("addresses")]


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
    Tenant.objects.filter(pk=aurora.tenant.pk).update(time_zone="Pacific/Auckland")
    with time_machine.travel("2026-11-25T13:00:00Z"):
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


@pytest.mark.django_db(transaction=True)
def test_a_worker_does_it_all(worker_app: Any, aurora: House) -> None:
    answered(a_ticket(aurora))
    mail.outbox.clear()
    run_worker(worker_app, ["tickets"])
    run_worker(worker_app, ["mail"])
    assert [each.to for each in mail.outbox] == [["owner@aurora.test"]]
