"""Who a mail is from: whoever its address was made for, and nobody and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from backend.conftest import House
from backend.tickets.reply_addresses import address_for
from backend.tickets.tests.cast import a_ticket
from backend.tickets.tests.mail_cast import Before, incoming, refusal, reply, told

__all__ = ["incoming"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("incoming")]


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
