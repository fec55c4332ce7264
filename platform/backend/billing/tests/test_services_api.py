"""plans/ and services/: whose they are, who may what, and what a look costs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from backend.billing.tests.cast import SYSTEM, make_plan
from backend.billing.tests.subscriptions import again, everything, on, order, subscribed
from backend.client_apps.models import ClientApp
from backend.common.tenancy import owner_scope, tenant_scope
from backend.conftest import Api, House, new_key
from backend.services.models import Plan, Service

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seller", "plans")]

Visit = Callable[..., Api]
CHANGE = {"plan": "group", "interval": "month"}
ONE = (
    ("GET", "", None),
    ("GET", "plan-change/?plan=group&interval=month", None),
    ("POST", "plan-change/", CHANGE),
    ("DELETE", "plan-change/", None),
    ("POST", "cancellation/", {"at": "now"}),
    ("POST", "cancellation/", {"at": "period-end"}),
    ("DELETE", "cancellation/", None),
)
WRITES = (("POST", "services/", CHANGE), *((m, f"services/{{}}/{p}", b) for m, p, b in ONE[2:]))


def as_role(house: House, visit: Visit, role: str = "owner") -> Api:
    return visit(house.person(role), house.tenant)


@pytest.mark.parametrize("planned", [None, "plan-change/", "cancellation/"])
@pytest.mark.parametrize(("method", "path", "body"), ONE)
def test_another_tenants_service_is_not_there(
    aurora: House,
    bluefin: House,
    visit: Visit,
    method: str,
    path: str,
    body: Any,
    planned: str | None,
) -> None:
    theirs = subscribed(bluefin)
    subscribed(aurora)
    if planned:
        wanted: Any = {"plan": "starter", "interval": "month"}
        owner = as_role(bluefin, visit)
        with on("2026-03-12"):
            asked = {"at": "period-end"} if planned == "cancellation/" else wanted
            assert owner.post(f"services/{theirs.pk}/{planned}", asked).status_code == 200
    before = everything(aurora), everything(bluefin)

    response = as_role(aurora, visit)(method, f"services/{theirs.pk}/{path}", body)

    assert (response.status_code, response.json()["code"]) == (404, "service-not-found")
    assert (everything(aurora), everything(bluefin)) == before


@pytest.mark.parametrize(("method", "path", "body"), ONE)
def test_what_is_not_there_at_all_is_told_alike(
    aurora: House, visit: Visit, method: str, path: str, body: Any
) -> None:
    response = as_role(aurora, visit)(method, f"services/{uuid4()}/{path}", body)

    assert (response.status_code, response.json()["code"]) == (404, "service-not-found")


def test_a_list_is_of_ones_own(aurora: House, bluefin: House, visit: Visit) -> None:
    mine, theirs = subscribed(aurora), subscribed(bluefin, "group")

    for house, service in ((aurora, mine), (bluefin, theirs)):
        (found,) = as_role(house, visit).get("services/").json()["results"]
        assert found["id"] == str(service.pk)
    # What one may have says nothing about the other.
    usage = as_role(aurora, visit).get("services/").json()["usage"]
    assert usage[0] == {
        "limit": "members",
        "used": 4,
        "included": 12,
        "is_hard": True,
        "overage_minor": None,
    }


@pytest.mark.parametrize("role", ["manager", "accountant", "waiter", "app"])
@pytest.mark.parametrize(("method", "path", "body"), WRITES)
def test_only_owners_buy_and_cancel(
    aurora: House, visit: Visit, role: str, method: str, path: str, body: Any
) -> None:
    service = subscribed(aurora)
    before = everything(aurora)
    api = aurora.app if role == "app" else as_role(aurora, visit, role)

    response = api(method, path.format(service.pk), body)

    assert (response.status_code, response.json()["code"]) == (403, "forbidden")
    assert everything(aurora) == before


@pytest.mark.parametrize(
    ("role", "status"), [("manager", 200), ("accountant", 200), ("waiter", 403)]
)
def test_who_may_look(aurora: House, visit: Visit, role: str, status: int) -> None:
    service = subscribed(aurora)
    api = as_role(aurora, visit, role)

    for path in ("plans/", "services/", f"services/{service.pk}/"):
        response = api.get(path)
        assert response.status_code == status
        if status == 200:
            shown = response.json()
            assert [each["can"] for each in shown.get("results", [shown])] == [[]] * len(
                shown.get("results", [shown])
            )
            assert shown.get("can", []) == []


def test_an_invoice_is_for_who_may_read_invoices(aurora: House) -> None:
    order(aurora)
    shown = []
    for scopes in (["services.read"], ["services.read", "billing.read"]):
        app = ClientApp.objects.create(tenant=aurora.tenant, name=scopes[-1], scopes=scopes)
        (service,) = Api(app, new_key(app)).get("services/").json()["results"]
        shown.append(service["open_invoice"])

    assert shown[0] is None
    assert shown[1]["due_minor"] == 5880


def test_a_suspended_tenant_looks_and_buys_nothing(aurora: House, visit: Visit) -> None:
    service = subscribed(aurora)
    aurora.tenant.suspend(by=SYSTEM, reason="Overdue")
    owner = as_role(aurora, visit)
    before = everything(aurora)

    assert owner.get("services/").json()["results"][0]["can"] == []
    for method, path, body in WRITES:
        assert owner(method, path.format(service.pk), body).json()["code"] == "tenant-state"
    assert everything(aurora) == before


def test_plans_are_offered_in_ones_own_money_and_language(
    aurora: House, bluefin: House, visit: Visit
) -> None:
    house = Plan.objects.get(key="house")
    house.summary, house.summary_de = "For one", "Für eines"
    house.save()
    make_plan("pounds", "Pounds", 100).prices.filter(currency="EUR").delete()

    def shown(at: House, language: str) -> dict[str, Any]:
        """To a person, whose browser asks for another language than they read."""
        reader = at.person("owner")
        reader.language = language
        reader.save(update_fields=["language"])
        other = "en" if language == "de" else "de"
        plans = visit(reader, at.tenant).get("plans/", accept_language=other).json()["results"]
        return {plan["key"]: plan for plan in plans}

    euros, pounds = shown(aurora, "de"), shown(bluefin, "en")
    assert set(pounds) - set(euros) == {"pounds"}
    assert (euros["house"]["summary"], pounds["house"]["summary"]) == ("Für eines", "For one")
    assert {price["currency"] for plan in euros.values() for price in plan["prices"]} == {"EUR"}
    assert {price["currency"] for plan in pounds.values() for price in plan["prices"]} == {"GBP"}


def can_of(api: Api) -> dict[str, list[str]]:
    return {plan["key"]: plan["can"] for plan in api.get("plans/").json()["results"]}


def each_can(plans: Iterable[str], *actions: str) -> dict[str, list[str]]:
    return {key: list(actions) for key in plans}


def test_what_can_be_done_with_a_plan_now(aurora: House, visit: Visit) -> None:
    owner = as_role(aurora, visit)
    Plan.objects.get(key="group").prices.filter(interval="year").delete()
    plans = ("starter", "house", "group")
    assert can_of(owner) == each_can(plans, "subscribe") | {"extra-people": []}

    service = order(aurora, "group")
    assert can_of(owner) == each_can(plans) | {"extra-people": ["subscribe"]}

    with owner_scope():
        service.activate(service.created_at.date(), by=SYSTEM)
    # Group has no other interval to switch to.
    assert can_of(owner) == {
        "starter": ["switch"],
        "house": ["switch"],
        "group": [],
        "extra-people": ["subscribe"],
    }

    addon = subscribed(aurora, "extra-people")
    assert can_of(owner)["extra-people"] == ["switch"]

    for each in (service, addon):
        owner.post(f"services/{each.pk}/cancellation/", {"at": "period-end"})
    assert can_of(owner) == each_can(plans) | {"extra-people": []}


def test_what_is_current_comes_first(aurora: House, visit: Visit) -> None:
    owner = as_role(aurora, visit)
    ended = subscribed(aurora, "starter")
    owner.post(f"services/{ended.pk}/cancellation/", {"at": "now"})
    plan, addon = subscribed(aurora), order(aurora, "extra-people")

    found = owner.get("services/").json()["results"]

    assert [each["id"] for each in found] == [str(each.pk) for each in (plan, addon, ended)]


def test_the_history_is_told(aurora: House, visit: Visit) -> None:
    owner = as_role(aurora, visit)
    service = subscribed(aurora)
    owner.post(f"services/{service.pk}/cancellation/", {"at": "period-end", "reason": "Closing"})
    owner.delete(f"services/{service.pk}/cancellation/")
    owner.post(f"services/{service.pk}/cancellation/", {"at": "now", "reason": "Closed"})

    shown = owner.get(f"services/{service.pk}/").json()

    assert [(each["to_state"], each["reason"]) for each in shown["transitions"]] == [
        ("cancelled", "Closed"),
        ("active", ""),
    ]
    assert [(each["outcome"], each["reason"], each["to_plan"]) for each in shown["changes"]] == [
        ("done", "Closed", None),
        ("withdrawn", "Closing", None),
    ]


# Plans: services, what is planned, plans, limits, prices, overages. Services: they, what is
# planned, open invoices, limits, usage. One service: the first three, and its history. A quote: who
# buys and sells, service, account, refunds, price and overages, what is planned; limits, usage.
PINNED = [6, 5, 5, 11]


def statements(call: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert call().status_code < 300
    tables = ("services_", "billing_", "tenants_", "crm_")
    return sum(any(table in each["sql"] for table in tables) for each in queries)


def test_a_look_costs_the_same_however_much_there_is(aurora: House, visit: Visit) -> None:
    owner = as_role(aurora, visit)
    service = subscribed(aurora)
    paths = ("plans/", "services/", f"services/{service.pk}/")
    preview = f"services/{service.pk}/plan-change/?plan=group&interval=month"

    def costs() -> list[int]:
        with on("2026-03-12"):
            return [statements(lambda path=path: owner.get(path)) for path in (*paths, preview)]

    costs()
    first = costs()
    for number in range(5):
        make_plan(f"extra-{number}", f"Extra {number}", 100, is_addon=True)
        addon = subscribed(aurora, f"extra-{number}")
        owner.post(f"services/{addon.pk}/cancellation/", {"at": "period-end"})
    order(aurora, "extra-people")

    assert first == costs() == PINNED


def test_members_write_nothing_and_see_their_own(aurora: House, bluefin: House) -> None:
    service = subscribed(aurora)
    subscribed(bluefin)
    with tenant_scope(aurora.tenant.pk):
        assert [each.pk for each in Service.objects.all()] == [service.pk]
        for table in ("service", "servicetransition", "servicechange", "usagerecord"):
            for statement in (
                f"UPDATE services_{table} SET tenant_id = tenant_id",
                f"DELETE FROM services_{table}",
                f"INSERT INTO services_{table} (tenant_id) VALUES (%s)",
            ):
                given = [aurora.tenant.pk] if "%s" in statement else None
                denied = pytest.raises(DatabaseError, match="permission denied")
                with denied, transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute(statement, given)
    assert again(service).state == "active"
