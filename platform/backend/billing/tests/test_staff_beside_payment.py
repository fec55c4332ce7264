"""Staff and a payment come to the same service, or tenant, at once: the payment is booked."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction

from backend.billing.models import Account, OverdueSuspension, Payment
from backend.billing.tests.cast import SYSTEM, issued, make_plans, make_seller, transfer
from backend.billing.tests.runs import ordered
from backend.billing.tests.test_run_beside_payment import wait_for_a_lock
from backend.billing.workflows.order_service import activate_unpaid
from backend.conftest import House, make_house
from backend.services.models import Service
from backend.tenants.models import Tenant

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def house() -> House:
    make_seller()
    make_plans()
    return make_house("aurora", "Trattoria Aurora", "IT", "EUR")


def while_waiting(first: Callable[[], Any], second: Callable[[], Any]) -> None:
    """`second` begins before `first` has committed."""

    def on_its_own() -> None:
        try:
            second()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            first()
            running = pool.submit(on_its_own)
            wait_for_a_lock()
        running.result(timeout=30)


def test_staff_activate_what_is_being_paid(house: House) -> None:
    service, invoice = ordered(house)
    while_waiting(
        lambda: activate_unpaid(house.tenant, service.pk, by=SYSTEM, reason="By phone"),
        lambda: transfer(house, invoice.total_minor),
    )
    assert Payment.objects.get().state == "confirmed"
    assert Account.objects.get().facts.due_minor == 0
    assert Service.objects.get().state == "active"


def test_staff_bring_back_who_is_paying(house: House) -> None:
    invoice = issued(house)
    house.tenant.suspend(by=SYSTEM, reason="Not paid")
    OverdueSuspension.objects.create(tenant=house.tenant, reason="Not paid")
    while_waiting(
        lambda: Tenant.objects.get().reactivate(by=SYSTEM, reason="By phone"),
        lambda: transfer(house, invoice.total_minor),
    )
    assert Payment.objects.get().state == "confirmed"
    assert Tenant.objects.get().state == "active"
    assert OverdueSuspension.objects.get().lifted_at is not None
