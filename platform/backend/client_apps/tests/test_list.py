"""Listing the business's apps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from backend.client_apps.models import AppKey, ClientApp
from backend.common.abilities import APP_SCOPES
from backend.common.actor import Actor
from backend.conftest import Api, House, new_key

BY = Actor.system()
Queries = Callable[[Callable[[], Any]], list[str]]


def results(api: Api, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.get(f"client-apps/{query}").json()["results"]
    return found


def make(house: House, name: str, **values: Any) -> ClientApp:
    app: ClientApp = ClientApp.objects.create(tenant=house.tenant, name=name, **values)
    return app


def test_current_apps_come_by_name_in_any_case(owner: Api, aurora: House, bluefin: House) -> None:
    make(aurora, "accounting")
    make(aurora, "Website")
    make(aurora, "Gone").revoke(by=BY)

    assert [each["name"] for each in results(owner)] == ["accounting", "Till", "Website"]


def test_revoked_ones_come_apart_the_latest_first(owner: Api, aurora: House) -> None:
    for name in ("First", "Second"):
        make(aurora, name).revoke(by=BY)

    assert [each["name"] for each in results(owner, "?state=revoked")] == ["Second", "First"]
    assert all(each["revoked_at"] for each in results(owner, "?state=revoked"))


@pytest.mark.parametrize("query", ["?state=all", "?order=id", "?cursor=x", "?limit=0"])
def test_what_is_no_list_is_refused(owner: Api, query: str) -> None:
    assert owner.get(f"client-apps/{query}").status_code == 400


def test_pages_follow_each_other(owner: Api, aurora: House) -> None:
    for name in ("B", "a", "c"):
        make(aurora, name)

    first = owner.get("client-apps/?limit=3").json()
    second = owner.get(f"client-apps/?limit=3&cursor={first['next_cursor']}").json()

    assert [each["name"] for each in first["results"]] == ["a", "B", "c"]
    assert [each["name"] for each in second["results"]] == ["Till"]
    assert (second["next_cursor"], bool(second["previous_cursor"])) == (None, True)


def test_revoked_ones_have_pages_too(owner: Api, aurora: House) -> None:
    for name in ("First", "Second"):
        make(aurora, name).revoke(by=BY)

    first = owner.get("client-apps/?state=revoked&limit=1").json()
    second = owner.get(f"client-apps/?state=revoked&limit=1&cursor={first['next_cursor']}").json()

    assert [page["results"][0]["name"] for page in (first, second)] == ["Second", "First"]


def end_of(owner: Api, name: str) -> tuple[int, datetime | None]:
    row = next(each for each in results(owner) if each["name"] == name)
    ends = row["expires_at"]
    return row["keys"], datetime.fromisoformat(ends) if ends else None


def test_an_app_ends_with_the_last_of_its_keys(owner: Api, aurora: House) -> None:
    now = timezone.now()
    app = make(aurora, "Website")
    assert end_of(owner, "Website") == (0, None)
    for days in (1, 5, 3):
        new_key(app, expires_at=now + timedelta(days=days))
    assert end_of(owner, "Website") == (3, now + timedelta(days=5))

    AppKey.objects.filter(app=app, expires_at=now + timedelta(days=5)).update(revoked_at=now)
    assert end_of(owner, "Website") == (2, now + timedelta(days=3))

    new_key(app)
    assert end_of(owner, "Website") == (3, None)


def test_its_last_use_is_that_of_any_key(owner: Api, aurora: House) -> None:
    app, now = make(aurora, "Website"), timezone.now()
    for hours in (3, 1, 2):
        new_key(app)
        newest = app.keys.first()
        AppKey.objects.filter(pk=newest.pk).update(last_used_at=now - timedelta(hours=hours))

    (row,) = (each for each in results(owner) if each["name"] == "Website")
    assert datetime.fromisoformat(row["last_used_at"]) == now - timedelta(hours=1)


def test_the_list_is_one_statement_however_long_it_is(
    owner: Api, aurora: House, app_queries: Queries
) -> None:
    for number in range(20):
        app = make(aurora, f"App {number}")
        for _ in range(3):
            new_key(app)

    statements = app_queries(lambda: owner.get("client-apps/"))

    assert len(statements) == 1
    assert "digest" not in statements[0]


def test_an_app_may_look_and_give_nothing(aurora: House) -> None:
    answer = aurora.app.get("client-apps/").json()

    assert [each["name"] for each in answer["results"]] == ["Till"]
    assert (answer["can"], answer["scopes_available"]) == ([], [])


@pytest.mark.parametrize(
    ("role", "status"), [("manager", 200), ("accountant", 403), ("waiter", 403)]
)
def test_roles_but_the_owner_may_look_at_most(
    aurora: House, visit: Callable[..., Api], role: str, status: int
) -> None:
    response = visit(aurora.person(role), aurora.tenant).get("client-apps/")

    assert response.status_code == status
    if status == 200:
        assert (response.json()["can"], response.json()["scopes_available"]) == ([], [])


def test_an_owner_may_give_whatever_an_app_can_have(owner: Api) -> None:
    answer = owner.get("client-apps/").json()

    assert answer["can"] == ["create"]
    assert {each["word"] for each in answer["scopes_available"]} == APP_SCOPES


def test_nobody_gives_anything_while_the_business_is_suspended(owner: Api, aurora: House) -> None:
    aurora.tenant.suspend(by=BY, reason="Unpaid")

    answer = owner.get("client-apps/").json()

    assert [each["name"] for each in answer["results"]] == ["Till"]
    assert (answer["can"], answer["scopes_available"]) == ([], [])
