from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from backend.audit.recording import About, record
from backend.common.actor import Actor
from backend.common.tests import examples
from backend.conftest import Api, House

Visit = Callable[..., Api]


@pytest.fixture
def api(aurora: House, visit: Visit) -> Api:
    return visit(aurora.person("owner"), aurora.tenant)


def happen(house: House, action: str, by: Actor | None = None, **data: object) -> None:
    about = About("member", None, "Luca Bianchi")
    record(action, tenant_id=house.tenant.id, by=by or Actor.system(), about=about, data=data)


def actions(api: Api, query: str = "") -> list[str]:
    return [each["action"] for each in api.get(f"audit-events/{query}").json()["results"]]


@pytest.mark.parametrize("name", examples.names("audit-"))
def test_answers_are_as_in_the_examples(name: str, aurora: House, visit: Visit, api: Api) -> None:
    owner = aurora.person("owner")
    by = Actor("person", owner.name, owner.pk, address="203.0.113.7")
    record("session.started", tenant_id=aurora.tenant.id, by=by, data={"surface": "portal"})
    happen(aurora, "member.role-changed", **{"from": "waiter", "to": "manager"})
    aurora.tenant.suspend(by=Actor.staff(owner, "198.51.100.20"), reason="Unpaid.")
    asks = api if name.endswith("list") else visit(aurora.person("manager"), aurora.tenant)
    if name.endswith("forbidden"):
        aurora.tenant.reactivate(by=Actor.system())

    assert examples.held_against(examples.read(name), asks.get("audit-events/")) == []


def test_the_newest_comes_first(aurora: House, api: Api) -> None:
    happen(aurora, "member.invited")
    happen(aurora, "member.joined")

    assert actions(api)[:2] == ["member.joined", "member.invited"]


def test_nobody_elses_are_among_them(aurora: House, bluefin: House, api: Api) -> None:
    happen(bluefin, "member.invited")

    assert "member.invited" not in actions(api)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?action=member.joined", ["member.joined"]),
        ("?action=member", ["member.joined", "member.invited"]),
        ("?action=member.joined&action=client-app", ["client-app.created", "member.joined"]),
        ("?action=export", []),
    ],
)
def test_kinds_of_action_can_be_chosen(
    aurora: House, api: Api, query: str, found: list[str]
) -> None:
    for action in ("member.invited", "member.joined", "client-app.created"):
        happen(aurora, action)

    assert actions(api, query) == found


def test_so_can_who_did_it(aurora: House, api: Api) -> None:
    manager = aurora.person("manager")
    happen(aurora, "member.invited", Actor.person(manager))
    happen(aurora, "member.joined")

    assert actions(api, f"?by={manager.pk}") == ["member.invited"]


def test_so_can_the_time(aurora: House, api: Api) -> None:
    happen(aurora, "member.invited")
    now = timezone.now()
    before, after = now - timedelta(minutes=1), now + timedelta(minutes=1)

    def found(**given: object) -> list[str]:
        words = "&".join(f"{name}={moment:%Y-%m-%dT%H:%M:%SZ}" for name, moment in given.items())
        return actions(api, f"?action=member&{words}")

    assert found(since=before, until=after) == ["member.invited"]
    assert found(since=after) == []
    assert found(until=before) == []


@pytest.mark.parametrize(
    "query",
    ["?action=nothing", "?by=me", "?since=yesterday", "?until=2026-01-01T00:00:00"],
)
def test_what_cannot_be_meant_is_refused(api: Api, query: str) -> None:
    response = api.get(f"audit-events/{query}")

    assert (response.status_code, response.json()["code"]) == (400, "invalid")


def test_a_page_of_it_costs_one_query(aurora: House, api: Api) -> None:
    def queries(limit: int) -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert len(api.get(f"audit-events/?limit={limit}").json()["results"]) == limit
        return len(captured)

    for _ in range(60):
        happen(aurora, "member.invited")
    api.get("audit-events/")
    assert queries(1) == queries(50)


@pytest.mark.parametrize("role", ["manager", "accountant", "waiter"])
def test_only_the_owner_reads_it(aurora: House, visit: Visit, role: str) -> None:
    response = visit(aurora.person(role), aurora.tenant).get("audit-events/")

    assert (response.status_code, response.json()["code"]) == (403, "forbidden")
