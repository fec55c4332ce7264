"""The queue: whom staff answer next, and what they can do with several at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from backend.accounts.models import Person
from backend.audit.models import AuditEvent
from backend.common.actor import Actor
from backend.conftest import House
from backend.tickets.admin import bulk
from backend.tickets.models import State, Ticket, TicketAssignment, TicketTransition
from backend.tickets.tests.cast import a_ticket, answered, as_member, asked, support
from backend.tickets.workflows.assign_ticket import assign_ticket
from backend.tickets.workflows.close_ticket import close_ticket

Staff = Callable[..., Client]
pytestmark = pytest.mark.django_db

QUEUE = "/admin/tickets/ticket/"
VIEW = "tickets.view_ticket"
FACTS = (Ticket, TicketTransition, TicketAssignment, AuditEvent)


def facts() -> dict[str, list[Any]]:
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in FACTS}


def subjects(browser: Client, query: str = "") -> list[str]:
    page = browser.get(f"{QUEUE}{query}")
    assert page.status_code == 200
    return [row.subject for row in page.context["cl"].result_list]


def me() -> Person:
    """Whoever `staff()` signed in last."""
    return Person.objects.filter(name="Staff").latest("created_at")


def past(hours: float) -> Any:
    return time_machine.travel(timezone.now() - timedelta(hours=hours), tick=False)


@pytest.fixture
def queue(aurora: House, bluefin: House) -> dict[str, Ticket]:
    """One of each: late, soon, new, answered, closed."""
    found = {}
    with past(30):
        found["late"] = a_ticket(aurora, subject="late")
        found["done"] = a_ticket(bluefin, subject="done")
        found["answered"] = a_ticket(bluefin, subject="answered", priority="urgent")
    with past(20):
        found["soon"] = a_ticket(bluefin, subject="soon", priority="normal")
        answered(found["answered"])
        close_ticket(bluefin.tenant.pk, found["done"].pk, by=as_member(bluefin))
    found["new"] = a_ticket(aurora, "waiter", subject="new", priority="low")
    return found


def test_what_is_due_first_comes_first_and_the_rest_isnt_our_turn(
    staff: Staff, queue: dict[str, Ticket]
) -> None:
    assert subjects(staff()) == ["late", "soon", "new"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?state=late", ["late"]),
        ("?state=customers", ["answered"]),
        ("?state=unfinished", ["new", "soon", "answered", "late"]),
        ("?state=closed", ["done"]),
        ("?state=all", ["new", "soon", "answered", "done", "late"]),
        ("?state=nonsense", ["late", "soon", "new"]),
        ("?state=all&priority__exact=urgent", ["answered"]),
        ("?state=all&tenant__id__exact=AURORA", ["new", "late"]),
        ("?department__id__exact=DEPARTMENT", ["late", "soon", "new"]),
        ("?assigned=me", ["soon"]),
        ("?assigned=somebody", ["late", "soon"]),
        ("?assigned=nobody", ["new"]),
    ],
)
def test_it_is_narrowed_down(
    staff: Staff, aurora: House, queue: dict[str, Ticket], query: str, expected: list[str]
) -> None:
    browser = staff()
    by = Actor.staff(support())
    assign_ticket(queue["soon"].tenant_id, queue["soon"].pk, me(), by=by)
    other = Person.objects.create(
        email="kim@tavola.test", name="Kim", is_staff=True, is_superuser=True
    )
    assign_ticket(queue["late"].tenant_id, queue["late"].pk, other, by=by)
    department = str(queue["late"].department_id)
    query = query.replace("AURORA", str(aurora.tenant.pk)).replace("DEPARTMENT", department)
    assert subjects(browser, query) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("%231", {"late", "done"}),
        ("2", {"new", "answered"}),
        ("trattoria", {"late", "new"}),
        ("ans", {"answered"}),
        ("silent", {"late", "done", "answered", "soon", "new"}),
        ("nothing like it", set()),
    ],
)
def test_it_is_searched(
    staff: Staff, queue: dict[str, Ticket], query: str, expected: set[str]
) -> None:
    assert set(subjects(staff(), f"?state=all&q={query}")) == expected


def test_each_says_how_it_stands(staff: Staff, queue: dict[str, Ticket]) -> None:
    browser = staff()
    assign_ticket(queue["late"].tenant_id, queue["late"].pk, me(), by=Actor.staff(me()))
    page = browser.get(QUEUE)
    rows = {row.subject: row for row in page.context["cl"].result_list}
    shown = page.context["cl"].model_admin
    assert {name: shown.due(row) for name, row in rows.items()} == {
        name: f'<span class="queue-age queue-{age}">{due}</span><small>waiting for {since}</small>'
        for name, age, due, since in (
            ("late", "late", "6 hours late", "1 day"),
            ("soon", "soon", "in 3 hours", "20 hours"),
            ("new", "fine", "in 2 days", "a moment"),
        )
    }
    assert [shown.assignee(rows[name]) for name in ("late", "soon")] == ["Staff", None]
    html = page.content.decode()
    for text in ("#1", "Trattoria Aurora", "Technical support", "6 hours late", "Unassigned"):
        assert text in html


def test_a_row_that_isnt_waited_for_says_nothing_of_it(
    staff: Staff, queue: dict[str, Ticket]
) -> None:
    page = staff().get(f"{QUEUE}?state=customers")
    [row] = page.context["cl"].result_list
    assert page.context["cl"].model_admin.due(row) is None


@pytest.mark.parametrize("query", ["", "?state=all", "?assigned=nobody&state=all", "?q=printer"])
def test_it_costs_the_same_however_long_it_is(
    staff: Staff, aurora: House, bluefin: House, query: str
) -> None:
    browser = staff()

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(f"{QUEUE}{query}").status_code == 200
        counts = [each["sql"] for each in captured if "COUNT(*)" in each["sql"]]
        assert [sql for sql in counts if "LIMIT" not in sql] == []
        return len(captured)

    a_ticket(aurora)
    few = queries()
    for house in (aurora, bluefin, bluefin):
        ticket = a_ticket(house)
        assign_ticket(house.tenant.pk, ticket.pk, None, by=Actor.system())
        asked(ticket, house)
    assert queries() == few


def test_it_is_for_those_who_may_see_it(staff: Staff, queue: dict[str, Ticket]) -> None:
    assert staff("tenants.view_tenant").get(QUEUE).status_code == 403
    assert subjects(staff(VIEW)) == ["late", "soon", "new"]


def act(browser: Client, action: str, *tickets: Ticket, **more: str) -> Any:
    data = {"action": action, "_selected_action": [str(each.pk) for each in tickets], **more}
    return browser.post(f"{QUEUE}?state=all", data, follow=True)


def said(page: Any) -> list[str]:
    return [str(each) for each in page.context["messages"]]


def test_several_are_taken_at_once(staff: Staff, queue: dict[str, Ticket]) -> None:
    browser = staff(VIEW, "tickets.assign_ticket", "tickets.reply_ticket")
    page = act(browser, "take_chosen", queue["late"], queue["soon"], queue["done"])
    mine = TicketAssignment.objects.filter(assignee=me()).values_list("ticket__subject", flat=True)
    assert set(mine) == {"late", "soon"}
    assert said(page) == [
        "#1 of Blue Fin Sushi: The ticket is closed.",
        "2 tickets are assigned to you.",
    ]


def test_several_are_closed_once_that_is_confirmed(staff: Staff, queue: dict[str, Ticket]) -> None:
    browser = staff(VIEW, "tickets.close_ticket")
    before = facts()
    page = act(browser, "close_chosen", queue["late"], queue["soon"])
    assert "#1 late" in page.content.decode()
    assert facts() == before

    act(browser, "close_chosen", queue["late"], queue["soon"], confirmed="1")

    states = {each.subject: each.state for each in Ticket.objects.all()}
    assert (states["late"], states["soon"], states["new"]) == (
        State.CLOSED, State.CLOSED, State.OPEN,
    )  # fmt: skip


def test_there_is_an_end_to_several(
    staff: Staff, queue: dict[str, Ticket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "MOST", 1)
    before = facts()
    for action in ("take_chosen", "close_chosen"):
        page = act(staff(), action, queue["late"], queue["soon"], confirmed="1")
        assert said(page) == ["Choose 1 tickets at most."]
    assert facts() == before


@pytest.mark.parametrize("action", ["take_chosen", "close_chosen"])
def test_who_may_not_is_offered_nothing_and_changes_nothing(
    staff: Staff, queue: dict[str, Ticket], action: str
) -> None:
    browser = staff(VIEW)
    before = facts()
    assert action not in browser.get(QUEUE).content.decode()
    act(browser, action, queue["late"], confirmed="1")
    assert facts() == before
