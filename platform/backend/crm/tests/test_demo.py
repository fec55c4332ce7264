from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection

from backend.crm import demo
from backend.crm.demo.guests import guests
from backend.crm.demo.words import AURORA, BLUEFIN
from backend.crm.models import Customer, CustomerErasure, CustomerNote, CustomerTag
from backend.crm.tests.conftest import make, rows

NOW = datetime(2026, 3, 5, 15, 30, tzinfo=UTC)


@pytest.fixture
def said(aurora, bluefin) -> list[str]:
    found: list[str] = []
    for house in (aurora, bluefin):
        demo.load(house.tenant, found.append)
    return found


def test_both_tenants_get_a_few_hundred(aurora, bluefin, said):
    assert said == [
        "  434 customers of Trattoria Aurora",
        "  364 customers of Blue Fin Sushi",
    ]
    assert len(rows(aurora)) == 434 + 4
    assert len(rows(bluefin)) == 364 + 4
    for house in (aurora, bluefin):
        assert len(rows(house, CustomerErasure)) == 1
        authors = {note["author_id"] for note in rows(house, CustomerNote)}
        assert authors == {house.members[role].id for role in ("owner", "manager", "waiter")}


def test_a_second_time_changes_nothing(aurora, bluefin, said):
    before = [rows(aurora, model) for model in (Customer, CustomerNote, CustomerTag)]
    demo.load(aurora.tenant, said.append)
    assert [rows(aurora, model) for model in (Customer, CustomerNote, CustomerTag)] == before
    assert len(said) == 2


def test_a_tenant_with_customers_is_left_alone(aurora):
    make(aurora, "Mine")
    demo.load(aurora.tenant, print)
    assert [row["name"] for row in rows(aurora)] == ["Mine"]


def test_other_tenants_are_left_alone(aurora):
    aurora.tenant.slug = "somebody-else"
    demo.load(aurora.tenant, print)
    assert rows(aurora) == []


@pytest.mark.parametrize("words", [AURORA, BLUEFIN])
def test_the_same_guests_each_time(words):
    assert guests(words, now=NOW, seed="a") == guests(words, now=NOW, seed="a")
    assert guests(words, now=NOW, seed="a") != guests(words, now=NOW, seed="b")


@pytest.mark.parametrize("words", [AURORA, BLUEFIN])
def test_nobody_real_can_be_reached(words):
    for guest in guests(words, now=NOW, seed="a"):
        assert not guest.email or guest.email.endswith(
            ("@example.com", "@example.org", "@example.net")
        )
        assert guest.email.count("@") == bool(guest.email)
        assert guest.created_at <= guest.updated_at <= NOW
        for moment, body in guest.notes:
            assert guest.created_at <= moment <= NOW
            assert body


@pytest.mark.parametrize(
    "day", [datetime(2028, 2, 27, tzinfo=UTC), datetime(2026, 12, 28, tzinfo=UTC)]
)
def test_somebody_has_a_birthday_soon_on_any_day(day):
    soon = {
        (guest.birthday.month, guest.birthday.day)
        for guest in guests(AURORA, now=day, seed="a")
        if guest.birthday
    }
    assert (day.month, day.day) in soon


def test_the_dashboard_looks_alive(aurora, bluefin, said):
    for house in (aurora, bluefin):
        report = house.app.get("reports/dashboard/").json()
        assert len(report["upcoming_birthdays"]) == 5
        assert report["upcoming_birthdays"][0]["days"] == 0
        assert sum(1 for day in report["new_by_day"] if day["count"]) >= 10
        assert [item["code"] for item in report["attention"]] == [
            "import-failed-rows",
            "customers-without-contact",
        ]
        assert report["customers_new_30d"] >= 20
        assert report["customers_new_previous_30d"] >= 20


def test_lists_by_age_follow_the_made_up_past(aurora, said):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM crm_customertag l JOIN crm_customer c ON c.id = l.customer_id "
            "WHERE l.customer_created_at <> c.created_at OR l.sort_name <> c.sort_name"
        )
        assert cursor.fetchone() == (0,)
    newest = aurora.app.get("crm/customers/?order=-created&tag=Regular").json()["results"]
    moments = [row["created_at"] for row in newest]
    assert moments == sorted(moments, reverse=True)
