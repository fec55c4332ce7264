"""A ticket in which the customer doesn't answer any more says that it will close, then closes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from procrastinate.contrib.django.models import ProcrastinateJob

from backend.conftest import House
from backend.tickets.jobs import MAIL_MESSAGE
from backend.tickets.models import Event, State, Ticket
from backend.tickets.silence import closes_at
from backend.tickets.tests.cast import a_ticket, answered, asked
from backend.tickets.workflows.end_silence import end_silence

BEGINNING = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def silent(aurora: House) -> Ticket:
    """Answered on the second of March, and nothing since."""
    with time_machine.travel(BEGINNING, tick=False):
        ticket = a_ticket(aurora)
        answered(ticket)
    ticket.refresh_from_db()
    return ticket


def look(days: float, **how: Any) -> list[str]:
    """What is done when so many days have passed since the answer, and a second."""
    with time_machine.travel(BEGINNING + timedelta(days=days, seconds=1), tick=False):
        return [f"{each.what} #{each.number}" for each in end_silence(**how)]


def test_it_is_announced_after_11_days_and_closed_after_14(silent: Ticket) -> None:
    assert look(10.99) == []
    assert look(11) == ["announced #1"]
    silent.refresh_from_db()
    assert silent.state == State.AWAITING_CUSTOMER
    assert silent.messages.latest("created_at").event == Event.CLOSING_SOON
    assert look(13.99) == []
    assert look(14) == ["closed #1"]
    silent.refresh_from_db()
    assert silent.state == State.CLOSED
    assert silent.messages.latest("created_at").event == Event.CLOSED_SILENT
    assert silent.transitions.latest("changed_at").reason == "Nobody wrote any more"
    assert look(40) == []


def test_when_it_will_close_is_said_before_and_after_the_announcement(silent: Ticket) -> None:
    def told() -> datetime | None:
        return closes_at(silent.state, silent.last_message_at, silent.close_announced_at)

    expected = BEGINNING + timedelta(days=14)
    assert told() == expected + timedelta(microseconds=1)  # the answer came after the question
    look(11.5)
    silent.refresh_from_db()
    assert told() == BEGINNING + timedelta(days=14.5, seconds=1)


def test_whoever_writes_ends_the_silence(silent: Ticket, aurora: House) -> None:
    look(11)
    with time_machine.travel(BEGINNING + timedelta(days=12), tick=False):
        asked(silent, aurora)
    silent.refresh_from_db()
    assert (silent.state, silent.close_announced_at) == (State.AWAITING_STAFF, None)
    assert look(60) == []
    with time_machine.travel(BEGINNING + timedelta(days=61), tick=False):
        answered(silent)
    assert look(71) == []
    assert look(73) == ["announced #1"]


def test_only_what_awaits_the_customer_is_closed(aurora: House) -> None:
    with time_machine.travel(BEGINNING, tick=False):
        a_ticket(aurora)
    assert look(400) == []


def test_each_is_told_by_mail(silent: Ticket) -> None:
    mails = ProcrastinateJob.objects.filter(task_name=MAIL_MESSAGE)
    before = mails.count()
    look(11)
    look(14)
    assert mails.count() == before + 2


def test_a_dry_run_tells_the_same_and_keeps_nothing(silent: Ticket) -> None:
    assert look(11, dry_run=True) == ["announced #1"]
    silent.refresh_from_db()
    assert (silent.close_announced_at, silent.messages.count()) == (None, 2)
    out = StringIO()
    with time_machine.travel(BEGINNING + timedelta(days=12), tick=False):
        call_command("close_silent_tickets", "--dry-run", stdout=out)
    assert out.getvalue() == (
        "announced aurora #1 Kitchen printer\nAnnounced: 1. Closed: 0.\nNothing of this was kept.\n"
    )


def test_where_it_is_switched_off_nothing_closes(silent: Ticket, settings: Any) -> None:
    settings.TICKETS_CLOSE_AFTER_DAYS = 0
    assert look(400) == []
    assert closes_at(silent.state, silent.last_message_at, None) is None


def test_an_answer_that_comes_while_others_are_closed_counts(aurora: House) -> None:
    with time_machine.travel(BEGINNING, tick=False):
        first, second = a_ticket(aurora), a_ticket(aurora)
        answered(first)
        answered(second)
    with time_machine.travel(BEGINNING + timedelta(days=11.5), tick=False):
        run = end_silence()
        assert next(run).number == 1
        # Both were found due by now.
        asked(second, aurora)
        assert list(run) == []
    second.refresh_from_db()
    assert second.state == State.AWAITING_STAFF
