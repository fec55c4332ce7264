"""What tests of mails about tickets begin with."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from backend.accounts.models import Person
from backend.common.actor import Actor
from backend.tickets.models import Department, Event, Message, Side, Ticket, TicketAssignment, Via
from backend.tickets.workflows.mail_message import mail_message
from backend.tickets.workflows.write_message import add_message, lock_ticket


@pytest.fixture
def addresses(settings: Any) -> None:
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
