"""GET and PATCH tenant/: what a business is, and changing it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.audit.models import AuditEvent
from backend.conftest import Api, House
from backend.tenants.models import State, Tenant
from backend.tenants.tests.conftest import ADDRESS, do, in_state, work
from backend.tenants.tests.test_registration import errors


def test_every_role_may_see_it(aurora: House, bluefin: House, visit: Callable[..., Api]) -> None:
    for role in aurora.members:
        shown = visit(aurora.person(role), aurora.tenant).get("tenant/").json()
        assert (shown["slug"], shown["name"]) == ("aurora", "Trattoria Aurora")


@pytest.mark.parametrize(
    ("state", "next_actor", "can"),
    [
        (State.DRAFT, "you", ["update", "provision"]),
        (State.ACTIVE, None, ["update", "export"]),
        (State.SUSPENDED, "support", ["export"]),
        (State.ARCHIVED, None, ["export"]),
    ],
)
def test_it_says_its_state_why_and_who_acts_next(
    luna: Tenant, owner: Api, state: State, next_actor: str | None, can: list[str]
) -> None:
    in_state(luna, state)
    shown = owner.get("tenant/").json()
    assert (shown["state"], shown["next_actor"], shown["can"]) == (state, next_actor, can)
    grave = state in (State.SUSPENDED, State.ARCHIVED)
    assert shown["state_reason"] == ("because" if grave else "")
    since = shown["created_at"]
    assert (shown["state_since"] == since) == (state == State.DRAFT)


def test_the_reason_is_that_of_the_present_state(luna: Tenant, owner: Api) -> None:
    in_state(luna, State.SUSPENDED)
    do(luna, "reactivate", "")
    assert owner.get("tenant/").json()["state_reason"] == ""


def test_a_waiter_is_offered_nothing(aurora: House, visit: Callable[..., Api]) -> None:
    waiter = visit(aurora.person("waiter"), aurora.tenant)
    assert waiter.get("tenant/").json()["can"] == []


def test_why_is_not_for_waiters(aurora: House, visit: Callable[..., Api]) -> None:
    do(aurora.tenant, "suspend")
    for role, reason in (
        ("owner", "because"),
        ("manager", "because"),
        ("accountant", "because"),
        ("waiter", ""),
    ):
        visitor = visit(aurora.person(role), aurora.tenant)
        shown = visitor.get("tenant/").json()
        assert (shown["state"], shown["state_reason"]) == ("suspended", reason)
        latest = visitor.get("tenant/transitions/").json()["results"][0]
        assert (latest["to_state"], latest["reason"]) == ("suspended", reason)


@pytest.mark.parametrize(
    ("state", "expected"),
    [(State.DRAFT, 1), (State.PROVISIONING, 4), (State.ACTIVE, 3), (State.SUSPENDED, 3)],
)
def test_what_it_costs(luna: Tenant, owner: Api, state: State, expected: int) -> None:
    """The tenant, its latest change, its rates; and in the set-up how far that is."""
    in_state(luna, state)
    with CaptureQueriesContext(connection) as captured:
        assert owner.get("tenant/").status_code == 200
    ours = [query["sql"] for query in captured if ' FROM "tenants_' in query["sql"]]
    assert len(ours) == expected


def facts(tenant: Tenant) -> list[Any]:
    return [Tenant.objects.filter(pk=tenant.pk).values().get(), AuditEvent.objects.count()]


def test_details_are_changed(luna: Tenant, owner: Api, bluefin: House) -> None:
    theirs = facts(bluefin.tenant)[0]
    shown = owner.patch("tenant/", {"name": " Luna  Bar ", "vat_id": "136695976"}).json()

    luna.refresh_from_db()
    assert (luna.name, luna.vat_id, luna.slug) == ("Luna Bar", "DE136695976", "luna")
    assert (shown["name"], shown["vat_id"], shown["slug"]) == ("Luna Bar", "DE136695976", "luna")
    assert facts(bluefin.tenant)[0] == theirs


def test_what_changed_is_put_on_record_once(luna: Tenant, owner: Api) -> None:
    owner.patch("tenant/", {"name": "Luna Bar", "city": luna.city})
    event = AuditEvent.objects.get()
    assert (event.action, event.by_name) == ("tenant.updated", "Paula Berg")
    assert event.data == {"fields": ["name"]}

    owner.patch("tenant/", {"name": "Luna Bar"})
    assert AuditEvent.objects.get() == event


@pytest.mark.parametrize("field", ["country", "currency"])
def test_country_and_currency_are_fixed_after_the_set_up(
    luna: Tenant, owner: Api, field: str
) -> None:
    changes = {"country": "CH", "currency": "CHF"}
    in_state(luna, State.ACTIVE)
    before = facts(luna)

    refused = owner.patch("tenant/", {field: changes[field], "name": "Another"})

    assert (refused.status_code, refused.json()["code"]) == (409, "fixed-after-set-up")
    assert refused.json()["fields"] == [field]
    assert facts(luna) == before
    # To say what it is already changes nothing.
    same = {"country": "DE", "currency": "EUR"}
    assert owner.patch("tenant/", same).status_code == 200


def test_a_draft_may_move_to_another_country(luna: Tenant, owner: Api) -> None:
    owner.patch("tenant/", {"country": "CH", "currency": "CHF"})
    luna.refresh_from_db()
    assert (luna.country, luna.currency) == ("CH", "CHF")


def test_a_vat_id_of_the_old_country_does_not_stay(luna: Tenant, owner: Api) -> None:
    owner.patch("tenant/", {"vat_id": "DE136695976"})
    before = facts(luna)

    assert errors(owner.patch("tenant/", {"country": "IT"})) == [("vat_id", "vat-id")]
    assert facts(luna) == before
    shown = owner.patch("tenant/", {"country": "IT", "vat_id": "00743110157"}).json()
    assert shown["vat_id"] == "IT00743110157"
    assert owner.patch("tenant/", {"vat_id": ""}).json()["vat_id"] == ""


@pytest.mark.parametrize("field", ADDRESS)
def test_what_invoices_need_stays_after_the_set_up(luna: Tenant, owner: Api, field: str) -> None:
    assert owner.patch("tenant/", {field: ""}).status_code == 200
    owner.patch("tenant/", {field: ADDRESS[field]})
    in_state(luna, State.ACTIVE)

    assert errors(owner.patch("tenant/", {field: " "})) == [(field, "blank")]

    luna.refresh_from_db()
    assert getattr(luna, field) == ADDRESS[field]


@pytest.mark.parametrize("field", ["state", "slug", "id", "tax_rates", "created_at"])
def test_the_rest_is_not_theirs_to_change(luna: Tenant, owner: Api, field: str) -> None:
    before = facts(luna)
    assert errors(owner.patch("tenant/", {field: "x"})) == [(field, "unknown")]
    assert facts(luna) == before


def test_another_tenants_members_are_strangers(
    luna: Tenant, aurora: House, visit: Callable[..., Api]
) -> None:
    before = facts(luna)
    stranger = visit(aurora.person("owner"), luna)
    for response in (stranger.get("tenant/"), stranger.patch("tenant/", {"name": "Mine"})):
        assert (response.status_code, response.json()["code"]) == (404, "tenant-not-found")
    assert facts(luna) == before


@pytest.mark.django_db(transaction=True)
def test_details_do_not_change_under_a_set_up_that_begins(luna: Tenant, owner: Api) -> None:
    """Either the emptied field stops the set-up, or the set-up stops the emptying."""
    for _ in range(3):
        start = Barrier(2)

        def call(method: str, path: str, body: Any, start: Barrier = start) -> int:
            start.wait()
            try:
                return int(owner(method, path, body).status_code)
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as pool:
            emptied = pool.submit(call, "PATCH", "tenant/", {"city": ""})
            begun = pool.submit(call, "POST", "tenant/provisioning/", {})
            outcome = (emptied.result(), begun.result())

        luna.refresh_from_db()
        assert outcome in [(200, 409), (403, 202)]
        assert (luna.city == "") == (outcome == (200, 409))
        if luna.state == State.PROVISIONING:
            work(luna)
            return
        owner.patch("tenant/", {"city": "Berlin"})
