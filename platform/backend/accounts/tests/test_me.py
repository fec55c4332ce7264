from __future__ import annotations

from typing import Any

import pytest

from backend.accounts.models import Person
from backend.common.actor import Actor
from backend.conftest import House
from backend.tenants.models import Member, Role

AURORA = {
    "slug": "aurora",
    "name": "Trattoria Aurora",
    "role": "owner",
    "country": "IT",
    "currency": "EUR",
    "state": "active",
}


def test_it_is_the_person_and_their_tenants(visit: Any, aurora: House, bluefin: House) -> None:
    owner = aurora.person("owner")

    body = visit(owner).get("me/").json()

    assert body == {
        "person": {
            "id": str(owner.pk),
            "email": "owner@aurora.test",
            "name": "Owner Trattoria Aurora",
            "language": "en",
        },
        "tenants": [AURORA],
    }


def test_a_member_of_two_sees_both_in_order(visit: Any, aurora: House, bluefin: House) -> None:
    owner = aurora.person("owner")
    Member.objects.create(tenant=bluefin.tenant, person=owner, role=Role.WAITER)

    tenants = visit(owner).get("me/").json()["tenants"]

    assert [(t["slug"], t["role"]) for t in tenants] == [("bluefin", "waiter"), ("aurora", "owner")]


def test_a_revoked_membership_is_gone(visit: Any, aurora: House, bluefin: House) -> None:
    aurora.members["waiter"].revoke(by=Actor.system())

    assert visit(aurora.person("waiter")).get("me/").json()["tenants"] == []


def test_its_queries_do_not_grow(
    visit: Any, aurora: House, bluefin: House, django_assert_num_queries: Any
) -> None:
    api = visit(aurora.person("owner"))
    Member.objects.create(tenant=bluefin.tenant, person=aurora.person("owner"), role=Role.WAITER)

    api.get("me/")

    # Who calls, the rate, the tenants; the transaction shows as a savepoint here.
    with django_assert_num_queries(5):
        api.get("me/")


def test_name_and_language_can_be_changed(visit: Any, aurora: House, bluefin: House) -> None:
    owner = aurora.person("owner")

    response = visit(owner).patch("me/", {"name": " Anna Conti ", "language": "de"})

    assert response.status_code == 200
    assert response.json()["person"]["name"] == "Anna Conti"
    owner.refresh_from_db()
    assert (owner.name, owner.language) == ("Anna Conti", "de")
    assert Person.objects.filter(name="Anna Conti").count() == 1


def test_what_is_left_out_stays(visit: Any, anna: Person) -> None:
    visit(anna).patch("me/", {"language": "de"})

    anna.refresh_from_db()
    assert (anna.name, anna.language) == ("Anna", "de")


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"name": ""}, "name", "blank"),
        ({"name": "Anna\nBcc: all"}, "name", "invalid"),
        ({"name": "x" * 151}, "name", "max-length"),
        ({"name": None}, "name", "null"),
        ({"language": "fr"}, "language", "invalid-choice"),
        ({"email": "other@aurora.test"}, "email", "unknown"),
        ({"is_staff": True}, "is_staff", "unknown"),
        ([], "", "invalid"),
    ],
)
def test_nothing_else_can(visit: Any, anna: Person, change: Any, field: str, code: str) -> None:
    response = visit(anna).patch("me/", change)

    assert response.status_code == 400
    assert (field, code) in [(e["field"], e["code"]) for e in response.json()["errors"]]
    after = Person.objects.get(pk=anna.pk)
    assert (after.name, after.language, after.email) == ("Anna", "en", "anna@aurora.test")
    assert after.is_staff is False


@pytest.mark.parametrize("method", ["GET", "PATCH"])
def test_it_takes_a_person(method: str, portal: Any, aurora: House) -> None:
    nobody = portal(method, "me/", {})
    assert (nobody.status_code, nobody.json()["code"]) == (401, "not-signed-in")

    app = aurora.app(method, "me/", {})
    assert (app.status_code, app.json()["code"]) == (403, "forbidden")
