"""What was above a limit is charged after the period, for the day that had most of it."""

from __future__ import annotations

from datetime import date

import pytest

from backend.billing.models import Invoice, InvoiceLine
from backend.billing.models.invoice import LineKind
from backend.billing.tests.cast import SYSTEM
from backend.billing.tests.runs import active, at, done, lines_of
from backend.billing.workflows.cancel_service import When as End
from backend.billing.workflows.cancel_service import cancel_service
from backend.conftest import House
from backend.services.models import Plan, ServiceChange, State, UsageRecord
from backend.services.models.service import Terms

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seller", "plans")]


def dearer_above(plan: Plan, limit: str, unit: int) -> None:
    for price in plan.prices.all():
        price.overages.create(name=limit, unit_amount_minor=unit)


def counted(house: House, day: str, value: int, name: str = "customers") -> None:
    UsageRecord.objects.create(
        tenant=house.tenant, name=name, day=date.fromisoformat(day), value=value
    )


def test_the_most_above_the_limit_is_charged_after_the_period(
    aurora: House, plans: dict[str, Plan]
) -> None:
    dearer_above(plans["house"], "customers", 7)
    with at("2027-01-10"):
        active(aurora)
    counted(aurora, "2027-01-09", 9000)  # the day before it began
    counted(aurora, "2027-01-10", 480)
    counted(aurora, "2027-02-03", 500)
    counted(aurora, "2027-02-09", 495)
    counted(aurora, "2027-02-10", 8000)  # the next period's
    with at("2027-02-10"):
        done("renewals")
    over, renewed = InvoiceLine.objects.order_by("position")
    # 490 are included.
    assert (over.kind, over.limit, over.quantity, over.net_minor) == (
        LineKind.OVERAGE,
        "customers",
        10,
        70,
    )
    assert (str(over.period_start), str(over.period_end)) == ("2027-01-10", "2027-02-10")
    assert over.description == "House, customers above those included, 10 Jan 2027 to 9 Feb 2027"
    assert renewed.net_minor == 4900


def test_each_missed_period_is_charged_for_its_own_days(
    aurora: House, plans: dict[str, Plan]
) -> None:
    dearer_above(plans["house"], "customers", 7)
    with at("2027-01-01"):
        active(aurora)
    counted(aurora, "2027-01-20", 500)
    counted(aurora, "2027-02-20", 491)
    with at("2027-03-01"):
        done("renewals")
    assert [net for _, net in lines_of(Invoice.objects.get())] == [70, 4900, 7, 4900]


def test_an_addon_adds_to_what_is_included_even_when_it_ends(
    aurora: House, plans: dict[str, Plan]
) -> None:
    dearer_above(plans["house"], "members", 100)
    with at("2027-01-01"):
        active(aurora)
        addon = active(aurora, "extra-people")
        cancel_service(aurora.tenant, addon.pk, at=End.PERIOD_END, by=SYSTEM)
    counted(aurora, "2027-01-20", 16, "members")  # the plan has 12, the add-on 3
    with at("2027-02-01"):
        done("renewals")
    assert lines_of(Invoice.objects.get())[0][1] == 100
    addon.refresh_from_db()
    assert addon.state == State.CANCELLED


def test_the_last_day_is_counted_before_it_is_charged(
    aurora: House, plans: dict[str, Plan]
) -> None:
    dearer_above(plans["starter"], "members", 100)
    with at("2027-01-01"):
        active(aurora, "starter")
    with at("2027-02-01 00:10"):
        done("renewals")
    record = UsageRecord.objects.get()
    assert (record.name, str(record.day), record.value) == ("members", "2027-01-31", 4)
    assert [net for _, net in lines_of(Invoice.objects.get())] == [100, 1900]


def test_the_last_period_is_charged_for_what_was_above_too(
    aurora: House, plans: dict[str, Plan]
) -> None:
    dearer_above(plans["house"], "customers", 7)
    with at("2027-01-01"):
        service = active(aurora)
        cancel_service(aurora.tenant, service.pk, at=End.PERIOD_END, by=SYSTEM)
    counted(aurora, "2027-01-31", 491)
    with at("2027-02-01"):
        done("renewals")
    assert [net for _, net in lines_of(Invoice.objects.get())] == [7]


def test_what_was_above_is_charged_by_the_terms_that_held_then(
    aurora: House, plans: dict[str, Plan]
) -> None:
    dearer_above(plans["house"], "customers", 7)
    with at("2027-01-01"):
        service = active(aurora)
        price = plans["starter"].prices.get(currency="EUR", interval="month")
        ServiceChange.decide(
            service, by=SYSTEM, effective_on=date(2027, 2, 1), terms=Terms.of(price)
        )
    counted(aurora, "2027-01-31", 491)
    with at("2027-02-01"):
        done("renewals")
    assert [net for _, net in lines_of(Invoice.objects.get())] == [7, 1900]
