"""Finding tickets by the beginnings of words, in subjects and in all that was said."""

from __future__ import annotations

import pytest
from django.db import ProgrammingError, connection, transaction

from backend.common.tenancy import tenant_scope
from backend.conftest import House
from backend.tickets.models import Department, State, Ticket
from backend.tickets.search import Match, among_all_tenants, search
from backend.tickets.tests.cast import a_ticket, answered, asked
from backend.tickets.viewers import Viewer


def found(house: House, q: str, role: str = "owner", **conditions: object) -> list[str]:
    viewer = Viewer.of_member(house.members[role])
    with tenant_scope(house.tenant.pk):
        matches = search(viewer, q, most=50, **conditions)  # type: ignore[arg-type]
    subjects = dict(Ticket.objects.values_list("pk", "subject"))
    return [subjects[match.id] for match in matches]


@pytest.fixture
def tickets(aurora: House, bluefin: House) -> dict[str, Ticket]:
    printer = a_ticket(aurora, subject="Küchendrucker streikt", body="Er druckt keine Bons mehr.")
    till = a_ticket(aurora, "waiter", subject="Till hangs", body="When I print a receipt")
    bill = a_ticket(aurora, subject="VAT number", body="Ours is IT12345670017, please correct")
    a_ticket(bluefin, subject="Printer", body="Ours hangs too")
    return {"printer": printer, "till": till, "bill": bill}


@pytest.mark.parametrize(
    ("q", "subjects"),
    [
        ("drucker", []),
        ("küchen", ["Küchendrucker streikt"]),
        ("KUCHENDRUCKER", ["Küchendrucker streikt"]),
        ("bons streikt", ["Küchendrucker streikt"]),
        ("bons till", []),
        ("print", ["Till hangs"]),
        ("p", ["VAT number", "Till hangs"]),
        ("please, PRINT!", []),
        ("it123", ["VAT number"]),
        ("2", ["Till hangs"]),
        ("#3", ["VAT number"]),
        ("#99999999999", []),
        ("***", []),
        ("%", []),
        ("' OR true --", []),
    ],
)
def test_words_are_found_by_their_beginnings(
    aurora: House, tickets: dict[str, Ticket], q: str, subjects: list[str]
) -> None:
    assert found(aurora, q) == subjects


def test_the_latest_activity_comes_first(aurora: House, tickets: dict[str, Ticket]) -> None:
    asked(tickets["till"], aurora, "waiter", "please!")
    assert found(aurora, "please") == ["Till hangs", "VAT number"]
    answered(tickets["bill"], "Done.")
    assert found(aurora, "please") == ["VAT number", "Till hangs"]
    assert found(aurora, "done") == ["VAT number"]


def test_a_waiter_finds_only_their_own(aurora: House, tickets: dict[str, Ticket]) -> None:
    assert found(aurora, "p", "waiter") == ["Till hangs"]
    assert found(aurora, "küchen", "waiter") == []
    assert found(aurora, "#1", "waiter") == []


def test_filters_hold_for_what_is_found(aurora: House, tickets: dict[str, Ticket]) -> None:
    answered(tickets["bill"])
    assert found(aurora, "p", states=[State.OPEN]) == ["Till hangs"]
    assert found(aurora, "p", unread=True) == ["VAT number"]
    department = Department.objects.get(key="billing")
    assert found(aurora, "p", department_id=department.pk) == []
    Ticket.objects.filter(pk=tickets["bill"].pk).update(department=department)
    assert found(aurora, "p", department_id=department.pk) == ["VAT number"]


def test_pages_follow_each_other_both_ways(aurora: House) -> None:
    for number in range(5):
        a_ticket(aurora, subject=f"Table {number}")
    viewer = Viewer.of_member(aurora.members["owner"])
    with tenant_scope(aurora.tenant.pk):
        everything = search(viewer, "table", most=50)
        assert len(everything) == 5
        assert search(viewer, "table", start=everything[1], most=2) == everything[2:4]
        before = search(viewer, "table", start=everything[3], backwards=True, most=2)
    assert before == [everything[2], everything[1]]
    assert all(isinstance(match, Match) for match in before)


def test_staff_search_in_all_tenants(
    aurora: House, bluefin: House, tickets: dict[str, Ticket]
) -> None:
    subjects = among_all_tenants(Ticket.objects.all(), "hangs").values_list("subject", flat=True)
    assert sorted(subjects) == ["Printer", "Till hangs"]
    assert among_all_tenants(Ticket.objects.all(), " ").count() == 4


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT term FROM tickets_ticketterm",
        "SELECT tickets_find(NULL, 'p', NULL, NULL, NULL, NULL, NULL, NULL, false, 9)",
    ],
)
def test_nobody_else_asks_across_tenants(aurora: House, statement: str) -> None:
    with (
        tenant_scope(aurora.tenant.pk),
        connection.cursor() as cursor,
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
    ):
        cursor.execute(statement)


def test_outside_a_tenant_nothing_is_found(tickets: dict[str, Ticket]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM tickets_search('p', NULL, NULL, NULL, NULL, NULL, NULL, false, 9)"
        )
        assert cursor.fetchone() == (0,)
