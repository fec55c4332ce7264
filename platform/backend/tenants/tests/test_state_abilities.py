"""What each state permits: to members in the portal, and to the tenant's own client app."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from backend.accounts.models import Person
from backend.client_apps.models import ClientApp
from backend.common.abilities import APP_SCOPES, ROLE_ABILITIES, STATE_ABILITIES
from backend.common.tenancy import owner_scope
from backend.conftest import Api, new_key
from backend.crm.models import Customer
from backend.tenants.models import Member, Role, State, Tenant
from backend.tenants.tests.conftest import do, in_state

# Who may everything gets this far: each call, its ability, and the states that permit it.
CALLS: list[tuple[str, str, str, set[State]]] = [
    ("GET", "tenant/", "tenant.read", {*State}),
    ("PATCH", "tenant/", "tenant.update", {State.DRAFT, State.ACTIVE}),
    ("GET", "tenant/transitions/", "tenant.read", {*State}),
    ("GET", "tenant/provisioning/", "tenant.read", {*State}),
    ("GET", "crm/customers/", "customers.read", {State.ACTIVE, State.SUSPENDED}),
    ("POST", "crm/customers/", "customers.create", {State.ACTIVE}),
    ("GET", "crm/exports/customers/", "customers.export", {State.ACTIVE, State.SUSPENDED}),
]
BODIES = {"PATCH": {"name": "Another"}, "POST": {"name": "A guest"}}


@pytest.fixture
def till(luna: Tenant) -> Api:
    """The tenant's own app, with every scope that there is."""
    app = ClientApp.objects.create(tenant=luna, name="Till", scopes=sorted(APP_SCOPES))
    return Api(app, new_key(app))


def facts(tenant: Tenant) -> list[Any]:
    with owner_scope():
        return [Tenant.objects.filter(pk=tenant.pk).values().get(), Customer.objects.count()]


@pytest.mark.parametrize("caller", ["member", "app"])
@pytest.mark.parametrize(("method", "path", "ability", "states"), CALLS)
@pytest.mark.parametrize("state", State)
def test_each_call_in_each_state(
    luna: Tenant, owner: Api, till: Api,
    state: State, method: str, path: str, ability: str, states: set[State], caller: str,
) -> None:  # fmt: skip
    in_state(luna, state)
    before = facts(luna)

    response = (owner if caller == "member" else till)(method, path, BODIES.get(method))

    if state in states:
        assert response.status_code == (201 if method == "POST" else 200), response.content
        return
    assert response.status_code == 403
    problem = response.json()
    assert (problem["code"], problem["state"], problem["ability"]) == (
        "tenant-state", state, ability,
    )  # fmt: skip
    assert facts(luna) == before


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("state", State)
def test_the_portal_is_told_what_role_and_state_both_allow(
    luna: Tenant, visit: Callable[..., Api], state: State, role: Role
) -> None:
    person = Person.objects.create(email="r@luna.test", name="R")
    Member.objects.create(tenant=luna, person=person, role=role)
    in_state(luna, state)

    response = visit(person, luna).get("tenant/", x_want_viewer="1")

    viewer = json.loads(response["X-Viewer"])
    assert viewer["tenant"]["state"] == state
    assert viewer["abilities"] == sorted(ROLE_ABILITIES[role] & STATE_ABILITIES[state])


def test_a_role_that_may_not_is_refused_for_the_role(
    luna: Tenant, visit: Callable[..., Api]
) -> None:
    """The state would allow it; to say that it doesn't would send people to the wrong place."""
    waiter = Person.objects.create(email="w@luna.test", name="W")
    Member.objects.create(tenant=luna, person=waiter, role=Role.WAITER)
    in_state(luna, State.ACTIVE)

    response = visit(waiter, luna).patch("tenant/", {"name": "Mine"})

    assert (response.status_code, response.json()["code"]) == (403, "forbidden")
    assert Tenant.objects.get(pk=luna.pk).name == "Café Luna"


def test_a_state_holds_from_the_next_request_on(luna: Tenant, owner: Api, till: Api) -> None:
    in_state(luna, State.ACTIVE)
    assert [api.get("crm/customers/").status_code for api in (owner, till)] == [200, 200]
    do(luna, "archive")
    assert [api.get("crm/customers/").status_code for api in (owner, till)] == [403, 403]
