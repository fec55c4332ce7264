"""Króna at Stripe: it has no decimals, and Stripe writes two of them all the same."""

from __future__ import annotations

import pytest

from backend.billing.gateways import GATEWAYS
from backend.billing.models import Account, Payment
from backend.billing.tests.cast import SYSTEM, issued, line
from backend.billing.tests.documents import change
from backend.billing.tests.fake_stripe import FakeStripe
from backend.billing.tests.stripe_said import event, session, set_up, tell
from backend.billing.tests.test_stripe import fake
from backend.billing.workflows.refund_payment import begin_refund
from backend.billing.workflows.send_refund import send_refund
from backend.billing.workflows.take_payment import announce_payment
from backend.conftest import House

__all__ = ["fake", "set_up"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seller")]


@pytest.fixture
def begun(aurora: House, fake: FakeStripe) -> Payment:
    """A pending payment of 6,000 krónur, with its session at Stripe."""
    change(aurora, currency="ISK")
    payment = announce_payment(aurora.tenant.pk, [issued(aurora, line(5000))], "stripe", by=SYSTEM)
    payment.details = GATEWAYS["stripe"].begin(payment, aurora.tenant) | {"handle": "cs_1"}
    payment.save(update_fields=["details"])
    return payment


def test_what_is_due_is_asked_for(begun: Payment, fake: FakeStripe) -> None:
    form = fake.requests[0].form
    assert form["line_items[0][price_data][currency]"] == "isk"
    assert form["line_items[0][price_data][unit_amount]"] == "600000"
    assert begun.amount_minor == 6000


def test_what_came_in_is_booked_and_goes_back(begun: Payment, fake: FakeStripe) -> None:
    came = {"amount_total": 700000, "currency": "isk"}
    assert tell(session(begun, **came)) == "confirmed"
    begun.refresh_from_db()
    assert (begun.state, begun.amount_minor) == ("confirmed", 7000)
    assert Account.objects.get().facts.credit_minor == 1000

    refund = begin_refund(begun, 400, by=SYSTEM, reason="Too much")
    fake.refund_status = "pending"
    send_refund(refund.pk)
    assert fake.requests[-1].form["amount"] == "40000"
    refund.refresh_from_db()
    said = {
        "id": refund.gateway_reference,
        "object": "refund",
        "status": "succeeded",
        "amount": 40000,
        "currency": "isk",
        "metadata": {"refund_id": str(refund.pk)},
    }
    assert tell(event("refund.updated", said)) == "refunded"
    in_all = {"payment_intent": "pi_1", "amount_refunded": 40000, "currency": "isk"}
    assert tell(event("charge.refunded", in_all)) == "ignored"
    assert Account.objects.get().refunded_minor == 400
