"""The start page's figures of the support."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from backend.accounts.models import Person
from backend.common import clock
from backend.common.actor import Actor
from backend.conftest import House
from backend.operations.staff_admin.weekly import forget
from backend.tickets.models import Side, Via
from backend.tickets.tests.cast import a_ticket, answered, asked, matter, support
from backend.tickets.workflows.assign_ticket import assign_ticket
from backend.tickets.workflows.open_ticket import open_ticket

Staff = Callable[..., Client]
pytestmark = pytest.mark.django_db

# A Saturday; its week began on the 16th.
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _nothing_is_known() -> None:
    forget()


@pytest.fixture
def now() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def figures(page: Any) -> dict[str, tuple[str, tuple[str, ...]]]:
    return {each.title: (each.value, each.notes) for each in page.context["figures"]}


@pytest.mark.usefixtures("now")
def test_what_waits_and_what_is_late(staff: Staff, aurora: House, bluefin: House) -> None:
    with clock.at(NOW - 30 * HOUR):
        late, answered_one = a_ticket(aurora), a_ticket(bluefin)
        answered(answered_one)
    a_ticket(bluefin)
    kim = Person.objects.create(
        email="kim@tavola.test", name="Kim", is_staff=True, is_superuser=True
    )
    assign_ticket(aurora.tenant.pk, late.pk, kim, by=Actor.staff(kim))
    page = staff("tickets.view_ticket").get("/admin/")
    assert figures(page)["Tickets that wait"] == ("2", ("1 late", "1 unassigned"))
    assert [(each.text, each.address) for each in page.context["attention"]] == [
        ("A ticket is late", "/admin/tickets/ticket/?state=late")
    ]


@pytest.mark.usefixtures("now")
def test_half_of_the_first_answers_came_sooner(
    staff: Staff, aurora: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.operations.staff_admin.support.NEWEST", 4)
    for days, hours in ((40, 9), (20, 1), (10, 3), (5, 20)):
        with clock.at(NOW - days * DAY):
            ticket = a_ticket(aurora)
        for later in (hours, hours + 1):
            with clock.at(NOW - days * DAY + later * HOUR):
                answered(ticket)
    a_ticket(aurora)
    open_ticket(
        aurora.tenant.pk, matter(), body="News", by=Actor.staff(support()), via=Via.ADMIN,
        side=Side.STAFF,
    )  # fmt: skip
    page = staff("tickets.view_ticket").get("/admin/")
    assert figures(page)["First answer after"] == ("3 hours", ("median of the last 3",))


@pytest.mark.usefixtures("now")
def test_nothing_is_said_too(staff: Staff) -> None:
    page = staff("tickets.view_ticket").get("/admin/")
    assert figures(page) == {
        "Tickets that wait": ("0", ("none late", "0 unassigned")),
        "First answer after": ("–", ("no answers yet",)),
    }
    assert page.context["attention"] == []


@pytest.mark.usefixtures("now")
def test_a_week_that_is_over_is_read_once(staff: Staff, aurora: House) -> None:
    with clock.at(NOW - 30 * DAY):
        a_ticket(aurora)
    browser = staff("tickets.view_ticket")

    def seen() -> tuple[int, str]:
        with CaptureQueriesContext(connection) as captured:
            [chart] = browser.get("/admin/").context["pair_charts"]
        [query] = [
            each["sql"] for each in captured if 'FROM "tickets_message" WHERE' in each["sql"]
        ]
        return sum(" 1 opened" in pair.spoken for pair in chart.pairs), query

    whole, first_query = seen()
    a_ticket(aurora)
    again, second_query = seen()
    assert (whole, again) == (1, 2)
    assert first_query != second_query


@pytest.mark.usefixtures("now")
def test_the_weeks_are_told(staff: Staff, aurora: House, bluefin: House) -> None:
    monday = datetime(2026, 11, 16, tzinfo=UTC)
    for moment in (monday - 77 * DAY - HOUR, monday - 77 * DAY, monday - HOUR, monday):
        with clock.at(moment):
            ticket = a_ticket(aurora)
            asked(ticket, aurora)
    for _ in range(4):
        answered(ticket)
    a_ticket(bluefin)
    page = staff("tickets.view_ticket").get("/admin/")
    [chart] = page.context["pair_charts"]
    assert len(chart.pairs) == 12
    told = {
        each.label: (each.spoken, each.first_height, each.second_height) for each in chart.pairs
    }
    assert told["31 Aug"] == ("Week of 31 August: 1 opened, 0 answers sent", 25, 0)
    assert told["7 Sep"] == ("Week of 7 September: 0 opened, 0 answers sent", 0, 0)
    assert told["9 Nov"] == ("Week of 9 November: 1 opened, 0 answers sent", 25, 0)
    assert told["16 Nov"] == ("Week of 16 November: 2 opened, 4 answers sent", 50, 100)
    assert "Week of 16 November: 2 opened, 4 answers sent" in page.content.decode()


def test_it_is_for_who_may_see_tickets(staff: Staff, aurora: House) -> None:
    with clock.at(NOW - 300 * DAY):
        a_ticket(aurora)
    page = staff("tenants.view_tenant").get("/admin/")
    assert list(figures(page)) == ["Tenants"]
    assert page.context["pair_charts"] == []
    assert page.context["attention"] == []
