"""What is paid for above a limit is counted once a day, at its end where the tenant is."""

from __future__ import annotations

from typing import Any

import pytest

from backend.billing.tests.cast import SYSTEM
from backend.billing.tests.runs import active, at, done
from backend.conftest import House
from backend.crm.models import Customer
from backend.services.models import Plan, UsageRecord
from backend.tenants.models import Tenant

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seller")]


@pytest.fixture
def priced(plans: dict[str, Plan]) -> dict[str, Plan]:
    """The plan House charges customers and people above its limits."""
    for price in plans["house"].prices.all():
        price.overages.create(name="customers", unit_amount_minor=2)
        price.overages.create(name="members", unit_amount_minor=500)
    return plans


def records() -> list[tuple[str, str, str, int]]:
    rows = UsageRecord.objects.order_by("tenant__slug", "day", "name")
    return [
        (str(row.tenant.slug), row.name, str(row.day), row.value)
        for row in rows.select_related("tenant")
    ]


def test_yesterday_is_counted_once(priced: Any, aurora: House, bluefin: House) -> None:
    with at("2027-01-01"):
        active(aurora)
        active(bluefin, "starter")
    Customer.objects.create(tenant=aurora.tenant, name="Anna")
    Customer.objects.create(tenant=bluefin.tenant, name="Ben")
    with at("2027-01-06 00:04"):
        [outcome] = done("usage")
        assert outcome.told == (
            "Customers on 2027-01-05: 1",
            "Members on 2027-01-05: 4",
        )
        Customer.objects.create(tenant=aurora.tenant, name="Carla")
        assert done("usage") == []
    with at("2027-01-07 09:00"):
        done("usage")
    assert records() == [
        ("aurora", "customers", "2027-01-05", 1),
        ("aurora", "members", "2027-01-05", 4),
        ("aurora", "customers", "2027-01-06", 2),
        ("aurora", "members", "2027-01-06", 4),
    ]


def test_the_day_ends_where_the_tenant_is(priced: Any, aurora: House) -> None:
    Tenant.objects.update(time_zone="Pacific/Auckland")
    with at("2027-01-01"):
        active(aurora)
    with at("2027-01-05 10:59"):
        done("usage")
    with at("2027-01-05 11:00"):
        done("usage")
    assert {day for _, _, day, _ in records()} == {"2027-01-04", "2027-01-05"}


def test_nothing_is_counted_for_who_pays_for_nothing_more(
    priced: Any, aurora: House, bluefin: House
) -> None:
    with at("2027-01-01"):
        active(aurora, "group")
        active(bluefin)
        bluefin.tenant.archive(by=SYSTEM, reason="Closed")
    with at("2027-01-06"):
        assert done("usage") == []
    assert records() == []


def test_a_dry_run_counts_and_keeps_nothing(priced: Any, aurora: House) -> None:
    with at("2027-01-01"):
        active(aurora)
    with at("2027-01-06"):
        assert len(done("usage", dry_run=True)) == 1
        assert records() == []


def test_many_are_counted_in_as_many_statements_as_one(
    priced: Any, aurora: House, bluefin: House, django_assert_max_num_queries: Any
) -> None:
    with at("2027-01-01"):
        active(aurora)
        active(bluefin)
    with at("2027-01-06"), django_assert_max_num_queries(12):
        assert len(done("usage")) == 2
