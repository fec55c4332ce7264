"""What Stripe tells, acted upon once and as what it is."""

from __future__ import annotations

from typing import Any

import pytest

from backend.billing.models import Account, GatewayEvent, Invoice, Payment, Refund
from backend.billing.tests.cast import SYSTEM, issued, line
from backend.billing.tests.stripe_said import (
    begun,
    event,
    invoice,
    paid,
    session,
    set_up,
    tell,
)
from backend.billing.tests.world import books
from backend.billing.workflows.refund_payment import begin_refund, confirm_refund
from backend.billing.workflows.take_payment import announce_payment, fail_payment
from backend.conftest import House

__all__ = ["begun", "invoice", "set_up"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seller")]


def refund_event(refund: Refund, status: str, kind: str = "updated", **changes: Any) -> Any:
    return event(
        f"refund.{kind}",
        {
            "id": "re_1",
            "object": "refund",
            "status": status,
            "amount": refund.amount_minor,
            "currency": "eur",
            "metadata": {"refund_id": str(refund.pk)},
            "failure_reason": "expired_or_canceled_card" if status == "failed" else None,
        }
        | changes,
    )


def refunded(payment: Payment, amount_minor: int = 500) -> Refund:
    """A pending refund of a payment that was too much."""
    tell(session(payment, amount_total=24000))
    payment.refresh_from_db()
    return begin_refund(payment, amount_minor, by=SYSTEM, reason="Too much")


def test_a_completed_session_is_a_payment(invoice: Invoice, begun: Payment) -> None:
    assert tell(session(begun)) == "confirmed"
    begun.refresh_from_db()
    assert (begun.state, begun.gateway_reference) == ("confirmed", "pi_1")
    assert begun.transitions.get().changed_by == "Stripe"
    invoice.refresh_from_db()
    assert invoice.state == "paid"
    assert paid() == [-12000]


def test_the_same_event_again_changes_nothing(aurora: House, begun: Payment) -> None:
    told = session(begun)
    assert tell(told) == "confirmed"
    before = books(aurora)
    assert tell(told) == "confirmed"
    assert books(aurora) == before
    assert GatewayEvent.objects.count() == 1


def test_another_event_about_the_same_money_changes_nothing(aurora: House, begun: Payment) -> None:
    assert tell(session(begun)) == "confirmed"
    before = books(aurora)
    assert tell(session(begun, "async_payment_succeeded")) == "booked-before"
    assert books(aurora) == before


def test_money_that_takes_its_time(aurora: House, begun: Payment) -> None:
    assert tell(session(begun, payment_status="unpaid")) == "waiting"
    begun.refresh_from_db()
    assert begun.state == "pending"
    # There is nothing left to do for the payer.
    assert aurora.app.get(f"payments/{begun.pk}/").json()["next"] is None
    assert tell(session(begun, "async_payment_succeeded")) == "confirmed"
    assert paid() == [-12000]


@pytest.mark.parametrize(
    ("kind", "failure"), [("async_payment_failed", "payment-failed"), ("expired", "expired")]
)
def test_money_that_doesnt_come(begun: Payment, kind: str, failure: str) -> None:
    told = session(begun, kind, payment_status="unpaid", payment_intent=None)
    assert tell(told) == "failed"
    begun.refresh_from_db()
    assert (begun.state, begun.failure) == ("failed", failure)
    assert paid() == []


def test_an_expiry_after_it_was_paid_changes_nothing(aurora: House, begun: Payment) -> None:
    tell(session(begun))
    before = books(aurora)
    assert tell(session(begun, "expired")) == "settled-before"
    assert books(aurora) == before


def test_money_after_it_had_failed_is_credit(invoice: Invoice, begun: Payment) -> None:
    fail_payment(begun, by=SYSTEM, failure="expired")
    assert tell(session(begun)) == "booked-as-another"
    assert tell(session(begun, "async_payment_succeeded")) == "booked-before"
    assert paid() == [-12000]
    invoice.refresh_from_db()
    assert invoice.state == "paid"


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({"amount_total": 0}, "ignored"),
        ({"amount_total": None}, "ignored"),
        ({"client_reference_id": None}, "unknown-payment"),
        ({"client_reference_id": "order 7"}, "unknown-payment"),
        ({"client_reference_id": "01995c00-0000-7000-8000-000000000001"}, "unknown-payment"),
        # Ours, but in a session that we didn't begin.
        ({"id": "cs_2"}, "unknown-payment"),
        ({"currency": "usd"}, "other-currency"),
    ],
)
def test_what_isnt_ours_is_taken_note_of_and_not_booked(
    aurora: House, begun: Payment, changes: dict[str, Any], outcome: str
) -> None:
    before = books(aurora)
    assert tell(session(begun, **changes)) == outcome
    assert books(aurora) == before


def test_a_session_doesnt_pay_for_a_payment_of_another_kind(
    aurora: House, invoice: Invoice
) -> None:
    transfer = announce_payment(aurora.tenant.pk, [invoice], "transfer", by=SYSTEM)
    before = books(aurora)
    assert tell(session(transfer, id="")) == "unknown-payment"
    assert books(aurora) == before


def test_other_events_are_ignored(aurora: House, begun: Payment) -> None:
    before = books(aurora)
    for kind in ("customer.created", "checkout.session.created", "payment_intent.succeeded"):
        assert tell(session(begun) | {"type": kind}) == "ignored"
    assert books(aurora) == before


def test_a_refund_is_confirmed(begun: Payment) -> None:
    refund = refunded(begun)
    assert tell(refund_event(refund, "pending")) == "ignored"
    assert tell(refund_event(refund, "succeeded")) == "refunded"
    refund.refresh_from_db()
    assert (refund.state, refund.gateway_reference) == ("confirmed", "re_1")
    assert tell(refund_event(refund, "succeeded")) == "settled-before"
    assert Account.objects.get().refunded_minor == 500


@pytest.mark.parametrize(("kind", "status"), [("failed", "failed"), ("updated", "canceled")])
def test_a_refund_fails(begun: Payment, kind: str, status: str) -> None:
    refund = refunded(begun)
    assert tell(refund_event(refund, status, kind)) == "refund-failed"
    refund.refresh_from_db()
    assert refund.state == "failed"
    assert Account.objects.get().refunded_minor == 0
    assert tell(refund_event(refund, "succeeded")) == "settled-before"


def test_a_refund_that_came_back_is_credit_again(begun: Payment) -> None:
    refund = refunded(begun)
    confirm_refund(refund, by=SYSTEM, gateway_reference="re_1")
    assert Account.objects.get().facts.credit_minor == 11500
    assert tell(refund_event(refund, "failed", "failed")) == "came-back"
    # Told by two events.
    assert tell(refund_event(refund, "failed")) == "booked-before"
    facts = Account.objects.get().facts
    assert (facts.credit_minor, facts.refunded_minor) == (12000, 500)
    again = Payment.objects.get(gateway_reference="re_1")
    assert again.transitions.get().reason == f"A refund of {begun.reference} came back."


@pytest.mark.parametrize(
    "changes",
    [
        {"metadata": {}},
        {"metadata": {"refund_id": "mine"}},
        {"amount": 499},
        {"currency": "usd"},
    ],
)
def test_a_refund_that_isnt_ours_is_not_booked(
    aurora: House, begun: Payment, changes: dict[str, Any]
) -> None:
    refund = refunded(begun)
    before = books(aurora)
    assert tell(refund_event(refund, "succeeded", **changes)) == "unknown-refund"
    refund.refresh_from_db()
    assert refund.state == "pending"
    assert books(aurora) == before


def test_another_refund_of_ours_doesnt_stand_for_it(begun: Payment) -> None:
    refund = refunded(begun)
    refund.gateway_reference = "re_1"
    refund.save(update_fields=["gateway_reference"])
    assert tell(refund_event(refund, "succeeded", id="re_2")) == "unknown-refund"
    refund.refresh_from_db()
    assert refund.state == "pending"


@pytest.mark.parametrize(
    ("reference", "amount", "outcome"),
    [
        ("pi_1", 500, "ignored"),
        ("pi_1", 501, "unknown-refund"),
        ("pi_2", 1, "unknown-payment"),
        (None, 1, "unknown-payment"),
    ],
)
def test_a_refund_that_was_made_at_stripe_is_noticed(
    aurora: House, begun: Payment, reference: str | None, amount: int, outcome: str
) -> None:
    refunded(begun)
    # A pending one has no reference yet.
    announce_payment(aurora.tenant.pk, [issued(aurora, line(50000))], "stripe", by=SYSTEM)
    before = books(aurora)
    charge = {
        "id": "ch_1",
        "object": "charge",
        "payment_intent": reference,
        "amount_refunded": amount,
        "currency": "eur",
    }
    assert tell(event("charge.refunded", charge)) == outcome
    assert books(aurora) == before
