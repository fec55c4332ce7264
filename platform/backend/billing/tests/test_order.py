"""Subscribing: a service that waits for its first invoice to be paid."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
import time_machine
from django.utils import timezone

from backend.billing.models import Invoice, InvoiceLine, Seller
from backend.billing.tests.cast import make_plan, transfer
from backend.billing.tests.subscriptions import again, events, everything, on, order, pay_all
from backend.common.tenancy import owner_scope
from backend.conftest import Api, House
from backend.services.models import Plan, Service

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seller", "plans")]
PATH = "services/"
BODY = {"plan": "house", "interval": "month"}


@pytest.fixture
def owner(aurora: House, visit: Callable[..., Api]) -> Api:
    return visit(aurora.person("owner"), aurora.tenant)


def test_it_waits_for_its_first_invoice(aurora: House, owner: Api) -> None:
    reply = owner.post(PATH, BODY).json()

    service, invoice = reply["service"], reply["invoice"]
    assert (service["state"], service["period_start"]) == ("pending", None)
    assert (invoice["state"], invoice["total_minor"], invoice["currency"]) == ("open", 5880, "EUR")
    assert service["open_invoice"]["id"] == invoice["id"]
    assert service["can"] == ["cancel"]
    with owner_scope():
        (line,) = InvoiceLine.objects.filter(invoice_id=invoice["id"])
    assert (line.description, line.unit) == ("House, first month from its beginning", "MON")
    assert events(aurora, "service.order") == [
        {"interval": "month", "amount_minor": 4900, "currency": "EUR"}
    ]


def test_it_begins_on_the_day_it_is_paid_where_the_tenant_is(aurora: House) -> None:
    aurora.tenant.time_zone = "Europe/Rome"
    aurora.tenant.save()
    service = order(aurora)
    # In Rome it is the first of April already.
    with time_machine.travel("2026-03-31T22:30:00Z", tick=False):
        pay_all(aurora)

    service = again(service)
    assert service.state == "active"
    assert (service.period_start, service.period_end) == (date(2026, 4, 1), date(2026, 5, 1))


def test_credit_pays_at_once(aurora: House, owner: Api) -> None:
    with owner_scope():
        transfer(aurora, 6000)

    reply = owner.post(PATH, BODY).json()

    assert (reply["service"]["state"], reply["invoice"]["state"]) == ("active", "paid")
    assert (reply["invoice"]["due_minor"], reply["service"]["open_invoice"]) == (0, None)


def test_what_costs_nothing_begins_at_once(owner: Api) -> None:
    make_plan("free", "Free", 0)

    reply = owner.post(PATH, {"plan": "free", "interval": "year"}).json()

    assert (reply["service"]["state"], reply["invoice"]) == ("active", None)
    assert not Invoice.objects.exists()


def test_a_year_is_a_price_of_its_own(owner: Api) -> None:
    reply = owner.post(PATH, {"plan": "house", "interval": "year"}).json()

    assert (reply["service"]["amount_minor"], reply["invoice"]["total_minor"]) == (49000, 58800)


def test_prices_are_in_the_tenants_currency(bluefin: House, visit: Callable[..., Api]) -> None:
    reply = visit(bluefin.person("owner"), bluefin.tenant).post(PATH, BODY).json()

    # From outside the EU: no tax of the seller's.
    assert (reply["service"]["currency"], reply["invoice"]["total_minor"]) == ("GBP", 4900)


def test_the_price_is_kept(aurora: House, plans: dict[str, Plan]) -> None:
    service = order(aurora)
    plans["house"].prices.update(amount_minor=1)
    Plan.objects.filter(key="house").update(name="Maison")

    service = again(service)
    assert (service.amount_minor, str(service)) == (4900, "House")


@pytest.mark.parametrize(
    ("plan", "interval", "status", "code"),
    [
        ("house", "month", 409, "already-subscribed"),
        ("starter", "year", 409, "already-subscribed"),
        ("palace", "month", 404, "plan-not-found"),
        ("gone", "month", 404, "plan-not-found"),
        ("pounds", "month", 404, "plan-not-found"),
        ("house", "week", 400, "invalid"),
        ("", "month", 400, "invalid"),
    ],
)
def test_what_is_refused_leaves_nothing_behind(
    aurora: House, owner: Api, plan: str, interval: str, status: int, code: str
) -> None:
    order(aurora, "starter")
    make_plan("gone", "Gone", 100)
    Plan.objects.filter(key="gone").update(withdrawn_at=timezone.now())
    make_plan("pounds", "Pounds", 100).prices.filter(currency="EUR").delete()
    before = everything(aurora)

    response = owner.post(PATH, {"plan": plan, "interval": interval})

    assert (response.status_code, response.json()["code"]) == (status, code)
    assert everything(aurora) == before


def test_an_add_on_comes_on_top_of_a_plan(aurora: House, owner: Api) -> None:
    addon = {"plan": "extra-people", "interval": "month"}
    refused = owner.post(PATH, addon)
    assert (refused.status_code, refused.json()["code"]) == (409, "plan-needed")
    assert not Service.objects.exists()
    order(aurora)

    assert owner.post(PATH, addon).status_code == 201
    assert owner.post(PATH, addon).json()["code"] == "already-subscribed"
    assert Service.objects.count() == 2


def test_nothing_is_sold_before_staff_say_who_sells(aurora: House, owner: Api) -> None:
    Seller.objects.all().delete()

    response = owner.post(PATH, BODY)

    assert (response.status_code, response.json()["code"]) == (409, "seller-missing")
    assert everything(aurora)["Service"] == []


def test_pressing_twice_orders_once(owner: Api) -> None:
    first, second = (owner.post(PATH, BODY, idempotency_key="k1") for _ in range(2))

    assert first.json() == second.json()
    assert Invoice.objects.count() == 1


def test_after_it_has_ended_one_can_come_back(aurora: House, owner: Api) -> None:
    with on("2026-03-01"):
        service = order(aurora)
    assert owner.post(f"services/{service.pk}/cancellation/", {"at": "now"}).status_code == 200

    assert owner.post(PATH, BODY).status_code == 201
