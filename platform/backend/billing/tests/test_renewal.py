"""The run renews what is due, each period once, and asks for all of it on one invoice."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from backend.audit.models import AuditEvent
from backend.billing.models import Account, Invoice, InvoiceLine, NumberSeries
from backend.billing.models.numbers import Kind
from backend.billing.runs.renew import renew_services
from backend.billing.runs.when import When
from backend.billing.tests.cast import SYSTEM, transfer
from backend.billing.tests.runs import active, at, done, lines_of
from backend.billing.workflows.cancel_service import When as End
from backend.billing.workflows.cancel_service import cancel_service
from backend.common.tenancy import owner_scope
from backend.conftest import House
from backend.services.models import Plan, Service, ServiceChange, State
from backend.services.models.service import Terms
from backend.tenants.models import Tenant

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seller", "plans")]


# However many tenants and services there are.
QUERIES = 37


def period(service: Service) -> tuple[str, str]:
    service.refresh_from_db()
    return str(service.period_start), str(service.period_end)


def test_a_period_that_is_over_is_followed_by_the_next(aurora: House, bluefin: House) -> None:
    with at("2027-01-31"):
        service = active(aurora)
        active(bluefin, "starter", "year")
    with at("2027-02-27"):
        assert done("renewals") == []
    with at("2027-02-28"):
        [outcome] = done("renewals")
    assert period(service) == ("2027-02-28", "2027-03-31")
    invoice = Invoice.objects.get()
    assert invoice.tenant == aurora.tenant
    assert (invoice.state, invoice.net_minor, str(invoice.issued_on)) == (
        "open",
        4900,
        "2027-02-28",
    )
    assert lines_of(invoice) == [("House, 28 Feb 2027 to 30 Mar 2027", 4900)]
    assert outcome.tenant == "aurora"
    assert outcome.invoiced == {"EUR": invoice.total_minor}
    assert any(invoice.number in line for line in outcome.told)


def test_a_second_run_finds_nothing(aurora: House) -> None:
    with at("2027-01-01"):
        active(aurora)
    with at("2027-02-01"):
        assert len(done("renewals")) == 1
        assert done("renewals") == []
        # Not even if it had been told that there is something.
        with owner_scope():
            assert renew_services([aurora.tenant.pk], When(timezone.now())) == []
    assert Invoice.objects.count() == 1


def test_missed_periods_are_caught_up_on_one_invoice(aurora: House) -> None:
    with at("2027-01-31"):
        service = active(aurora)
        addon = active(aurora, "extra-people")
    with at("2027-04-15"):
        done("renewals")
    assert period(service) == ("2027-03-31", "2027-04-30")
    assert period(addon) == ("2027-03-31", "2027-04-30")
    [invoice] = Invoice.objects.all()
    days = InvoiceLine.objects.filter(service=service).order_by("position")
    assert [(str(line.period_start), str(line.period_end)) for line in days] == [
        ("2027-02-28", "2027-03-31"),
        ("2027-03-31", "2027-04-30"),
    ]
    # The plan before its add-ons.
    assert [net for _, net in lines_of(invoice)] == [4900, 4900, 900, 900]


def test_the_day_is_the_tenants_own(aurora: House, bluefin: House) -> None:
    Tenant.objects.filter(pk=aurora.tenant.pk).update(time_zone="Pacific/Auckland")
    Tenant.objects.filter(pk=bluefin.tenant.pk).update(time_zone="America/Los_Angeles")
    for house in (aurora, bluefin):
        house.tenant.refresh_from_db()
    with at("2027-01-01 12:00"):
        there, here = active(aurora), active(bluefin)
    assert (str(there.period_start), str(here.period_start)) == ("2027-01-02", "2027-01-01")
    with at("2027-02-01 10:59"):
        assert [outcome.tenant for outcome in done("renewals")] == ["bluefin"]
    with at("2027-02-01 11:00"):
        assert [outcome.tenant for outcome in done("renewals")] == ["aurora"]


def test_what_costs_nothing_goes_on_without_an_invoice(aurora: House, plans: Any) -> None:
    plans["starter"].prices.update(amount_minor=0)
    with at("2027-01-01"):
        service = active(aurora, "starter")
    with at("2027-02-01"):
        [outcome] = done("renewals")
    assert period(service) == ("2027-02-01", "2027-03-01")
    assert outcome.told == ("Starter: goes on until 2027-03-01, for nothing",)
    assert not Invoice.objects.exists()


def test_the_price_is_the_one_that_the_service_began_at(aurora: House, plans: Any) -> None:
    with at("2027-01-01"):
        active(aurora)
        plans["house"].prices.update(amount_minor=9900)
    with at("2027-02-01"):
        done("renewals")
    assert Invoice.objects.get().net_minor == 4900


def test_credit_is_used_for_it_at_once(aurora: House) -> None:
    with at("2027-01-01"):
        active(aurora)
        transfer(aurora, 10000)
    with at("2027-02-01"):
        done("renewals")
    assert Invoice.objects.get().state == "paid"
    assert Account.objects.get().facts.credit_minor == 10000 - 5880


def test_an_end_that_was_decided_takes_place_and_nothing_more_is_asked(aurora: House) -> None:
    with at("2027-01-01"):
        service, addon = active(aurora), active(aurora, "extra-people")
        cancel_service(aurora.tenant, service.pk, at=End.PERIOD_END, by=SYSTEM)
    with at("2027-02-01"):
        [outcome] = done("renewals")
        assert done("renewals") == []
    assert outcome.told == ("House: ends, as was decided",)
    # Its add-on was due too, and ended with it.
    for each in (service, addon):
        each.refresh_from_db()
        assert each.state == State.CANCELLED
    assert not Invoice.objects.exists()


def test_another_plan_that_was_decided_holds_from_the_next_period(
    aurora: House, plans: dict[str, Plan]
) -> None:
    with at("2027-01-01"):
        service = active(aurora)
        price = plans["starter"].prices.get(currency="EUR", interval="month")
        ServiceChange.decide(
            service, by=SYSTEM, effective_on=date(2027, 2, 1), terms=Terms.of(price)
        )
    with at("2027-03-01"):
        [outcome] = done("renewals")
    assert outcome.told[0] == "House: becomes Starter, as was decided"
    assert [net for _, net in lines_of(Invoice.objects.get())] == [1900, 1900]
    assert ServiceChange.objects.get().outcome == "done"
    assert period(service) == ("2027-03-01", "2027-04-01")


def test_time_stands_still_while_a_tenant_is_suspended(aurora: House) -> None:
    with at("2027-01-01"):
        service = active(aurora)
    with at("2027-01-20"):
        aurora.tenant.suspend(by=SYSTEM, reason="Closed for now")
    with at("2027-03-10"):
        assert done("renewals") == []
        aurora.tenant.reactivate(by=SYSTEM)
        done("renewals")
    # Neither the days without it are charged, nor is the month that it would have begun in.
    assert period(service) == ("2027-03-10", "2027-04-10")
    assert [net for _, net in lines_of(Invoice.objects.get())] == [4900]
    with at("2027-04-10"):
        done("renewals")
    assert period(service) == ("2027-04-10", "2027-05-10")


def test_a_suspension_within_a_period_changes_nothing(aurora: House) -> None:
    with at("2027-01-01"):
        service = active(aurora)
    with at("2027-01-10"):
        aurora.tenant.suspend(by=SYSTEM, reason="Closed for now")
    with at("2027-01-20"):
        aurora.tenant.reactivate(by=SYSTEM)
    with at("2027-02-03"):
        done("renewals")
    assert period(service) == ("2027-02-01", "2027-03-01")


def test_a_suspended_tenants_service_ends_when_that_was_decided(aurora: House) -> None:
    with at("2027-01-01"):
        service = active(aurora)
        cancel_service(aurora.tenant, service.pk, at=End.PERIOD_END, by=SYSTEM)
        aurora.tenant.suspend(by=SYSTEM, reason="Closed for now")
    with at("2027-02-01"):
        assert len(done("renewals")) == 1
    service.refresh_from_db()
    assert service.state == State.CANCELLED
    assert not Invoice.objects.exists()


def test_one_tenants_fault_does_not_stop_the_others(aurora: House, bluefin: House) -> None:
    with at("2027-01-01"):
        broken, sound = active(aurora), active(bluefin)
    Tenant.objects.filter(pk=aurora.tenant.pk).update(currency="CHF")
    with at("2027-02-01"):
        failed, renewed = sorted(done("renewals"), key=lambda outcome: not outcome.failure)
    assert failed.tenant == "aurora"
    assert failed.failure == "CurrencyDiffers: House is sold in EUR"
    assert renewed.tenant == "bluefin"
    assert period(broken) == ("2027-01-01", "2027-02-01")
    assert period(sound) == ("2027-02-01", "2027-03-01")
    assert Invoice.objects.get().tenant == bluefin.tenant
    # What was tried and taken back left no gap.
    assert NumberSeries.objects.get().last == 1


def test_a_dry_run_tells_the_same_and_keeps_nothing(aurora: House, bluefin: House) -> None:
    with at("2027-01-01"):
        service, _ = active(aurora), active(bluefin)
        cancel_service(bluefin.tenant, Service.objects.get(tenant=bluefin.tenant).pk,
                       at=End.PERIOD_END, by=SYSTEM)  # fmt: skip
    with at("2027-02-01"):
        events = AuditEvent.objects.count()
        preview = done("renewals", dry_run=True)
        assert period(service) == ("2027-01-01", "2027-02-01")
        assert not Invoice.objects.exists()
        assert not NumberSeries.objects.exists()
        assert AuditEvent.objects.count() == events
        assert done("renewals") == preview
    assert [outcome.tenant for outcome in preview] == ["aurora", "bluefin"]


def test_many_are_renewed_in_as_many_statements_as_one(
    aurora: House, bluefin: House, django_assert_num_queries: Any
) -> None:
    with at("2027-01-01"):
        active(aurora)
        active(bluefin)
        active(bluefin, "extra-people")
    with at("2027-02-01"), owner_scope():
        when = When(timezone.now())
        NumberSeries.take(Kind.INVOICE, 2027)
        with django_assert_num_queries(QUERIES):
            renew_services([aurora.tenant.pk], when)
        with django_assert_num_queries(QUERIES):
            renew_services([bluefin.tenant.pk], when)
