"""Creating an app: what it may do, how long its key works, and that nobody gives too much."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from backend.client_apps.models import AppKey, ClientApp, Kind
from backend.client_apps.models.app import MOST_APPS
from backend.client_apps.tests.conftest import contents
from backend.common.abilities import AUDIT_READ, CLIENT_APPS_MANAGE, ROLE_ABILITIES
from backend.common.actor import Actor
from backend.conftest import Api, House

NEW = {"name": "Website", "scopes": ["tenant.read", "customers.read", "customers.read"]}
ROLES = "backend.client_apps.authentication.ROLE_ABILITIES"


def create(api: Api, **changes: Any) -> Any:
    return api.post("client-apps/", NEW | changes)


def codes(response: Any) -> set[tuple[str, str]]:
    return {(each["field"], each["code"]) for each in response.json()["errors"]}


def test_the_new_app_works_with_its_key_and_within_its_scopes(owner: Api, aurora: House) -> None:
    answer = create(owner).json()

    app = ClientApp.objects.get(pk=answer["id"])
    assert (app.tenant, app.kind, app.name) == (aurora.tenant, Kind.TENANT, "Website")
    assert app.scopes == answer["scopes"] == ["customers.read", "tenant.read"]
    website = Api(app, answer["key"])
    assert website.get("tenant/").json()["slug"] == "aurora"
    assert website.post("crm/customers/", {"name": "Ada"}).status_code == 403


def test_the_reply_shows_the_app_and_its_one_key(owner: Api) -> None:
    answer = create(owner, expires_in_days=30).json()

    (key,) = answer["keys"]
    assert (key["shown"], key["usable"]) == (answer["key"][:10], True)
    assert answer["expires_at"] == key["expires_at"]
    assert answer["can"] == ["update", "rotate", "revoke"]


@pytest.mark.parametrize(
    ("given", "days"),
    [({}, None), ({"expires_in_days": None}, None), ({"expires_in_days": 90}, 90)],
)
def test_the_key_ends_when_it_was_asked_to(owner: Api, given: dict[str, Any], days: Any) -> None:
    with time_machine.travel(timezone.now(), tick=False):
        answer = create(owner, **given).json()
        expected = timezone.now() + timedelta(days=days) if days else None

    ends = answer["expires_at"]
    assert (datetime.fromisoformat(ends) if ends else None) == expected


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"name": ""}, {("name", "blank")}),
        ({"name": " \u200b "}, {("name", "blank")}),
        ({"name": "x" * 101}, {("name", "max-length")}),
        ({"name": "a\x00b"}, {("name", "control")}),
        ({"name": "Till"}, {("name", "unique")}),
        ({"scopes": []}, {("scopes", "empty")}),
        ({"scopes": "customers.read"}, {("scopes", "not-a-list")}),
        ({"scopes": ["everything"]}, {("scopes.0", "invalid-choice")}),
        ({"scopes": [["customers.read"]]}, {("scopes.0", "invalid-choice")}),
        ({"scopes": ["customers.read"] * 1000}, {("scopes", "max-length")}),
        ({"scopes": [CLIENT_APPS_MANAGE]}, {("scopes.0", "invalid-choice")}),
        ({"expires_in_days": 0}, {("expires_in_days", "min-value")}),
        ({"expires_in_days": 731}, {("expires_in_days", "max-value")}),
        ({"expires_in_days": "soon"}, {("expires_in_days", "invalid")}),
        ({"kind": "portal"}, {("kind", "unknown")}),
        ({"tenant": "bluefin"}, {("tenant", "unknown")}),
    ],
)
def test_what_is_wrong_is_said_and_nothing_made(
    owner: Api, aurora: House, changes: dict[str, Any], wrong: set[tuple[str, str]]
) -> None:
    before = contents(aurora)

    response = create(owner, **changes)

    assert (response.status_code, codes(response)) == (400, wrong)
    assert contents(aurora) == before


def test_the_name_of_a_revoked_app_is_free_again(owner: Api, aurora: House) -> None:
    aurora.app.app.revoke(by=Actor.system())

    assert create(owner, name="Till").status_code == 201


def test_another_business_has_its_own_names(owner: Api, bluefin: House) -> None:
    ClientApp.objects.create(tenant=bluefin.tenant, name="Website")

    assert create(owner).status_code == 201


def test_nobody_gives_what_they_may_not_do_themselves(
    owner: Api, aurora: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No role is like that yet: only owners create apps, and they may do everything."""
    owners = ROLE_ABILITIES["owner"] - {AUDIT_READ}
    monkeypatch.setattr(ROLES, ROLE_ABILITIES | {"owner": owners})
    before = contents(aurora)

    response = create(owner, scopes=["customers.read", AUDIT_READ])

    assert (response.status_code, codes(response)) == (400, {("scopes", "beyond-yours")})
    assert contents(aurora) == before
    assert create(owner).status_code == 201


@pytest.mark.parametrize("role", ["manager", "accountant", "waiter"])
def test_only_owners_create_apps(aurora: House, visit: Callable[..., Api], role: str) -> None:
    before = contents(aurora)

    response = create(visit(aurora.person(role), aurora.tenant))

    assert (response.status_code, response.json()["ability"]) == (403, CLIENT_APPS_MANAGE)
    assert contents(aurora) == before


def test_an_app_makes_no_further_app(aurora: House) -> None:
    before = contents(aurora)

    assert create(aurora.app).status_code == 403
    assert contents(aurora) == before


def test_a_suspended_business_creates_none(owner: Api, aurora: House) -> None:
    aurora.tenant.suspend(by=Actor.system(), reason="Unpaid")
    before = contents(aurora)

    response = create(owner)

    assert (response.status_code, response.json()["code"]) == (403, "tenant-state")
    assert contents(aurora) == before


def test_fifty_apps_are_enough_and_revoked_ones_do_not_count(
    owner: Api, aurora: House, bluefin: House
) -> None:
    for number in range(MOST_APPS - 1):
        ClientApp.objects.create(tenant=aurora.tenant, name=f"App {number}")
    before = contents(aurora)

    response = create(owner)

    assert (response.status_code, response.json()["code"]) == (409, "too-many-apps")
    assert contents(aurora) == before
    ClientApp.objects.get(name="App 7").revoke(by=Actor.system())
    assert create(owner).status_code == 201


def test_sent_twice_it_is_one_app_with_one_key(owner: Api, aurora: House) -> None:
    first = owner.post("client-apps/", NEW, idempotency_key="once")
    second = owner.post("client-apps/", NEW, idempotency_key="once")

    assert first.json() == second.json()
    assert second["Idempotency-Replayed"] == "true"
    assert AppKey.objects.filter(app__name="Website").count() == 1
    other = owner.post("client-apps/", NEW | {"name": "Other"}, idempotency_key="once")
    assert (other.status_code, other.json()["code"]) == (409, "idempotency-conflict")


def test_whoever_made_an_app_may_go_and_the_app_stays(
    owner: Api, aurora: House, visit: Callable[..., Api]
) -> None:
    answer = create(owner).json()
    website = Api(ClientApp.objects.get(pk=answer["id"]), answer["key"])

    aurora.members["owner"].role = "waiter"
    aurora.members["owner"].save()

    assert owner.get("client-apps/").status_code == 403
    assert website.get("tenant/").status_code == 200
