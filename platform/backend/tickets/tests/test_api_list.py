"""The list of tickets: whose they are, in which order, and narrowed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from backend.client_apps.models import ClientApp
from backend.conftest import Api, House
from backend.tickets.models import Department, Ticket
from backend.tickets.tests.asking import close, owner, statements, waiter
from backend.tickets.tests.cast import a_ticket, answered, as_member, asked, support
from backend.tickets.workflows.merge_tickets import merge_tickets

__all__ = ["owner", "waiter"]
pytestmark = pytest.mark.django_db


def numbers(api: Api, query: str = "") -> list[int]:
    response = api.get(f"tickets/{query}")
    assert response.status_code == 200, response.content
    return [row["number"] for row in response.json()["results"]]


def read(api: Api, ticket: Ticket) -> None:
    assert api.post(f"tickets/{ticket.pk}/reading/").status_code == 204


def test_the_newest_activity_comes_first(aurora: House, bluefin: House, owner: Api) -> None:
    first, second = a_ticket(aurora), a_ticket(aurora)
    a_ticket(bluefin)
    assert numbers(owner) == [second.number, first.number]
    answered(first)
    assert numbers(owner) == [first.number, second.number]


def test_a_row_says_whose_turn_it_is(aurora: House, owner: Api, waiter: Api) -> None:
    ticket = a_ticket(aurora, "waiter")
    [row] = waiter.get("tickets/").json()["results"]
    assert row == {
        "id": str(ticket.pk),
        "number": 1,
        "subject": "Kitchen printer",
        "state": "open",
        "priority": "normal",
        "department": {"key": "technical", "name": "Technical support"},
        "opened_by": {"name": "Waiter Trattoria Aurora", "is_you": True},
        "created_at": row["created_at"],
        "last_message_at": row["last_message_at"],
        "last_message_by": "customer",
        "is_unread": False,
        "answer_due_at": row["answer_due_at"],
        "closes_at": None,
        "merged_into": None,
        "can": ["reply", "close"],
    }
    due, asked_at = (
        datetime.fromisoformat(row[name]) for name in ("answer_due_at", "last_message_at")
    )
    assert due - asked_at == timedelta(hours=24)
    answered(ticket)
    [row] = owner.get("tickets/").json()["results"]
    assert (row["state"], row["last_message_by"]) == ("awaiting_customer", "staff")
    assert (row["answer_due_at"], row["opened_by"]["is_you"]) == (None, False)
    close(ticket, aurora)
    [row] = waiter.get("tickets/").json()["results"]
    assert (row["state"], row["can"], row["closes_at"]) == ("closed", ["reopen"], None)


def test_silence_closes_two_weeks_after_the_answer(
    aurora: House, owner: Api, settings: Any
) -> None:
    settings.TICKETS_CLOSE_AFTER_DAYS = 14
    answer = answered(a_ticket(aurora))
    [row] = owner.get("tickets/").json()["results"]
    closes = datetime.fromisoformat(row["closes_at"])
    assert closes - answer.created_at == timedelta(days=14)


def test_waiters_see_what_they_opened_and_owners_all(
    aurora: House, visit: Callable[..., Api], owner: Api, waiter: Api
) -> None:
    of_owner, of_waiter = a_ticket(aurora), a_ticket(aurora, "waiter")
    assert numbers(owner) == [of_waiter.number, of_owner.number]
    assert numbers(visit(aurora.person("manager"), aurora.tenant)) == numbers(owner)
    assert numbers(waiter) == [of_waiter.number]
    assert numbers(visit(aurora.person("accountant"), aurora.tenant)) == []
    for query in ("?state=open", "?q=printer", "?department=technical", "?q=1"):
        assert of_owner.number not in numbers(waiter, query)


def test_an_app_sees_its_own_unless_it_may_see_all(aurora: House) -> None:
    of_owner = a_ticket(aurora)
    given = {"subject": "Till", "department": "general", "priority": "low", "body": "Hello"}
    made = aurora.app.post("tickets/", given).json()
    assert made["opened_by"] == {"name": "Till", "is_you": True}
    assert numbers(aurora.app) == [made["number"], of_owner.number]
    ClientApp.objects.filter(pk=aurora.app.app.pk).update(scopes=["tickets.read"])
    assert numbers(aurora.app) == [made["number"]]
    assert aurora.app.get("tickets/").json()["can"] == []


def test_by_state(aurora: House, owner: Api) -> None:
    new, told, again, over = (a_ticket(aurora) for _ in range(4))
    answered(told)
    answered(again)
    asked(again, aurora)
    close(over, aurora)
    assert numbers(owner, "?state=open") == [again.number, told.number, new.number]
    assert numbers(owner, "?state=awaiting_customer") == [told.number]
    assert numbers(owner, "?state=awaiting_staff") == [again.number, new.number]
    assert numbers(owner, "?state=closed") == [over.number]


def test_by_department(aurora: House, owner: Api) -> None:
    billing = Department.objects.get(key="billing")
    about_money = a_ticket(aurora, department=billing)
    technical = a_ticket(aurora)
    # Tickets stay with a department that new ones can't choose any more.
    Department.objects.filter(pk=billing.pk).update(withdrawn_at=timezone.now())
    assert numbers(owner, "?department=billing") == [about_money.number]
    assert numbers(owner, "?department=technical&state=open") == [technical.number]
    assert numbers(owner, "?department=technical&state=closed") == []


def test_what_is_new_is_so_for_each_by_themselves(
    aurora: House, visit: Callable[..., Api], owner: Api
) -> None:
    manager = visit(aurora.person("manager"), aurora.tenant)
    ticket, other = a_ticket(aurora), a_ticket(aurora)
    read(manager, ticket)
    assert numbers(owner, "?unread=true") == numbers(manager, "?unread=true") == []
    answered(ticket)
    assert numbers(owner, "?unread=true") == numbers(manager, "?unread=true") == [ticket.number]
    assert [row["is_unread"] for row in owner.get("tickets/").json()["results"]] == [True, False]
    read(owner, ticket)
    assert (numbers(owner, "?unread=true"), numbers(manager, "?unread=true")) == (
        [],
        [ticket.number],
    )
    assert numbers(owner, "?unread=true&state=open&q=printer") == []
    assert numbers(manager, "?unread=true&state=open&q=printer") == [ticket.number]
    assert other.number in numbers(owner)


def test_words_and_numbers_are_searched_for(aurora: House, owner: Api) -> None:
    first = a_ticket(aurora, subject="Oven door", body="It squeaks")
    second = a_ticket(aurora, subject="Fridge", body="The door of the oven is fine")
    assert numbers(owner, "?q=oven+door") == [second.number, first.number]
    assert numbers(owner, "?q=squeak") == [first.number]
    assert numbers(owner, "?q=%231") == numbers(owner, "?q=1") == [first.number]
    assert numbers(owner, "?q=oven&state=closed") == []
    assert numbers(owner, "?q=oven&department=billing") == []


@pytest.mark.parametrize("query", ["", "&state=open", "&q=kitchen"])
def test_pages_go_on_where_the_one_before_ended(aurora: House, owner: Api, query: str) -> None:
    wanted = [a_ticket(aurora).number for _ in range(5)][::-1]
    first = owner.get(f"tickets/?limit=2{query}").json()
    second = owner.get(f"tickets/?limit=2{query}&cursor={first['next_cursor']}").json()
    third = owner.get(f"tickets/?limit=2{query}&cursor={second['next_cursor']}").json()
    seen = [row["number"] for page in (first, second, third) for row in page["results"]]
    assert (seen, third["next_cursor"]) == (wanted, None)
    back = owner.get(f"tickets/?limit=2{query}&cursor={second['previous_cursor']}").json()
    assert (back["results"], back["previous_cursor"]) == (first["results"], None)


def test_where_a_merged_ticket_goes_on_is_said_to_who_sees_that(
    aurora: House, owner: Api, waiter: Api
) -> None:
    of_waiter, of_owner = a_ticket(aurora, "waiter"), a_ticket(aurora)
    merge_tickets(aurora.tenant.pk, of_waiter.pk, of_owner.pk, by=as_member(aurora))
    [_, row] = owner.get("tickets/").json()["results"]
    assert row["merged_into"] == {"id": str(of_owner.pk), "number": of_owner.number}
    assert (row["state"], row["can"]) == ("closed", [])
    [row] = waiter.get("tickets/").json()["results"]
    assert (row["merged_into"], row["can"]) == (None, [])


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("state=reopened", "state"),
        ("state=lost", "state"),
        ("department=kitchen", "department"),
        ("department=%00", "department"),
        ("unread=yes", "unread"),
        ("q=%00", "q"),
        (f"q={'x' * 201}", "q"),
        ("limit=0", "limit"),
        ("cursor=nonsense", "cursor"),
        ("cursor=nonsense&q=printer", "cursor"),
        ("order=-created", "order"),
    ],
)
def test_what_makes_no_sense_is_refused(owner: Api, query: str, field: str) -> None:
    response = owner.get(f"tickets/?{query}")
    assert response.status_code == 400
    assert [error["field"] for error in response.json()["errors"]] == [field]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", 2),
        ("?state=open&department=technical&unread=true", 2),
        # The search itself, and the rows that it found.
        ("?q=kitchen", 3),
    ],
)
def test_as_many_queries_for_many_as_for_one(
    aurora: House, owner: Api, query: str, expected: int
) -> None:
    answered(a_ticket(aurora))
    for count in (1, 7):
        found: list[list[int]] = []
        assert statements(lambda: found.append(numbers(owner, query))) == expected  # noqa: B023
        assert len(found[0]) == count
        for _ in range(6):
            answered(a_ticket(aurora), by=support("Ben Bright"))


def test_departments_are_named_in_the_readers_language(aurora: House, owner: Api) -> None:
    a_ticket(aurora)
    person = aurora.person("owner")
    person.language = "de"
    person.save()
    [row] = owner.get("tickets/").json()["results"]
    assert row["department"]["name"] == "Technische Hilfe"
    [row] = aurora.app.get("tickets/", accept_language="de").json()["results"]
    assert row["department"]["name"] == "Technische Hilfe"


def test_the_summary_counts_what_waits(aurora: House, owner: Api, waiter: Api) -> None:
    of_owner, of_waiter = a_ticket(aurora), a_ticket(aurora, "waiter")
    a_ticket(aurora)
    answered(of_owner)
    answered(of_waiter)
    assert owner.get("tickets/summary/").json() == {"awaiting_you": 2, "unread": 1}
    assert waiter.get("tickets/summary/").json() == {"awaiting_you": 1, "unread": 1}
    assert statements(lambda: owner.get("tickets/summary/")) == 2
    read(owner, of_owner)
    close(of_waiter, aurora)
    assert owner.get("tickets/summary/").json() == {"awaiting_you": 1, "unread": 0}


def test_the_summary_stops_at_a_hundred(
    aurora: House, owner: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.tickets.api.views.MOST_COUNTED", 2)
    for _ in range(3):
        answered(a_ticket(aurora))
    assert owner.get("tickets/summary/").json() == {"awaiting_you": 2, "unread": 2}


def test_what_a_demoted_member_may_not_see_isnt_counted(aurora: House, waiter: Api) -> None:
    """They read it while they looked after the business."""
    member = aurora.members["waiter"]
    member.role = "manager"
    member.save()
    ticket = a_ticket(aurora)
    read(waiter, ticket)
    answered(ticket)
    assert waiter.get("tickets/summary/").json() == {"awaiting_you": 1, "unread": 1}
    member.role = "waiter"
    member.save()
    assert waiter.get("tickets/summary/").json() == {"awaiting_you": 0, "unread": 0}
    assert numbers(waiter, "?unread=true") == numbers(waiter, "?unread=true&q=printer") == []
