"""The demo's year: made by the workflows, dated as they would have been, and told to nobody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from backend.audit.models import AuditEvent
from backend.billing import demo, jobs
from backend.billing.amounts import AccountFacts
from backend.billing.models import (
    Account,
    CreditNote,
    Entry,
    GatewayEvent,
    Invoice,
    Payment,
    Refund,
    Reminder,
    Seller,
)
from backend.billing.replay.replay import replay
from backend.common.actor import Actor
from backend.common.money import DIGITS
from backend.conftest import House
from backend.services import demo as plans
from backend.services.models import Interval, Plan, PlanOverage, PlanPrice, Service
from backend.tenants.countries import CURRENCIES
from backend.tenants.models import Tenant

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("restaurants")]
DAY = timedelta(days=1)
MODELS = (
    Seller, Plan, PlanPrice, PlanOverage, Service, Invoice, CreditNote, Payment, Refund, Entry,
    Account, GatewayEvent, Reminder, AuditEvent, ProcrastinateJob,
)  # fmt: skip


@pytest.fixture
def restaurants(aurora: House, bluefin: House) -> None:
    """As the whole demo makes them, without all their guests."""
    aurora.tenant.vat_id = "IT12345670587"
    aurora.tenant.save()


def load() -> list[str]:
    said: list[str] = []
    plans.load(said.append)
    demo.load(said.append)
    return said


def contents() -> dict[str, list[Any]]:
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in MODELS}


def account(slug: str) -> AccountFacts:
    return Account.objects.get(tenant__slug=slug).facts


def test_every_tenant_can_have_every_plan() -> None:
    load()
    sold = Plan.objects.exclude(key="trial")
    assert {plan.key for plan in sold} == {"starter", "house", "group", "extra-people"}
    for plan in sold:
        found = set(plan.prices.values_list("currency", "interval"))
        assert found == {(code, each) for code in CURRENCIES for each in Interval.values}
    dear = PlanPrice.objects.get(plan__key="house", currency="ISK", interval="month")
    assert dear.amount_minor == 7490
    year = PlanPrice.objects.get(plan__key="house", currency="EUR", interval="year")
    assert (year.amount_minor, year.overages.get().unit_amount_minor) == (49000, 3000)
    assert not PlanPrice.objects.exclude(currency__in=DIGITS).exists()


def test_aurora_has_been_there_for_a_year() -> None:
    load()
    invoices = Invoice.objects.filter(tenant__slug="aurora").order_by("pk")
    assert [invoice.state for invoice in invoices] == [*["paid"] * 13, "open", "open"]
    training, newest = list(invoices)[-2:]
    today = Seller.get().today()
    assert training.due_on < today <= newest.due_on
    assert training.reminders.get().level == 1
    # House and the add-on that came later, on one invoice.
    assert newest.total_minor == 4900 + 900
    assert newest.tax_category == "AE"
    note = CreditNote.objects.get()
    assert (note.net_minor, note.invoice.state) == (500, "paid")
    after = invoices.filter(pk__gt=note.invoice.pk).first()
    assert after.allocations.filter(payment=None, credit_note=None).get().amount_minor == 500
    assert account("aurora").due_minor == training.total_minor + newest.total_minor
    assert account("aurora").credit_minor == 0
    methods = Payment.objects.filter(tenant__slug="aurora").values_list("method", "state")
    assert {method for method, state in methods if state == "confirmed"} == {"card", "transfer"}
    assert [method for method, state in methods if state == "failed"] == ["card"]
    services = Service.objects.filter(tenant__slug="aurora")
    assert {service.period_end for service in services} == {services[0].period_end}
    assert {service.state for service in services} == {"active"}


def test_bluefin_paid_too_much_for_its_year() -> None:
    load()
    invoice = Invoice.objects.get(tenant__slug="bluefin")
    assert (invoice.state, invoice.currency, invoice.tax_category) == ("paid", "GBP", "O")
    assert (invoice.total_minor, invoice.tax_minor) == (129000, 0)
    assert account("bluefin").credit_minor == 6000 - 2500
    assert Refund.objects.get().state == "confirmed"


@pytest.mark.parametrize("today", ["2026-11-21", "2027-01-03", "2028-02-29", "2027-03-31"])
def test_numbers_are_in_the_order_of_their_dates(today: str) -> None:
    with time_machine.travel(datetime.fromisoformat(today).replace(hour=6, tzinfo=UTC)):
        load()
        now = timezone.now()
        # Of both tenants together.
        found = list(Invoice.objects.order_by("issued_on__year", "sequence"))
        assert [invoice.issued_at for invoice in found] == sorted(
            invoice.issued_at for invoice in found
        )
        assert len(found) == 16
        by_year: dict[int, list[int]] = {}
        for invoice in found:
            assert now - 400 * DAY < invoice.issued_at < now
            by_year.setdefault(invoice.issued_on.year, []).append(invoice.sequence)
        for numbers in by_year.values():
            assert numbers == list(range(1, len(numbers) + 1))


def test_what_happened_then_is_of_then() -> None:
    load()
    order = AuditEvent.objects.filter(action="service.order").earliest("pk")
    first = Invoice.objects.earliest("pk")
    issue = first.transitions.get(to_state="open")
    assert timezone.now() - first.created_at > 365 * DAY
    assert first.created_at - order.created_at < timedelta(minutes=1)
    assert abs(issue.changed_at - first.issued_at) < timedelta(minutes=1)
    keys = list(Invoice.objects.order_by("pk").values_list("created_at", flat=True))
    assert keys == sorted(keys)
    late = Entry.objects.filter(booked_at__gt=timezone.now() - DAY)
    assert not late.exists()


def test_nobody_is_written_to_and_documents_are_made() -> None:
    load()
    tasks = ProcrastinateJob.objects.values_list("task_name", flat=True)
    assert not jobs.MAILS & set(tasks)
    documents = Invoice.objects.count() + CreditNote.objects.count()
    assert list(tasks).count(jobs.MAKE_DOCUMENT) == documents


def test_the_replay_finds_no_difference() -> None:
    load()
    assert list(replay()) == []


def test_a_second_time_makes_nothing() -> None:
    load()
    before = contents()
    assert load() == []
    assert contents() == before


def test_what_somebody_decided_stays() -> None:
    load()
    Plan.objects.filter(key="starter").update(name="Small", withdrawn_at=timezone.now())
    Seller.objects.update(name="Another company")
    before = contents()
    load()
    assert contents() == before


def test_no_past_is_made_once_there_is_a_present(aurora: House) -> None:
    """Numbers given later would be of earlier days."""
    Tenant.objects.filter(slug="aurora").update(slug="elsewhere")
    assert load()[-1] == "  a year of invoices of Blue Fin Sushi"
    Tenant.objects.filter(slug="elsewhere").update(slug="aurora")
    assert load() == []
    assert not Invoice.objects.filter(tenant=aurora.tenant).exists()


def test_who_isnt_open_has_no_past(aurora: House, bluefin: House) -> None:
    for house in (aurora, bluefin):
        house.tenant.suspend(by=Actor.system(), reason="Unpaid")
    assert load()[-1] == "Seller Tavola Betriebs GmbH"
    assert not Invoice.objects.exists()
