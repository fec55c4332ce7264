from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from backend.accounts.models import Person, Session
from backend.accounts.sessions import session_digest
from backend.audit.models import AuditEvent
from backend.conftest import House
from backend.tenants.models import Member, Role

UNKNOWN = "0199aa00-0000-7000-8000-00000000dead"


@pytest.fixture
def phone(visitor: Any, anna: Person) -> Any:
    visitor.headers["user_agent"] = "Phone"
    visitor.sign_in(anna)
    return visitor


@pytest.fixture
def desk(other_visitor: Any, anna: Person) -> Any:
    other_visitor.headers["user_agent"] = "Desk"
    other_visitor.sign_in(anna)
    return other_visitor


def test_they_say_where_one_is_signed_in(phone: Any, desk: Any, visit: Any, ben: Person) -> None:
    visit(ben)

    found = desk.get("me/sessions/").json()["results"]

    assert [(s["user_agent"], s["address"], s["current"]) for s in found] == [
        ("Desk", "198.51.100.9", True),
        ("Phone", "203.0.113.7", False),
    ]
    assert set(found[0]) == {
        "id", "created_at", "last_seen_at", "expires_at", "address", "place", "user_agent",
        "current",
    }  # fmt: skip


def test_they_show_nothing_that_opens_one(phone: Any) -> None:
    body = phone.get("me/sessions/").content.decode()

    assert phone.token not in body
    assert session_digest(phone.token) not in body


def test_one_that_is_over_is_not_listed(phone: Any, desk: Any) -> None:
    Session.objects.filter(user_agent="Phone").update(
        expire_date=timezone.now() - timedelta(seconds=1)
    )

    assert [s["user_agent"] for s in desk.get("me/sessions/").json()["results"]] == ["Desk"]


def test_the_list_costs_the_same_whatever_its_length(
    phone: Any, visit: Any, anna: Person, django_assert_num_queries: Any
) -> None:
    for _ in range(5):
        visit(anna)

    with django_assert_num_queries(5):
        phone.get("me/sessions/")


def test_ending_one_ends_it_at_once(phone: Any, desk: Any) -> None:
    (other,) = [s for s in desk.get("me/sessions/").json()["results"] if not s["current"]]

    assert desk.delete(f"me/sessions/{other['id']}/").status_code == 204

    assert phone.get("me/").status_code == 401
    assert desk.get("me/").status_code == 200
    assert desk.delete(f"me/sessions/{other['id']}/").status_code == 404


def test_ending_the_current_one_is_signing_out(desk: Any) -> None:
    (mine,) = desk.get("me/sessions/").json()["results"]

    assert desk.delete(f"me/sessions/{mine['id']}/").status_code == 204
    assert desk.get("me/").status_code == 401


def test_another_persons_can_not_be_ended(phone: Any, visit: Any, ben: Person) -> None:
    api = visit(ben)
    theirs = Session.objects.get(person=ben).id

    response = phone.delete(f"me/sessions/{theirs}/")

    assert (response.status_code, response.json()["code"]) == (404, "session-not-found")
    assert api.get("me/").status_code == 200


@pytest.mark.parametrize("name", [UNKNOWN, "1", "%00"])
def test_an_unknown_one_is_not_found(phone: Any, name: str) -> None:
    response = phone.delete(f"me/sessions/{name}/")

    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"


def test_ending_all_others_keeps_this_one_and_other_people(
    phone: Any, desk: Any, visit: Any, ben: Person
) -> None:
    api = visit(ben)

    assert desk.delete("me/sessions/").status_code == 204

    assert phone.get("me/").status_code == 401
    assert desk.get("me/").status_code == 200
    assert api.get("me/").status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "me/sessions/"),
        ("DELETE", "me/sessions/"),
        ("DELETE", f"me/sessions/{UNKNOWN}/"),
    ],
)
def test_they_take_a_person(method: str, path: str, portal: Any, aurora: Any, phone: Any) -> None:
    assert portal(method, path).status_code == 401
    assert aurora.app(method, path).status_code == 403
    assert phone.get("me/").status_code == 200


def test_a_visit_keeps_the_session_alive(phone: Any) -> None:
    now = timezone.now()
    Session.objects.update(
        last_seen_at=now - timedelta(days=10), expire_date=now + timedelta(days=4)
    )

    phone.get("me/", x_forwarded_for="192.0.2.55")

    session = Session.objects.get()
    assert session.expire_date - now > timedelta(days=13)
    assert session.address == "192.0.2.55"


def test_ending_sessions_is_on_record(
    phone: Any, desk: Any, anna: Person, aurora: House, bluefin: House
) -> None:
    Member.objects.create(tenant=aurora.tenant, person=anna, role=Role.WAITER)
    (other,) = [s for s in desk.get("me/sessions/").json()["results"] if not s["current"]]

    desk.delete(f"me/sessions/{other['id']}/")
    desk.delete(f"me/sessions/{other['id']}/")
    desk.delete("me/sessions/")

    events = AuditEvent.objects.filter(action="session.ended")
    assert [(e.tenant_id, e.by_id, e.address, e.data) for e in events] == [
        (aurora.tenant.pk, anna.pk, "198.51.100.9", {"sessions": 1})
    ]
