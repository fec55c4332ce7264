"""The start page's figures of money: exact, for who may see them, at a cost that doesn't grow."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from backend.billing.models import GatewayEvent, Seller
from backend.billing.tests.cast import SYSTEM, issued, line, make_plans, make_seller, transfer
from backend.billing.workflows.order_service import order_service
from backend.billing.workflows.refund_payment import begin_refund
from backend.billing.workflows.take_payment import announce_payment, fail_payment
from backend.common import clock
from backend.conftest import House
from backend.operations.staff_admin.booked import forget
from backend.tenants.days import today_of

Staff = Callable[..., Client]
pytestmark = pytest.mark.django_db
ALL = (
    "services.view_service", "billing.view_invoice", "billing.view_payment", "billing.view_entry",
    "billing.view_refund", "billing.view_gatewayevent", "billing.add_seller",
)  # fmt: skip
PAYMENTS = "/admin/billing/payment/?"


@pytest.fixture
def seller(db: None) -> Seller:
    return make_seller()


@pytest.fixture(autouse=True)
def _nothing_is_known() -> None:
    forget()


def figures(page: Any) -> dict[str, tuple[str, tuple[str, ...]]]:
    return {each.title: (each.value, each.notes) for each in page.context["figures"]}


def attention(page: Any) -> dict[str, str]:
    return {each.address: each.text for each in page.context["attention"]}


def ago(**time: int) -> Any:
    return clock.at(timezone.now() - timedelta(**time))


def subscribe(house: House, plan: str, interval: str) -> None:
    service, _ = order_service(house.tenant, plan, interval, by=SYSTEM)
    service.activate(today_of(house.tenant), by=SYSTEM)


def test_what_recurs_is_by_the_month_and_in_its_currency(
    staff: Staff, aurora: House, bluefin: House, seller: Seller
) -> None:
    make_plans()
    subscribe(aurora, "house", "year")
    subscribe(aurora, "extra-people", "month")
    subscribe(bluefin, "starter", "month")
    order_service(bluefin.tenant, "extra-people", "month", by=SYSTEM)
    page = staff("services.view_service").get("/admin/")
    # 490.00 a year and 9.00 a month; what is pending isn't earned yet.
    assert figures(page) == {
        "Recurring a month": ("49.83 EUR", ("19.00 GBP", "3 services")),
    }


def test_what_is_open_and_overdue(
    staff: Staff, aurora: House, bluefin: House, seller: Seller
) -> None:
    with ago(days=15):
        issued(aurora, line(10000))
        issued(aurora, line(5000))
        transfer(aurora, 12500)
        paid = issued(bluefin, line(700))
        transfer(bluefin, paid.total_minor)
    issued(aurora, line(100))
    issued(bluefin, line(4000))
    page = staff("billing.view_invoice").get("/admin/")
    # 120 + 60 + 1.20 less 125 of them; Blue Fin isn't charged tax.
    assert figures(page) == {
        "Open invoices": ("56.20 EUR", ("40.00 GBP", "overdue 55.00 EUR")),
    }


def test_nothing_is_said_too(staff: Staff, aurora: House, seller: Seller) -> None:
    browser = staff("billing.view_invoice", "services.view_service", "billing.view_payment")
    assert figures(browser.get("/admin/")) == {
        "Recurring a month": ("0", ("0 services",)),
        "Open invoices": ("0", ("none overdue",)),
        "Paid this month": ("0", (f"since 1 {seller.today():%B}",)),
    }


def test_the_year_month_by_month(
    staff: Staff, aurora: House, bluefin: House, seller: Seller
) -> None:
    today = seller.today()
    first = today.replace(day=1)

    def months_ago(number: int) -> date:
        index = first.year * 12 + first.month - 1 - number
        return date(index // 12, index % 12 + 1, 1)

    def on(day: date) -> Any:
        return clock.at(datetime(day.year, day.month, 15, 12, tzinfo=UTC))

    with on(months_ago(12)):
        issued(aurora, line(99900))
    with on(months_ago(11)):
        issued(aurora, line(10000))
    with on(months_ago(2)):
        transfer(aurora, 6000)
        issued(bluefin, line(2500))
        issued(bluefin, line(2500))
    transfer(bluefin, 1250)
    browser = staff("billing.view_entry", "billing.view_payment")
    page = browser.get("/admin/")

    euros, pounds = page.context["pair_charts"]
    assert (euros.key, pounds.key) == ("money-EUR", "money-GBP")
    assert [month.day for month in euros.pairs] == [months_ago(each) for each in range(11, -1, -1)]
    assert euros.pairs[0].spoken.endswith(": 120.00 EUR invoiced, 0.00 EUR paid")
    assert (euros.pairs[0].first_height, euros.pairs[0].first_top) == (100, 0)
    assert euros.pairs[-3].spoken.endswith(", 60.00 EUR paid")
    assert (euros.pairs[-3].second_height, euros.pairs[-3].second_top) == (50, 50)
    assert pounds.pairs[-3].first_height == 100
    assert pounds.pairs[-1].spoken.endswith(", 12.50 GBP paid")
    assert pounds.pairs[-1].second_height == 25
    spoken = f"{months_ago(2):%B %Y}: 50.00 GBP invoiced, 0.00 GBP paid"
    assert spoken in page.content.decode()
    assert figures(page)["Paid this month"] == ("12.50 GBP", (f"since {first:%-d %B}",))


def test_a_month_that_is_over_is_read_once(staff: Staff, aurora: House, seller: Seller) -> None:
    with ago(days=100):
        issued(aurora)
    browser = staff("billing.view_entry")

    def seen() -> tuple[list[str], str]:
        with CaptureQueriesContext(connection) as captured:
            [chart] = browser.get("/admin/").context["pair_charts"]
        [query] = [each["sql"] for each in captured if "billing_entry" in each["sql"]]
        invoiced = [month.spoken.partition(": ")[2].split(" inv")[0] for month in chart.pairs]
        return invoiced, query

    whole, first_query = seen()
    assert whole.count("120.00 EUR") == 1
    issued(aurora, line(100))
    again, second_query = seen()
    # The same year, of which only the end was looked at.
    assert again == [*whole[:-1], "1.20 EUR"]
    assert first_query != second_query


def test_what_needs_attention(staff: Staff, aurora: House, bluefin: House, seller: Seller) -> None:
    with ago(days=14 + 24):
        issued(aurora)
    with ago(days=8):
        invoice = issued(bluefin)
        announce_payment(bluefin.tenant.pk, [invoice], "transfer", by=SYSTEM)
        announce_payment(bluefin.tenant.pk, [invoice], "card", by=SYSTEM)
        old = announce_payment(bluefin.tenant.pk, [invoice], "card", by=SYSTEM)
        fail_payment(old, by=SYSTEM, failure="card-declined")
    for _ in range(2):
        payment = announce_payment(bluefin.tenant.pk, [invoice], "card", by=SYSTEM)
        fail_payment(payment, by=SYSTEM, failure="card-declined")
    left = announce_payment(bluefin.tenant.pk, [invoice], "card", by=SYSTEM)
    fail_payment(left, by=SYSTEM, failure="expired")
    begin_refund(transfer(bluefin, 50000), 100, by=SYSTEM, reason="Paid twice")
    GatewayEvent.objects.create(method="stripe", event_id="1", kind="x", outcome="confirmed")
    GatewayEvent.objects.create(method="stripe", event_id="2", kind="x", outcome="unknown-payment")

    assert attention(staff(*ALL).get("/admin/")) == {
        "/admin/billing/invoice/?overdue=suspends": "An invoice is overdue beyond the suspension",
        f"{PAYMENTS}late=yes": "A transfer has been expected for more than 7 days",
        f"{PAYMENTS}state__exact=failed": "2 payments of the last 7 days have failed",
        "/admin/billing/refund/?state__exact=pending&payment__method__exact=transfer": (
            "A refund is to be sent by transfer"
        ),
        "/admin/billing/gatewayevent/": "A gateway told of money that isn’t booked",
    }


def test_the_lists_behind_it_show_what_was_counted(
    staff: Staff, aurora: House, seller: Seller
) -> None:
    begin_refund(transfer(aurora, 500), 100, by=SYSTEM, reason="Paid twice")
    browser = staff()
    [address] = [each for each in attention(browser.get("/admin/")) if "refund" in each]
    assert len(browser.get(address).context["cl"].result_list) == 1


def test_without_a_seller_that_comes_first(staff: Staff, aurora: House) -> None:
    page = staff(*ALL).get("/admin/")
    assert attention(page) == {
        "/admin/billing/seller/add/": "Nothing can be invoiced: say who sells"
    }
    assert figures(page)["Open invoices"] == ("0", ("none overdue",))


@pytest.mark.parametrize("missing", ALL)
def test_each_is_for_who_may_see_it(
    staff: Staff, aurora: House, missing: str, seller: Seller
) -> None:
    make_plans()
    with ago(days=40):
        issued(aurora)
        subscribe(aurora, "house", "month")
        announce_payment(aurora.tenant.pk, [issued(aurora)], "transfer", by=SYSTEM)
    transfer(aurora, 100)
    GatewayEvent.objects.create(method="stripe", event_id="2", kind="x", outcome="unknown-refund")

    def shown(*permissions: str) -> set[str]:
        page = staff(*permissions).get("/admin/")
        charts = {chart.key.removeprefix("money-") for chart in page.context["pair_charts"]}
        return {*figures(page), *attention(page).values(), *charts}

    hidden = shown(*ALL) - shown(*(each for each in ALL if each != missing))
    assert hidden == {
        "services.view_service": {"Recurring a month"},
        "billing.view_invoice": {
            "Open invoices", "3 invoices are overdue beyond the suspension",
        },
        "billing.view_payment": {
            "Paid this month", "A transfer has been expected for more than 7 days",
        },
        "billing.view_entry": {"EUR"},
        "billing.view_gatewayevent": {"A gateway told of money that isn’t booked"},
    }.get(missing, set())  # fmt: skip


def test_it_costs_the_same_however_much_there_is(
    staff: Staff, aurora: House, bluefin: House, seller: Seller
) -> None:
    make_plans()
    browser = staff(*ALL)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            browser.get("/admin/")
        return len(captured)

    subscribe(aurora, "house", "month")
    few = queries()
    subscribe(bluefin, "house", "year")
    for _ in range(3):
        issued(bluefin)
        transfer(aurora, 100)
    assert queries() == few
