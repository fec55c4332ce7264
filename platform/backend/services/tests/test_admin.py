"""The catalogue as staff keep it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from backend.billing.tests.cast import make_plans
from backend.common.actor import Actor
from backend.common.money import DIGITS
from backend.conftest import House
from backend.services.models import (
    LimitName,
    Plan,
    PlanLimit,
    PlanOverage,
    PlanPrice,
    Service,
    ServiceChange,
)
from backend.services.models.service import Terms
from backend.tenants.countries import CURRENCIES

Staff = Callable[..., Client]
pytestmark = pytest.mark.django_db

PLANS = "/admin/services/plan/"
VIEW, CHANGE = "services.view_plan", "services.change_plan"
CATALOGUE = (Plan, PlanPrice, PlanLimit, PlanOverage)


@pytest.fixture(autouse=True)
def plans() -> dict[str, Plan]:
    return make_plans()


def catalogue() -> list[Any]:
    return [list(model.objects.order_by("pk").values()) for model in CATALOGUE]


def rows(prefix: str, *given: dict[str, Any], kept: int = 0) -> dict[str, Any]:
    values: dict[str, Any] = {f"{prefix}-TOTAL_FORMS": len(given), f"{prefix}-INITIAL_FORMS": kept}
    for number, each in enumerate(given):
        values |= {f"{prefix}-{number}-{name}": value for name, value in each.items()}
    return values


def sold(house: House, plan: Plan) -> Service:
    price = plan.prices.get(currency=house.tenant.currency, interval="month")
    return Service.order(house.tenant.pk, Terms.of(price), by=Actor.system())


def added(browser: Client, **values: Any) -> Any:
    given = {
        "name": "Banquet", "key": "banquet", "summary": "", "summary_de": "", "position": "9",
        **rows("prices", {"currency": "EUR", "interval": "month", "amount_minor": "249.50"}),
        **rows("limits", {"name": "members", "value": "80"}),
    }  # fmt: skip
    return browser.post(f"{PLANS}add/", given | values)


def test_a_plan_is_added_with_what_it_costs_and_includes(staff: Staff) -> None:
    assert added(staff("services.add_plan", VIEW)).status_code == 302
    plan = Plan.objects.get(key="banquet")
    assert list(plan.prices.values_list("currency", "interval", "amount_minor")) == [
        ("EUR", "month", 24950)
    ]
    assert list(plan.limits.values_list("name", "value")) == [("members", 80)]


@pytest.mark.parametrize(
    ("currency", "amount", "said"),
    [
        ("EUR", "1.005", "no more than 2 decimal places"),
        ("ISK", "1.50", "ISK has 0 decimals"),
        ("EUR", "-1", "greater than or equal to 0"),
        ("XXX", "1", "Select a valid choice"),
    ],
)
def test_an_amount_must_be_one_of_its_currency(
    staff: Staff, currency: str, amount: str, said: str
) -> None:
    before = catalogue()
    price = {"currency": currency, "interval": "month", "amount_minor": amount}
    answer = added(staff(), **rows("prices", price))
    assert said in answer.content.decode()
    assert catalogue() == before


def test_every_currency_of_a_tenant_has_its_decimals() -> None:
    assert set(CURRENCIES) <= set(DIGITS)


def test_there_is_one_default(staff: Staff) -> None:
    assert added(staff(), is_default="on").status_code == 302
    before = catalogue()
    other = added(staff(), name="Other", key="other", is_default="on")
    assert "Another plan is the default already." in other.content.decode()
    addon = added(staff(), name="Other", key="other", is_default="on", is_addon="on")
    assert "An add-on can&#x27;t be the default." in addon.content.decode()
    assert catalogue() == before


def test_a_price_is_changed_and_services_keep_theirs(
    staff: Staff, aurora: House, plans: dict[str, Plan]
) -> None:
    service = sold(aurora, plans["house"])
    price = plans["house"].prices.get(currency="EUR", interval="month")
    browser = staff(VIEW, CHANGE)
    page = browser.get(f"{PLANS}{plans['house'].pk}/change/").content.decode()
    assert 'value="49.00"' in page
    kept = {"id": price.pk, "plan": plans["house"].pk, "currency": "EUR", "interval": "month"}
    values = {
        "name": "House", "summary": "", "summary_de": "", "position": "49",
        **rows("prices", {**kept, "amount_minor": "59"}, kept=1),
        **rows("limits"),
    }  # fmt: skip
    answer = browser.post(f"{PLANS}{plans['house'].pk}/change/", values)
    assert answer.status_code == 302
    price.refresh_from_db()
    service.refresh_from_db()
    assert (price.amount_minor, service.amount_minor) == (5900, 4900)


def test_prices_above_the_limits_are_on_the_price_s_page(
    staff: Staff, plans: dict[str, Plan]
) -> None:
    price = plans["house"].prices.get(currency="EUR", interval="month")
    url = f"/admin/services/planprice/{price.pk}/change/"
    browser = staff(VIEW, CHANGE)
    values = rows("overages", {"price": price.pk, "name": "members", "unit_amount_minor": "2.5"})
    assert browser.post(url, values).status_code == 302
    assert list(price.overages.values_list("name", "unit_amount_minor")) == [("members", 250)]
    shown = browser.get(f"{PLANS}{plans['house'].pk}/change/").content.decode()
    assert "members 2.50 EUR" in shown
    wrong = {"price": price.pk, "name": LimitName.API_REQUESTS, "unit_amount_minor": "1"}
    assert "Select a valid choice" in browser.post(url, rows("overages", wrong)).content.decode()
    assert PlanOverage.objects.count() == 1


def test_a_plan_is_withdrawn_and_offered_again(staff: Staff, plans: dict[str, Plan]) -> None:
    browser = staff(VIEW, "services.withdraw_plan")
    url = f"{PLANS}{plans['house'].pk}/"
    assert browser.post(f"{url}offer_again/").status_code == 404
    assert browser.post(f"{url}withdraw/").status_code == 302
    assert plans["house"] not in Plan.objects.offered()
    assert browser.post(f"{url}withdraw/").status_code == 404
    assert browser.post(f"{url}offer_again/").status_code == 302
    assert plans["house"] in Plan.objects.offered()


@pytest.mark.parametrize("action", ["withdraw", "offer_again"])
def test_who_may_change_it_doesnt_withdraw_it(
    staff: Staff, plans: dict[str, Plan], action: str
) -> None:
    before = catalogue()
    browser = staff(VIEW, CHANGE)
    assert browser.post(f"{PLANS}{plans['house'].pk}/{action}/").status_code == 403
    assert catalogue() == before


def test_only_what_nobody_had_is_deleted(
    staff: Staff, aurora: House, plans: dict[str, Plan]
) -> None:
    service = sold(aurora, plans["house"])
    service.cancel(by=Actor.system())
    starter = plans["starter"].prices.get(currency="EUR", interval="month")
    other = sold(aurora, plans["group"])
    ServiceChange.decide(
        other, by=Actor.system(), effective_on=other.created_at.date(), terms=Terms.of(starter)
    )
    browser = staff(VIEW, "services.delete_plan")
    for key in ("house", "starter"):
        url = f"{PLANS}{plans[key].pk}/"
        assert "/delete/" not in browser.get(f"{url}change/").content.decode()
        assert browser.post(f"{url}delete/", {"post": "yes"}).status_code == 403
    addon = plans["extra-people"]
    assert browser.post(f"{PLANS}{addon.pk}/delete/", {"post": "yes"}).status_code == 302
    assert set(Plan.objects.values_list("key", flat=True)) == {"starter", "house", "group"}
    assert not PlanPrice.objects.filter(plan_id=addon.pk).exists()


def test_who_may_change_doesnt_delete(staff: Staff, plans: dict[str, Plan]) -> None:
    before = catalogue()
    url = f"{PLANS}{plans['extra-people'].pk}/delete/"
    assert staff(VIEW, CHANGE).post(url, {"post": "yes"}).status_code == 403
    assert catalogue() == before


def test_who_may_only_look_changes_nothing(staff: Staff, plans: dict[str, Plan]) -> None:
    browser = staff(VIEW)
    before = catalogue()
    price = plans["house"].prices.first()
    page = browser.get(f"{PLANS}{plans['house'].pk}/change/").content.decode()
    assert "49.00 EUR" in browser.get(PLANS).content.decode()
    assert 'name="_save"' not in page
    for path in (
        f"{PLANS}add/",
        f"{PLANS}{plans['house'].pk}/change/",
        f"/admin/services/planprice/{price.pk}/change/",
    ):
        assert browser.post(path, {"name": "Mine"}).status_code == 403
    assert catalogue() == before


def test_the_key_never_changes(staff: Staff, plans: dict[str, Plan]) -> None:
    values = {
        "name": "House", "key": "home", "is_addon": "on", "position": "49",
        **rows("prices"), **rows("limits"),
    }  # fmt: skip
    assert staff().post(f"{PLANS}{plans['house'].pk}/change/", values).status_code == 302
    plan = Plan.objects.get(pk=plans["house"].pk)
    assert (plan.key, plan.is_addon) == ("house", False)


def test_who_may_not_look_sees_nothing(staff: Staff) -> None:
    assert staff("tenants.view_tenant").get(PLANS).status_code == 403
