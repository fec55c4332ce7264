"""Who pays while the run comes to it is neither reminded nor suspended."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from backend.billing.models import Account, Invoice, OverdueSuspension, Reminder
from backend.billing.runs.batches import Outcome
from backend.billing.tests.cast import make_plans, make_seller, transfer
from backend.billing.tests.runs import active, at, done
from backend.conftest import make_house
from backend.services.models import Service
from backend.tenants.models import Tenant


def wait_for_a_lock() -> None:
    """Until another connection to this database waits for one."""
    deadline = time.monotonic() + 20
    waiting = (
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            # Within a transaction the first look would be kept.
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(waiting)
            if cursor.fetchone()[0]:
                return
        time.sleep(0.02)
    raise AssertionError("Nobody waits.")


def run_in_a_thread(step: str) -> list[Outcome]:
    try:
        return done(step)
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("step", ["past-due", "reminders", "suspensions"])
def test_it_waits_for_a_payment_that_is_under_way(step: str) -> None:
    make_seller()
    make_plans()
    house = make_house("aurora", "Trattoria Aurora", "IT", "EUR")
    with at("2026-01-01"):
        active(house)
    with at("2026-02-01"):
        done("renewals")
    invoice = Invoice.objects.get()
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Account.lock(house.tenant.pk, "EUR")
            run = pool.submit(run_in_a_thread, step)
            wait_for_a_lock()
            transfer(house, invoice.total_minor)
        assert run.result(timeout=30) == []
    assert not Reminder.objects.exists()
    assert not OverdueSuspension.objects.exists()
    assert Service.objects.get().state == "active"
    assert Tenant.objects.get(pk=house.tenant.pk).state == "active"
