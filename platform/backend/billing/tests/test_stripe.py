"""What is asked of Stripe: sessions to pay in, and refunds."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
import stripe
import time_machine
from django.db import connection, connections, transaction
from django.utils import timezone
from procrastinate.jobs import Job
from procrastinate.utils import utcnow

from backend.billing import jobs, tasks_payments
from backend.billing.errors import GatewayFailed
from backend.billing.gateways import GATEWAYS
from backend.billing.gateways.base import Meaning, Notification
from backend.billing.models import Account, Payment, Refund
from backend.billing.models.money import Method
from backend.billing.tests.cast import SYSTEM, issued
from backend.billing.tests.fake_stripe import FakeStripe, error, serving
from backend.billing.tests.world import books, queued, work_off
from backend.billing.workflows.receive_notification import receive_notification
from backend.billing.workflows.refund_payment import begin_refund
from backend.billing.workflows.send_refund import send_refund
from backend.billing.workflows.take_payment import announce_payment, confirm_payment
from backend.conftest import Api, House

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seller")]


@pytest.fixture
def fake(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeStripe]:
    settings.STRIPE_SECRET_KEY = "sk_test_1"
    settings.PORTAL_ORIGIN = "https://portal.tavola.example"
    fake = FakeStripe()
    # The SDK's own wait before it asks again.
    with serving(fake) as address, patch("stripe._http_client.time.sleep"):
        monkeypatch.setattr(stripe, "api_base", address)
        yield fake


@pytest.fixture
def owner(aurora: House, visit: Callable[..., Api]) -> Api:
    return visit(aurora.person("owner"), aurora.tenant)


def overpaid(house: House) -> Payment:
    """A payment through Stripe of 120.00, of which all is credit by now."""
    invoice = issued(house)
    payment = announce_payment(house.tenant.pk, [invoice], "stripe", by=SYSTEM)
    confirm_payment(payment, by=SYSTEM, gateway_reference="pi_1", amount_minor=24000)
    payment.refresh_from_db()
    return payment


def test_a_session_is_begun(aurora: House, owner: Api, fake: FakeStripe) -> None:
    issued(aurora)
    shown = owner.post("payments/", {"method": "stripe"}).json()
    assert shown["next"] == {
        "kind": "redirect",
        "url": "https://checkout.stripe.com/c/pay/cs_test_1",
    }
    [asked] = fake.requests
    page = f"https://portal.tavola.example/t/aurora/billing/payments/{shown['id']}/"
    assert asked.path == "/v1/checkout/sessions"
    assert asked.headers["Idempotency-Key"] == f"payment-{shown['id']}"
    assert asked.form == {
        "mode": "payment",
        "line_items[0][quantity]": "1",
        "line_items[0][price_data][currency]": "eur",
        "line_items[0][price_data][unit_amount]": "12000",
        "line_items[0][price_data][product_data][name]": shown["reference"],
        "client_reference_id": shown["id"],
        "metadata[payment_id]": shown["id"],
        "metadata[reference]": shown["reference"],
        "payment_intent_data[metadata][payment_id]": shown["id"],
        "payment_intent_data[metadata][reference]": shown["reference"],
        "payment_intent_data[description]": shown["reference"],
        "success_url": page,
        "cancel_url": page,
    }
    payment = Payment.objects.get()
    assert payment.details["handle"] == "cs_test_1"
    assert payment.state == "pending"
    # Who comes back later still finds the way.
    assert owner.get(f"payments/{shown['id']}/").json()["next"] == shown["next"]


@pytest.mark.parametrize(
    "answers",
    [[None, None], [error(500, "oops"), error(500, "oops")], [error(400, "amount_too_small")]],
)
def test_what_stripe_doesnt_take_was_never_announced(
    aurora: House, owner: Api, fake: FakeStripe, answers: list[Any]
) -> None:
    issued(aurora)
    before = books(aurora)
    fake.answers = list(answers)
    response = owner.post("payments/", {"method": "stripe"})
    assert (response.status_code, response.json()["code"]) == (502, "gateway-failed")
    assert b"In words of its own" not in response.content
    assert books(aurora) == before
    # The SDK asks once more where that may help, and nobody else does.
    assert len(fake.requests) == len(answers)


def test_an_interrupted_request_is_asked_again_by_its_key(
    aurora: House, owner: Api, fake: FakeStripe
) -> None:
    issued(aurora)
    fake.answers = [None]
    assert owner.post("payments/", {"method": "stripe"}).status_code == 201
    first, again = fake.requests
    assert first.headers["Idempotency-Key"] == again.headers["Idempotency-Key"]


def test_a_slow_stripe_is_not_waited_for(
    aurora: House, owner: Api, fake: FakeStripe, monkeypatch: pytest.MonkeyPatch
) -> None:
    issued(aurora)
    answered = threading.Event()
    monkeypatch.setattr("backend.billing.gateways.stripe.TIMEOUT", (1.0, 0.1))
    fake.meanwhile = lambda: answered.wait(5) and None
    response = owner.post("payments/", {"method": "stripe"})
    answered.set()
    assert response.status_code == 502


def test_a_refund_is_sent_by_a_job(aurora: House, fake: FakeStripe) -> None:
    payment = overpaid(aurora)
    refund = begin_refund(payment, 500, by=SYSTEM, reason="Too much")
    assert fake.requests == []
    assert work_off(jobs.SEND_REFUND) == 1
    [asked] = fake.requests
    assert asked.path == "/v1/refunds"
    assert asked.headers["Idempotency-Key"] == f"refund-{refund.pk}"
    assert asked.form == {
        "payment_intent": "pi_1",
        "amount": "500",
        "metadata[refund_id]": str(refund.pk),
    }
    refund.refresh_from_db()
    assert (refund.state, refund.gateway_reference) == ("confirmed", "re_1")
    assert Account.objects.get().refunded_minor == 500
    # A job that is run again has nothing to do.
    send_refund(refund.pk)
    assert len(fake.requests) == 1
    assert Account.objects.get().refunded_minor == 500


def test_a_refund_under_way_is_confirmed_later(aurora: House, fake: FakeStripe) -> None:
    fake.refund_status = "pending"
    refund = begin_refund(overpaid(aurora), 500, by=SYSTEM, reason="Too much")
    work_off(jobs.SEND_REFUND)
    refund.refresh_from_db()
    assert (refund.state, refund.gateway_reference) == ("pending", "re_1")
    assert Account.objects.get().refunded_minor == 0


def test_a_refund_that_stripe_makes_and_fails(aurora: House, fake: FakeStripe) -> None:
    fake.refund_status = "failed"
    refund = begin_refund(overpaid(aurora), 500, by=SYSTEM, reason="Too much")
    work_off(jobs.SEND_REFUND)
    refund.refresh_from_db()
    assert (refund.state, refund.failure) == ("failed", "lost-or-stolen-card")


def test_a_refund_that_stripe_refuses_fails(aurora: House, fake: FakeStripe) -> None:
    fake.answers = [error(400, "charge_already_refunded")]
    refund = begin_refund(overpaid(aurora), 500, by=SYSTEM, reason="Too much")
    work_off(jobs.SEND_REFUND)
    refund.refresh_from_db()
    assert (refund.state, refund.failure) == ("failed", "charge-already-refunded")
    assert Account.objects.get().refunded_minor == 0
    # The credit is free again.
    begin_refund(refund.payment, 12000, by=SYSTEM, reason="Too much")


@pytest.mark.parametrize("answers", [[None, None], [error(503, "x"), error(503, "x")]])
def test_a_refund_of_which_nothing_is_known_is_asked_again(
    aurora: House, fake: FakeStripe, answers: list[Any]
) -> None:
    refund = begin_refund(overpaid(aurora), 500, by=SYSTEM, reason="Too much")
    fake.answers = list(answers)
    with pytest.raises(GatewayFailed):
        send_refund(refund.pk)
    refund.refresh_from_db()
    assert refund.state == "pending"
    send_refund(refund.pk)
    refund.refresh_from_db()
    assert refund.state == "confirmed"
    assert len({each.headers["Idempotency-Key"] for each in fake.requests}) == 1


def test_it_is_asked_again_as_long_as_stripe_knows_its_key() -> None:
    """For less than a day: after that the same key would make a second refund."""
    waits = []
    for attempts in range(20):
        job = Job(id=1, status="doing", queue="billing", lock=None, queueing_lock=None,
                  task_name=jobs.SEND_REFUND, attempts=attempts)  # fmt: skip
        again = tasks_payments.send.get_retry_exception(GatewayFailed(), job)
        if again is None:
            break
        assert again.retry_decision.retry_at
        waits.append(again.retry_decision.retry_at - utcnow())
    assert len(waits) == 6
    assert timedelta(hours=4) < sum(waits, timedelta()) < timedelta(hours=20)
    assert tasks_payments.send.get_retry_exception(ValueError(), job) is None


def test_a_refund_that_is_asked_for_days_later_isnt_made_twice(
    aurora: House, fake: FakeStripe
) -> None:
    """Stripe made it, and we never heard so; by now it has forgotten the key."""
    payment = overpaid(aurora)
    refund, other = (begin_refund(payment, 500, by=SYSTEM, reason="Too much") for _ in range(2))
    GATEWAYS["stripe"].refund(refund)
    fake.known.clear()
    with time_machine.travel(timezone.now() + timedelta(days=3), tick=True):
        for each in (refund, other):
            send_refund(each.pk)
            each.refresh_from_db()
    made = [each["metadata"]["refund_id"] for each in fake.refunds]
    assert made == [str(refund.pk), str(other.pk)]
    assert (refund.state, other.state) == ("confirmed", "confirmed")


def test_a_refund_by_transfer_waits_for_staff(aurora: House) -> None:
    invoice = issued(aurora)
    payment = announce_payment(aurora.tenant.pk, [invoice], "transfer", by=SYSTEM)
    confirm_payment(payment, by=SYSTEM, gateway_reference="E 1", amount_minor=13000)
    payment.refresh_from_db()
    refund = begin_refund(payment, 1000, by=SYSTEM, reason="Too much")
    assert queued(jobs.SEND_REFUND) == [{"refund_id": str(refund.pk)}]
    work_off(jobs.SEND_REFUND)
    refund.refresh_from_db()
    assert refund.state == "pending"


def test_a_refund_to_the_sandbox_is_made_at_once(aurora: House) -> None:
    invoice = issued(aurora)
    payment = announce_payment(aurora.tenant.pk, [invoice], "card", by=SYSTEM)
    confirm_payment(payment, by=SYSTEM, gateway_reference="sandbox 1", amount_minor=13000)
    payment.refresh_from_db()
    begin_refund(payment, 1000, by=SYSTEM, reason="Too much")
    work_off(jobs.SEND_REFUND)
    assert Refund.objects.get().state == "confirmed"


@pytest.mark.django_db(transaction=True)
def test_a_notification_may_be_quicker_than_the_answer(aurora: House, fake: FakeStripe) -> None:
    refund = begin_refund(overpaid(aurora), 500, by=SYSTEM, reason="Too much")
    fake.refund_status = "pending"

    def tell() -> None:
        told = Notification(
            method=Method.STRIPE,
            event_id="evt_1",
            kind="refund.updated",
            meaning=Meaning.REFUNDED,
            refund_id=refund.pk,
            reference="re_1",
            amount_minor=500,
            currency="EUR",
        )
        assert receive_notification(told) == "refunded"
        connections.close_all()

    fake.meanwhile = tell
    send_refund(refund.pk)
    refund.refresh_from_db()
    assert (refund.state, refund.gateway_reference) == ("confirmed", "re_1")
    assert Account.objects.get().refunded_minor == 500


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_while_stripe_is_asked(aurora: House, owner: Api, fake: FakeStripe) -> None:
    """The account is free meanwhile, and of a refund no transaction is open at all."""
    payment = overpaid(aurora)
    refund = begin_refund(payment, 500, by=SYSTEM, reason="Too much")
    issued(aurora)
    found: list[Any] = []

    def look() -> None:
        """From the server's thread, which has a connection of its own."""
        with transaction.atomic():
            rows = Account.objects.select_for_update(nowait=True)
            found.append(rows.get().currency)
            Payment.objects.select_for_update(nowait=True).get(pk=payment.pk)
            Refund.objects.select_for_update(nowait=True).get(pk=refund.pk)
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction'"
                    " AND datname = current_database()"
                )
                found.append(cursor.fetchone()[0])
        connections.close_all()

    fake.meanwhile = look
    assert owner.post("payments/", {"method": "stripe"}).status_code == 201
    assert found == ["EUR", 1]
    found.clear()
    send_refund(refund.pk)
    assert found == ["EUR", 0]
