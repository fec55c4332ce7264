"""What Stripe tells in tests: a payment that it knows of, and signed events about it."""

from __future__ import annotations

import time
from itertools import count
from typing import Any

import pytest
from django.test import Client

from backend.billing.models import Entry, GatewayEvent, Invoice, Payment
from backend.billing.tests.cast import SYSTEM, issued
from backend.billing.tests.fake_stripe import signed
from backend.billing.workflows.take_payment import announce_payment
from backend.conftest import House

SECRET = "whsec_tests"
ADDRESS = "/gateways/stripe/events/"
NUMBERS = count(1)


@pytest.fixture(autouse=True)
def set_up(settings: Any) -> None:
    settings.STRIPE_SECRET_KEY = "sk_test_1"
    settings.STRIPE_WEBHOOK_SECRET = SECRET


@pytest.fixture
def invoice(aurora: House) -> Invoice:
    return issued(aurora)


@pytest.fixture
def begun(aurora: House, invoice: Invoice) -> Payment:
    """A pending payment of 120.00 with a session at Stripe."""
    payment = announce_payment(aurora.tenant.pk, [invoice], "stripe", by=SYSTEM)
    payment.details = {"handle": "cs_1", "url": "https://checkout.stripe.com/c/pay/cs_1"}
    payment.save(update_fields=["details"])
    return payment


def event(kind: str, about: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": f"evt_{next(NUMBERS)}",
        "object": "event",
        "type": kind,
        "data": {"object": about},
    }


def session(payment: Payment, kind: str = "completed", **changes: Any) -> dict[str, Any]:
    return event(
        f"checkout.session.{kind}",
        {
            "id": "cs_1",
            "object": "checkout.session",
            "client_reference_id": str(payment.pk),
            "payment_status": "paid",
            "payment_intent": "pi_1",
            "amount_total": payment.amount_minor,
            "currency": "eur",
        }
        | changes,
    )


def send(body: bytes, signature: str) -> Any:
    return Client().post(
        ADDRESS, body, content_type="application/json", headers={"Stripe-Signature": signature}
    )


def tell(told: dict[str, Any]) -> str:
    """Sends it as Stripe does; returns what came of it."""
    response = send(*signed(told, SECRET, int(time.time())))
    assert (response.status_code, response.content) == (200, b"")
    outcome: str = GatewayEvent.objects.get(event_id=told["id"]).outcome
    return outcome


def paid() -> list[int]:
    """The ledger's entries of payments."""
    return list(Entry.objects.filter(kind="payment").values_list("amount_minor", flat=True))
