"""Whoever changes the plan pays for what was used above the limits until then."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from backend.billing.models import Invoice
from backend.billing.tests.runs import at, done, lines_of
from backend.billing.tests.subscriptions import again, everything, on, subscribed
from backend.billing.tests.test_change_plan import change, preview
from backend.billing.tests.test_usage_charged import counted, dearer_above
from backend.common.tenancy import owner_scope
from backend.conftest import Api, House
from backend.services.models import Plan

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seller")]


@pytest.fixture
def owner(aurora: House, visit: Callable[..., Api]) -> Api:
    return visit(aurora.person("owner"), aurora.tenant)


@pytest.fixture(autouse=True)
def metered(plans: dict[str, Plan]) -> None:
    """House has 490 customers; each above them costs 31 cents a month, or a year."""
    dearer_above(plans["house"], "customers", 31)


def newest_lines(house: House) -> list[tuple[str, int]]:
    with owner_scope():
        return lines_of(Invoice.objects.for_tenant(house.tenant.pk).latest("pk"))


def test_a_year_charges_the_month_that_it_ends(aurora: House, owner: Api) -> None:
    service = subscribed(aurora)
    with owner_scope():
        counted(aurora, "2026-03-05", 500)
        counted(aurora, "2026-03-10", 494)
        counted(aurora, "2026-03-11", 900)  # the year's first day
    with on("2026-03-11"):
        quote = preview(owner, service, "house", "year").json()
        reply = change(owner, service, "house", "year", total_minor=quote["total_minor"])

    # 10 of 31 days: 10 cents each, of the 10 that were above.
    used = ("House, customers above those included, 1 Mar 2026 to 10 Mar 2026", 100)
    assert newest_lines(aurora)[0] == used
    assert quote["overage_minor"] == 100
    assert quote["difference_minor"] == 49000 - quote["unused_minor"] + 100
    assert reply.json()["invoice"]["total_minor"] == quote["total_minor"]


def test_the_year_charges_its_own_days_when_it_is_over(aurora: House, owner: Api) -> None:
    service = subscribed(aurora)
    with owner_scope():
        counted(aurora, "2026-03-05", 500)
        counted(aurora, "2026-03-11", 491)
    with on("2026-03-11"):
        change(owner, service, "house", "year")
    with at("2027-03-11"), owner_scope():
        done("renewals")
    used = ("House, customers above those included, 11 Mar 2026 to 10 Mar 2027", 31)
    assert newest_lines(aurora)[0] == used


@pytest.mark.parametrize("day", ["2026-03-01", "2026-03-17"])
def test_nothing_above_costs_nothing(aurora: House, owner: Api, day: str) -> None:
    service = subscribed(aurora)
    with owner_scope():
        counted(aurora, "2026-03-01", 490)
        counted(aurora, "2026-02-28", 9000)
    with on(day):
        quote = preview(owner, service, "house", "year").json()
    assert quote["overage_minor"] == 0
    assert quote["difference_minor"] == 49000 - quote["unused_minor"]


def test_a_dearer_plan_leaves_it_to_the_periods_end(aurora: House, owner: Api) -> None:
    service = subscribed(aurora)
    with owner_scope():
        counted(aurora, "2026-03-05", 500)
    with on("2026-03-11"):
        assert preview(owner, service, "group").json()["overage_minor"] == 0


@pytest.mark.parametrize(
    ("plan", "interval", "price"), [("group", "month", 12900), ("house", "year", 49000)]
)
def test_a_period_that_is_over_is_settled_first(
    aurora: House, owner: Api, plan: str, interval: str, price: int
) -> None:
    """By the terms that it had; the run that does it brings the new ones."""
    service = subscribed(aurora)
    with owner_scope():
        counted(aurora, "2026-03-05", 500)
    with on("2026-04-01"):
        quote = preview(owner, service, plan, interval).json()
        reply = change(owner, service, plan, interval).json()
        before = everything(aurora)["Invoice"]
        with owner_scope():
            done("renewals")
            assert done("renewals") == []

    assert (quote["takes_effect"], quote["effective_on"]) == ("period-end", "2026-04-01")
    assert reply["invoice"] is None
    assert reply["service"]["planned"]["effective_on"] == "2026-04-01"
    assert len(everything(aurora)["Invoice"]) == len(before) + 1
    assert [net for _, net in newest_lines(aurora)] == [310, price]
    assert again(service).amount_minor == price
