"""What tests of mails that come in begin with."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core import mail as post
from django.core.files.uploadedfile import SimpleUploadedFile
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from backend.accounts.models import Person
from backend.conftest import House
from backend.tickets.models import Attachment, IncomingMail, Message, Ticket, TicketReading
from backend.tickets.reply_addresses import address_for
from backend.tickets.tests import mailgun

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"
    b"\x1f\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\xa75\x81\x84"
    b"\x00\x00\x00\x00IEND\xaeB`\x82"
)


def picture(name: str = "till.png", content: bytes = PNG) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "image/png")


@pytest.fixture
def incoming(settings: Any) -> None:
    settings.INBOUND_MAIL_DOMAIN = "reply.tavola.example"
    settings.INBOUND_MAIL_PROVIDER = "mailgun"
    settings.ANYMAIL = {"MAILGUN_WEBHOOK_SIGNING_KEY": mailgun.KEY}
    settings.PORTAL_ORIGIN = "https://portal.example"


def told() -> list[str]:
    """The mails that were queued since it was asked last."""
    post.outbox.clear()
    for job in ProcrastinateJob.objects.filter(task_name="common.send_mail", status="todo"):
        app.tasks[job.task_name](**job.args)
    ProcrastinateJob.objects.filter(task_name="common.send_mail").update(status="cancelled")
    return [each.body for each in post.outbox]


def refusal() -> str:
    return str(IncomingMail.objects.get().refusal)


class Before:
    """What is there, to be compared."""

    def __init__(self) -> None:
        self.rows = self.now()

    @staticmethod
    def now() -> list[Any]:
        return [
            list(model.objects.order_by("pk").values())
            for model in (Message, Ticket, Attachment, TicketReading)
        ]

    def unchanged(self) -> bool:
        return self.now() == self.rows


def reply(house: House, ticket: Ticket, role: str = "owner", **given: Any) -> Any:
    """By a member of the house, to the address that they were given."""
    person = house.person(role)
    given = {"to": address_for(ticket, person), "sender": person.email, **given}
    return mailgun.call(**given)


def by_staff(person: Person, *permissions: str) -> Person:
    for name in permissions:
        person.user_permissions.add(Permission.objects.get(codename=name))
    return Person.objects.get(pk=person.pk)
