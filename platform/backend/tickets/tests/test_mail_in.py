"""Mails that come in: each becomes a message of its ticket, or is refused and leaves nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.core import mail as post
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from backend.accounts.models import Person
from backend.common.actor import Actor
from backend.common.tests.stores import local_store
from backend.conftest import House
from backend.tickets import jobs
from backend.tickets.mails.letters import ABOVE_THIS_LINE
from backend.tickets.models import (
    Attachment,
    IncomingMail,
    Message,
    Side,
    State,
    Ticket,
    TicketAssignment,
    TicketReading,
    Via,
)
from backend.tickets.models.message import LONGEST_BODY
from backend.tickets.reply_addresses import address_for
from backend.tickets.tests import mailgun
from backend.tickets.tests.cast import a_ticket, answered, as_member, asked, support
from backend.tickets.workflows.close_ticket import close_ticket
from backend.tickets.workflows.judge_mail import MOST_AN_HOUR
from backend.tickets.workflows.merge_tickets import merge_tickets

__all__ = ["local_store"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("incoming")]


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


# --- What becomes a message


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
    ("text", "body"),
    [("a\x00b\x07c", "abc"), ("Grüße \U0001f355", "Grüße \U0001f355")],
)
def test_any_text_can_be_kept(aurora: House, text: str, body: str) -> None:
    ticket = a_ticket(aurora)
    reply(aurora, ticket, text=text)
    assert ticket.messages.latest("created_at").body == body


# --- Files

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"
    b"\x1f\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\xa75\x81\x84"
    b"\x00\x00\x00\x00IEND\xaeB`\x82"
)


def picture(name: str = "till.png", content: bytes = PNG) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "image/png")


@pytest.mark.usefixtures("local_store")
def test_files_come_along_and_the_others_are_named(aurora: House) -> None:
    ticket = a_ticket(aurora)
    program = SimpleUploadedFile("run `me`.exe", b"MZ...", "application/x-msdownload")
    reply(aurora, ticket, files=(picture(), program, picture("no.png", b"<html>")))
    message = ticket.messages.latest("created_at")
    [attachment] = message.attachments.all()
    assert (attachment.filename, attachment.size) == ("till.png", len(PNG))
    assert message.body == "It is plugged in.\n\n*Left out: `run me.exe`, `no.png`.*"
    assert ProcrastinateJob.objects.filter(
        task_name=jobs.CHECK_ATTACHMENT, args__attachment_id=str(attachment.pk)
    ).exists()


@pytest.mark.usefixtures("local_store")
def test_a_picture_without_a_word_is_a_message(aurora: House) -> None:
    ticket = a_ticket(aurora)
    reply(aurora, ticket, text="\n", files=(picture(),))
    message = ticket.messages.latest("created_at")
    assert message.body == "Files, without a text."
    assert message.attachments.count() == 1


@pytest.mark.usefixtures("local_store")
def test_the_logo_of_a_signature_stays_away(aurora: House) -> None:
    ticket = a_ticket(aurora)
    large = picture("screen.png", PNG + b"\x00" * 6_000)
    shown = '{"<logo>": "attachment-1", "<screen>": "attachment-2"}'
    reply(aurora, ticket, files=(picture("logo.png"), large), fields={"content-id-map": shown})
    message = ticket.messages.latest("created_at")
    assert [each.filename for each in message.attachments.all()] == ["screen.png"]
    assert message.body == "It is plugged in."


def test_no_more_than_a_message_may_have(aurora: House, local_store: Any) -> None:
    ticket = a_ticket(aurora)
    files = tuple(picture(f"{number}.png") for number in range(35))
    reply(aurora, ticket, files=files)
    message = ticket.messages.latest("created_at")
    assert message.attachments.count() == 10
    assert message.body.endswith("`28.png`, `29.png`, 5 more files.*")


def test_without_a_place_for_files_they_are_named(aurora: House, settings: Any) -> None:
    settings.LOCAL_FILES, settings.S3_BUCKET = False, ""
    ticket = a_ticket(aurora)
    reply(aurora, ticket, files=(picture(),))
    assert ticket.messages.latest("created_at").body == (
        "It is plugged in.\n\n*Left out: `till.png`.*"
    )


# --- What is refused


@pytest.mark.parametrize(
    "address",
    [
        "reply+{token}@elsewhere.example",
        "reply+{token}@reply.tavola.example.evil.example",
        "reply+{other}@reply.tavola.example",
        "reply@reply.tavola.example",
        "help@tavola.example",
    ],
)
def test_a_mail_to_no_ticket_is_refused(aurora: House, address: str) -> None:
    ticket = a_ticket(aurora)
    given = address_for(ticket, aurora.person("owner"))
    token = given.partition("@")[0].removeprefix("reply+")
    before = Before()
    reply(aurora, ticket, to=address.format(token=token, other="a" * 32))
    assert refusal() == "no-ticket"
    assert before.unchanged()
    assert told() == []


@pytest.mark.parametrize(
    "sender",
    [
        "Owner <stranger@evil.example>",
        '"owner@aurora.test" <stranger@evil.example>',
        "stranger@evil.example, owner@aurora.test",
        "stranger@evil.example, Owner <owner@aurora.test>",
        "owner@aurora.test <stranger@evil.example>",
        "<owner@aurora.test> <stranger@evil.example>",
        "manager@aurora.test",
        "owner@aurora.test.evil.example",
        "owner@aurora.test)stranger@evil.example",
        "(owner@aurora.test) stranger@evil.example",
        "",
        None,
    ],
)
def test_only_whom_the_address_was_made_for_may_use_it(aurora: House, sender: str | None) -> None:
    ticket = a_ticket(aurora)
    address_for(ticket, aurora.person("manager"))
    before = Before()
    reply(aurora, ticket, headers={"From": sender})
    assert refusal() == "wrong-sender"
    assert before.unchanged()
    assert told() == []


@pytest.mark.parametrize(
    "sender",
    [
        "owner@aurora.test",
        "OWNER@Aurora.Test",
        '"Rossi, Luca" <owner@aurora.test>',
        '"owner@aurora.test" <owner@aurora.test>',
        "=?utf-8?q?L=C3=BCca?= <owner@aurora.test>",
    ],
)
def test_however_they_write_their_name(aurora: House, sender: str) -> None:
    ticket = a_ticket(aurora)
    reply(aurora, ticket, headers={"From": sender})
    assert ticket.messages.count() == 2


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Mailgun-Spf": "Fail"},
        {"X-Mailgun-Dkim-Check-Result": "Fail"},
        {"Received-SPF": "fail (domain of aurora.test does not designate 192.0.2.1)"},
        {"Authentication-Results": "mx.example; spf=pass; dkim=pass; dmarc=fail"},
        {"Authentication-Results": "mx.example; spf=fail smtp.mailfrom=evil.example"},
        {"Authentication-Results": "mx.example; dkim=fail header.i=@aurora.test; spf=none"},
    ],
)
def test_what_the_provider_found_forged_is_refused(aurora: House, headers: Any) -> None:
    ticket = a_ticket(aurora)
    before = Before()
    reply(aurora, ticket, headers=headers)
    assert refusal() == "wrong-sender"
    assert before.unchanged()


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Mailgun-Spf": "Neutral", "X-Mailgun-Dkim-Check-Result": None},
        {"Authentication-Results": "mx.example; spf=softfail; dkim=pass; dmarc=pass"},
        {"Authentication-Results": "mx.example; dkim=fail header.i=@a; dkim=pass header.i=@b"},
    ],
)
def test_no_verdict_is_no_fail(aurora: House, headers: Any) -> None:
    ticket = a_ticket(aurora)
    reply(aurora, ticket, headers=headers)
    assert ticket.messages.count() == 2


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        ({"Auto-Submitted": "auto-replied"}, {}),
        ({"Auto-Submitted": "auto-generated (failure)"}, {}),
        ({"Precedence": "bulk"}, {}),
        ({"Precedence": "Auto_Reply"}, {}),
        ({"Precedence": "junk"}, {}),
        ({"X-Auto-Response-Suppress": "All"}, {}),
        ({"X-Autoreply": "yes"}, {}),
        ({"List-Id": "<all.aurora.test>"}, {}),
        ({"Return-Path": "<>"}, {}),
        ({}, {"sender": ""}),
        ({"From": "MAILER-DAEMON@aurora.test"}, {}),
        ({"From": "Absence <no-reply@aurora.test>"}, {}),
        ({"Message-Id": "<ticket-message.1.2@reply.tavola.example>"}, {}),
    ],
)
def test_machines_arent_heard_and_never_answered(aurora: House, given: Any, fields: Any) -> None:
    ticket = a_ticket(aurora)
    before = Before()
    answer = reply(aurora, ticket, headers=given, fields=fields)
    assert answer.status_code == 200
    assert refusal() == "automatic"
    assert before.unchanged()
    assert told() == []


@pytest.mark.parametrize("header", [("Auto-Submitted", "no"), ("X-Auto-Response-Suppress", "None")])
def test_people_whose_programs_say_that_they_are_people_are_heard(
    aurora: House, header: tuple[str, str]
) -> None:
    ticket = a_ticket(aurora)
    reply(aurora, ticket, headers=dict([header]))
    assert ticket.messages.count() == 2


def revoke(house: House) -> None:
    house.members["manager"].revoke(by=as_member(house, "owner"))


def demote(house: House) -> None:
    house.members["manager"].change_role("waiter", by=as_member(house, "owner"))


def archive(house: House) -> None:
    house.tenant.archive(by=Actor.system(), reason="Over")


@pytest.mark.parametrize("lose", [revoke, demote, archive])
def test_who_may_not_write_there_any_more_is_told(aurora: House, lose: Any) -> None:
    ticket = a_ticket(aurora, "owner")
    address_for(ticket, aurora.person("manager"))
    lose(aurora)
    before = Before()
    assert reply(aurora, ticket, "manager").status_code == 200
    assert refusal() == "no-access"
    assert before.unchanged()
    [letter] = told()
    assert "you can’t write in this ticket any more" in letter
    assert str(ticket.pk) not in letter


def test_who_is_locked_out_hears_nothing(aurora: House) -> None:
    ticket = a_ticket(aurora)
    Person.objects.filter(pk=aurora.person("owner").pk).update(is_active=False)
    before = Before()
    reply(aurora, ticket)
    assert refusal() == "no-access"
    assert before.unchanged()
    assert told() == []


@pytest.mark.parametrize("permissions", [(), ("note_ticket",)])
def test_staff_without_the_permission_cant_answer(aurora: House, permissions: Any) -> None:
    ticket = a_ticket(aurora)
    person = by_staff(support(), *permissions)
    before = Before()
    mailgun.call(to=address_for(ticket, person), sender=person.email)
    assert refusal() == "no-access"
    assert before.unchanged()


def test_a_waiter_whose_ticket_went_on_in_the_owners_writes_into_neither(aurora: House) -> None:
    ticket, into = a_ticket(aurora, "waiter"), a_ticket(aurora, "owner")
    merge_tickets(aurora.tenant.pk, ticket.pk, into.pk, by=Actor.staff(support()))
    before = Before()
    reply(aurora, ticket, "waiter")
    assert refusal() == "no-access"
    assert before.unchanged()


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "there was nothing in it but quoted text"), ("de", "nichts als zitierter Text")],
)
def test_an_empty_answer_is_refused_and_its_writer_told(
    aurora: House, language: str, said: str
) -> None:
    ticket = a_ticket(aurora)
    Person.objects.filter(pk=aurora.person("owner").pk).update(language=language)
    before = Before()
    reply(aurora, ticket, text=f"\n\n{ABOVE_THIS_LINE['de']}\n\nGuten Tag")
    assert refusal() == "empty"
    assert before.unchanged()
    [letter] = told()
    assert said in letter
    assert f"https://portal.example/t/aurora/tickets/{ticket.pk}/" in letter


def test_nobody_is_told_more_than_once_an_hour(aurora: House) -> None:
    ticket = a_ticket(aurora)
    with time_machine.travel(timezone.now().replace(minute=1), tick=False) as clock:
        for _ in range(3):
            reply(aurora, ticket, text=" ")
        assert len(told()) == 1
        clock.shift(timedelta(hours=1))
        reply(aurora, ticket, text=" ")
        assert len(told()) == 1
    assert IncomingMail.objects.filter(refusal="empty").count() == 4


def test_no_ticket_takes_more_than_so_many_mails_an_hour(aurora: House) -> None:
    ticket, other = a_ticket(aurora), a_ticket(aurora)
    asked(ticket, aurora)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(MOST_AN_HOUR):
            reply(aurora, ticket)
            clock.shift(timedelta(minutes=1))
        before = Before()
        reply(aurora, ticket)
        assert IncomingMail.objects.exclude(refusal="").get().refusal == "too-many"
        assert before.unchanged()
        [letter] = told()
        assert "too many mails came for this ticket within an hour" in letter
        reply(aurora, other)
        clock.shift(timedelta(minutes=41))
        reply(aurora, ticket)
    assert IncomingMail.objects.filter(refusal="").count() == MOST_AN_HOUR + 2
    assert other.messages.count() == 2
