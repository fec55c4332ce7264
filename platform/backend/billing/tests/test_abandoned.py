"""Payments that were begun and left: the run gives them up, and nothing is lost by it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction

from backend.audit.models import AuditEvent
from backend.billing import jobs
from backend.billing.gateways.sandbox import Card, event_of, notification_of
from backend.billing.mails.about_money import payment_failed_letter
from backend.billing.models import Account, Invoice, Payment
from backend.billing.models.money import Method
from backend.billing.tests.cast import SYSTEM, issued, make_seller
from backend.billing.tests.runs import at, done
from backend.billing.tests.test_run_beside_payment import run_in_a_thread, wait_for_a_lock
from backend.billing.tests.world import books, queued
from backend.billing.workflows.receive_notification import receive_notification
from backend.billing.workflows.take_payment import announce_payment, confirm_payment
from backend.conftest import House, make_house

seller = pytest.mark.usefixtures("seller")


def begun(house: House, method: str, **details: Any) -> Payment:
    """Of an invoice of 120.00 on 1 January at noon."""
    with at("2027-01-01"):
        invoice = issued(house)
        return announce_payment(house.tenant.pk, [invoice], method, by=SYSTEM, details=details)


def state_of(payment: Payment) -> tuple[str, str]:
    payment.refresh_from_db()
    return payment.state, payment.failure


@seller
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("method", "waits_until", "given_up"),
    [
        ("card", "2027-01-02 12:00", "2027-01-02 12:01"),
        ("stripe", "2027-01-05 12:00", "2027-01-05 12:01"),
    ],
)
def test_it_is_waited_for_and_then_given_up(
    aurora: House, bluefin: House, method: str, waits_until: str, given_up: str
) -> None:
    payment = begun(aurora, method)
    with at(waits_until):
        assert done("payments") == []
    assert state_of(payment) == ("pending", "")
    with at(given_up):
        other = announce_payment(bluefin.tenant.pk, [issued(bluefin)], method, by=SYSTEM)
        [outcome] = done("payments")
        assert done("payments") == []
    name = Method(method).label
    assert outcome.tenant == "aurora"
    assert outcome.told == (f"Payment {payment}: given up, 120.00 EUR by {name}",)
    assert state_of(payment) == ("failed", "expired")
    assert state_of(other) == ("pending", "")
    assert Invoice.objects.get(tenant=aurora.tenant).due_minor == 12000


@seller
@pytest.mark.django_db
def test_it_is_on_record_and_nobody_is_written_to(aurora: House) -> None:
    payment = begun(aurora, "card")
    with at("2027-01-03"):
        done("payments")
    assert payment.transitions.get().changed_by == SYSTEM.name
    event = AuditEvent.objects.get(action="payment.fail")
    assert (event.tenant_id, event.by_name) == (aurora.tenant.pk, SYSTEM.name)
    [job] = queued(jobs.MAIL_PAYMENT_FAILED)
    assert payment_failed_letter(Payment.objects.get(pk=job["payment_id"])) is None


@seller
@pytest.mark.django_db
@pytest.mark.parametrize(("method", "details"), [("transfer", {}), ("stripe", {"waiting": True})])
def test_what_is_on_its_way_is_waited_for(
    aurora: House, method: str, details: dict[str, Any]
) -> None:
    payment = begun(aurora, method, **details)
    with at("2027-03-01"):
        assert done("payments") == []
    assert state_of(payment) == ("pending", "")


@seller
@pytest.mark.django_db
def test_a_dry_run_says_so_and_keeps_nothing(
    aurora: House, capsys: pytest.CaptureFixture[str]
) -> None:
    payment = begun(aurora, "card")
    before = books(aurora)
    with at("2027-01-03"):
        call_command("billing_run", "--only", "payments", "--dry-run")
    said = capsys.readouterr().out
    name = Method.CARD.label
    assert f"payments aurora: Payment {payment}: given up, 120.00 EUR by {name}" in said
    assert "Payments given up: 1 tenants" in said
    assert books(aurora) == before
    assert queued(jobs.MAIL_PAYMENT_FAILED) == []


@seller
@pytest.mark.django_db
def test_money_that_comes_in_after_all_is_booked(aurora: House) -> None:
    payment = begun(aurora, "card")
    with at("2027-01-03"):
        done("payments")
        told = notification_of(event_of(payment, Card.LATE))
        assert receive_notification(told) == "booked-as-another"
    assert state_of(payment) == ("failed", "expired")
    assert Account.objects.get().paid_minor == 12000
    assert Invoice.objects.get().state == "paid"


@pytest.mark.django_db(transaction=True)
def test_who_pays_just_then_has_paid() -> None:
    make_seller()
    house = make_house("aurora", "Trattoria Aurora", "IT", "EUR")
    payment = begun(house, "card")
    with at("2027-01-03"), ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Account.lock(house.tenant.pk, "EUR")
            run = pool.submit(run_in_a_thread, "payments")
            wait_for_a_lock()
            confirm_payment(payment, by=SYSTEM, gateway_reference="ch_1")
        assert run.result(timeout=30) == []
    assert state_of(payment) == ("confirmed", "")
