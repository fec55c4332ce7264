"""What a business owes and has, in one look."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from backend.billing.models import Seller
from backend.billing.tests.cast import SYSTEM, issued, transfer
from backend.billing.tests.world import statements
from backend.billing.workflows.refund_payment import begin_refund, fail_refund
from backend.conftest import Api, House

pytestmark = pytest.mark.django_db
NOTHING = {
    "currency": "EUR",
    "balance_minor": 0,
    "due_minor": 0,
    "overdue_minor": 0,
    "credit_minor": 0,
    "refunding_minor": 0,
    "open_invoices": 0,
    "overdue_invoices": 0,
    "next_due_on": None,
    "methods": ["transfer"],
    "can": [],
}


@pytest.fixture
def owner(aurora: House, visit: Callable[..., Api]) -> Api:
    return visit(aurora.person("owner"), aurora.tenant)


def test_who_was_never_invoiced_owes_nothing(bluefin: House, visit: Callable[..., Api]) -> None:
    """Also before staff have said who sells."""
    owner = visit(bluefin.person("owner"), bluefin.tenant)
    assert owner.get("billing/").json() == NOTHING | {"currency": "GBP"}


def test_due_and_overdue(aurora: House, bluefin: House, owner: Api, seller: Seller) -> None:
    with time_machine.travel(timezone.now() - timedelta(days=20), tick=True):
        late = issued(aurora)
        transfer(aurora, 2000)
    fresh = issued(aurora)
    issued(bluefin)
    assert owner.get("billing/").json() == NOTHING | {
        "balance_minor": 22000,
        "due_minor": 22000,
        "overdue_minor": 10000,
        "open_invoices": 2,
        "overdue_invoices": 1,
        "next_due_on": str(late.due_on),
        "can": ["pay"],
    }
    transfer(aurora, 10000)
    assert owner.get("billing/").json() == NOTHING | {
        "balance_minor": 12000,
        "due_minor": 12000,
        "open_invoices": 1,
        "next_due_on": str(fresh.due_on),
        "can": ["pay"],
    }


def test_credit(aurora: House, owner: Api, seller: Seller) -> None:
    issued(aurora)
    transfer(aurora, 12500)
    assert owner.get("billing/").json() == NOTHING | {"balance_minor": -500, "credit_minor": 500}


def test_credit_that_goes_back_is_told(aurora: House, owner: Api, seller: Seller) -> None:
    payment = transfer(aurora, 500)
    refund = begin_refund(payment, 300, by=SYSTEM, reason="Asked for")
    there = NOTHING | {"balance_minor": -500, "credit_minor": 500}
    assert owner.get("billing/").json() == there | {"refunding_minor": 300}
    fail_refund(refund, by=SYSTEM, failure="returned")
    assert owner.get("billing/").json() == there


def test_how_to_pay(aurora: House, owner: Api, seller: Seller, settings: Any) -> None:
    settings.SANDBOX_PAYMENTS = True
    settings.STRIPE_SECRET_KEY = "sk_test"
    assert owner.get("billing/").json()["methods"] == ["transfer", "card", "stripe"]


def test_who_only_reads_cant_pay(aurora: House, seller: Seller) -> None:
    issued(aurora)
    assert aurora.app.get("billing/").json()["can"] == []


def test_waiters_dont_see_it(aurora: House, visit: Callable[..., Api], seller: Seller) -> None:
    waiter = visit(aurora.person("waiter"), aurora.tenant)
    for path in ("billing/", "statement/", "payments/", "invoices/", "credit-notes/"):
        assert waiter.get(path).status_code == 403


def test_two_queries(aurora: House, seller: Seller) -> None:
    issued(aurora)
    assert statements(lambda: aurora.app.get("billing/")) == 2
