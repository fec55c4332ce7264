"""Answers by mail that aren't taken: nothing of them is kept, and their writer is told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from backend.accounts.models import Person
from backend.common.actor import Actor
from backend.conftest import House
from backend.tickets.mails.letters import ABOVE_THIS_LINE
from backend.tickets.models import IncomingMail
from backend.tickets.reply_addresses import address_for
from backend.tickets.tests import mailgun
from backend.tickets.tests.cast import a_ticket, as_member, asked, support
from backend.tickets.tests.mail_cast import Before, by_staff, incoming, refusal, reply, told
from backend.tickets.workflows.judge_mail import MOST_AN_HOUR
from backend.tickets.workflows.merge_tickets import merge_tickets

__all__ = ["incoming"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("incoming")]


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


def test_nobody_writes_in_an_archived_business(aurora: House) -> None:
    ticket = a_ticket(aurora, "waiter")
    address_for(ticket, aurora.person("waiter"))
    archive(aurora)
    before = Before()
    reply(aurora, ticket, "waiter")
    assert refusal() == "no-access"
    assert before.unchanged()


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
