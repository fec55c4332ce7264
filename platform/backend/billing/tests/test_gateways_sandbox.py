"""The sandbox's cards, and that what is told twice is booked once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from backend.billing import jobs
from backend.billing.gateways.sandbox import LATE_SECONDS, Card, event_of, notification_of
from backend.billing.models import Entry, GatewayEvent, Invoice, Payment
from backend.billing.tests.cast import SYSTEM, issued
from backend.billing.tests.world import books, card, queued, work_off
from backend.billing.workflows.receive_notification import receive_notification
from backend.billing.workflows.take_payment import confirm_payment, fail_payment
from backend.conftest import Api, House

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seller")]


@pytest.fixture(autouse=True)
def _sandbox(settings: Any) -> None:
    settings.SANDBOX_PAYMENTS = True


@pytest.fixture
def owner(aurora: House, visit: Callable[..., Api]) -> Api:
    return visit(aurora.person("owner"), aurora.tenant)


@pytest.fixture
def invoice(aurora: House) -> Invoice:
    return issued(aurora)


@pytest.fixture
def begun(owner: Api, invoice: Invoice) -> Payment:
    """A pending payment by card of the one invoice."""
    shown = owner.post("payments/", {"method": "card"}).json()
    assert shown["next"] == {"kind": "card"}
    found: Payment = Payment.objects.get(pk=shown["id"])
    return found


def pay(api: Api, payment: Payment, which: str = "accepted", /, **changes: str) -> Any:
    return api.post(f"payments/{payment.pk}/card/", card(which) | changes)


def paid_entries() -> list[int]:
    return list(Entry.objects.filter(kind="payment").values_list("amount_minor", flat=True))


def test_a_card_that_is_accepted_pays(owner: Api, invoice: Invoice, begun: Payment) -> None:
    response = pay(owner, begun)
    assert response.status_code == 200
    shown = response.json()
    assert (shown["state"], shown["next"]) == ("confirmed", None)
    assert [each["amount_minor"] for each in shown["allocations"]] == [12000]
    assert paid_entries() == [-12000]
    invoice.refresh_from_db()
    assert invoice.state == "paid"
    event = GatewayEvent.objects.get()
    assert (event.method, event.kind, event.outcome) == ("card", "card.paid", "confirmed")
    assert queued(jobs.MAIL_PAYMENT) == [{"payment_id": str(begun.pk)}]


def test_a_declined_card_pays_nothing(owner: Api, invoice: Invoice, begun: Payment) -> None:
    shown = pay(owner, begun, "declined").json()
    assert (shown["state"], shown["failure"], shown["next"]) == ("failed", "card-declined", None)
    assert paid_entries() == []
    invoice.refresh_from_db()
    assert invoice.state == "open"
    assert queued(jobs.MAIL_PAYMENT_FAILED) == [{"payment_id": str(begun.pk)}]
    # And can be paid by another payment.
    again = owner.post("payments/", {"method": "card"}).json()
    assert owner.post(f"payments/{again['id']}/card/", card()).json()["state"] == "confirmed"


def test_a_late_one_is_confirmed_by_a_job(owner: Api, invoice: Invoice, begun: Payment) -> None:
    before = timezone.now()
    shown = pay(owner, begun, "late").json()
    assert (shown["state"], shown["next"]) == ("pending", None)
    job = ProcrastinateJob.objects.get(task_name=jobs.RECEIVE_FROM_SANDBOX)
    assert job.scheduled_at >= before + timedelta(seconds=LATE_SECONDS)
    # It isn't asked for again meanwhile.
    assert pay(owner, begun).json()["code"] == "transition-refused"
    assert work_off(jobs.RECEIVE_FROM_SANDBOX) == 1
    assert owner.get(f"payments/{begun.pk}/").json()["state"] == "confirmed"
    assert paid_entries() == [-12000]


def test_told_twice_is_booked_once(owner: Api, invoice: Invoice, begun: Payment) -> None:
    assert pay(owner, begun, "twice").json()["state"] == "pending"
    assert work_off(jobs.RECEIVE_FROM_SANDBOX) == 2
    assert owner.get(f"payments/{begun.pk}/").json()["state"] == "confirmed"
    assert paid_entries() == [-12000]
    assert [event.outcome for event in GatewayEvent.objects.all()] == ["confirmed"]
    assert len(queued(jobs.MAIL_PAYMENT)) == 1


@pytest.mark.parametrize("state", ["confirmed", "failed"])
def test_what_is_settled_takes_no_card(
    aurora: House, owner: Api, begun: Payment, state: str
) -> None:
    if state == "confirmed":
        confirm_payment(begun, by=SYSTEM, gateway_reference="x")
    else:
        fail_payment(begun, by=SYSTEM, failure="expired")
    before = books(aurora)
    response = pay(owner, begun)
    assert response.status_code == 409
    assert (response.json()["code"], response.json()["state"]) == ("transition-refused", state)
    assert books(aurora) == before


def test_a_transfer_takes_no_card(aurora: House, owner: Api, invoice: Invoice) -> None:
    shown = owner.post("payments/", {"method": "transfer"}).json()
    before = books(aurora)
    response = owner.post(f"payments/{shown['id']}/card/", card())
    assert (response.status_code, response.json()["code"]) == (404, "payment-not-found")
    assert books(aurora) == before


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"number": "5555 5555 5555 4444"}, "number", "unknown-card"),
        ({"number": "42424242"}, "number", "unknown-card"),
        ({"number": ""}, "number", "blank"),
        ({"expiry": "12/19"}, "expiry", "expired"),
        ({"expiry": "13/39"}, "expiry", "invalid"),
        ({"expiry": "soon"}, "expiry", "invalid"),
        ({"expiry": "१२/३९"}, "expiry", "invalid"),
        ({"cvc": "12"}, "cvc", "invalid"),
        ({"cvc": "12a"}, "cvc", "invalid"),
        ({"name": "Giulia"}, "name", "unknown"),
    ],
)
def test_a_card_that_cant_be_one_is_refused(
    aurora: House, owner: Api, begun: Payment, changes: dict[str, str], field: str, code: str
) -> None:
    before = books(aurora)
    response = pay(owner, begun, **changes)
    assert response.status_code == 400
    errors = [(each["field"], each["code"]) for each in response.json()["errors"]]
    assert errors == [(field, code)]
    assert books(aurora) == before


def test_this_months_card_is_good(owner: Api, begun: Payment) -> None:
    response = pay(owner, begun, expiry=f"{timezone.now():%m/%y}")
    assert response.json()["state"] == "confirmed"


def test_without_the_setting_nobody_pays_with_nothing(
    aurora: House, owner: Api, begun: Payment, settings: Any
) -> None:
    settings.SANDBOX_PAYMENTS = False
    before = books(aurora)
    response = pay(owner, begun)
    assert (response.status_code, response.json()["code"]) == (400, "method-not-offered")
    assert books(aurora) == before


def test_a_card_is_kept_nowhere(owner: Api, begun: Payment, caplog: Any) -> None:
    pay(owner, begun, "twice", cvc="9371")
    work_off(jobs.RECEIVE_FROM_SANDBOX)
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            name = connection.ops.quote_name(table)
            cursor.execute(
                f"SELECT count(*) FROM {name} AS t WHERE t::text ~ '9371|3220|12/39'"
                " AND t::text !~ '[0-9a-f](9371|3220)|(9371|3220)[0-9a-f]'"
            )
            assert cursor.fetchone() == (0,), table
    assert "3220" not in caplog.text


def test_money_that_comes_after_it_had_failed_is_not_lost(
    aurora: House, invoice: Invoice, begun: Payment
) -> None:
    told = notification_of(event_of(begun, Card.ACCEPTED))
    fail_payment(begun, by=SYSTEM, failure="expired")
    assert receive_notification(told) == "booked-as-another"
    begun.refresh_from_db()
    assert begun.state == "failed"
    late = Payment.objects.exclude(pk=begun.pk).get()
    assert (late.state, late.amount_minor, late.gateway_reference) == (
        "confirmed",
        12000,
        told.reference,
    )
    assert late.transitions.get().reason == f"Came in when {begun.reference} was failed already."
    # It settles what the first was meant for.
    invoice.refresh_from_db()
    assert invoice.state == "paid"
    assert receive_notification(told) == "told-before"
    assert paid_entries() == [-12000]


def test_money_for_what_staff_had_confirmed_is_credit(aurora: House, begun: Payment) -> None:
    told = notification_of(event_of(begun, Card.ACCEPTED))
    confirm_payment(begun, by=SYSTEM, gateway_reference="by hand")
    assert receive_notification(told) == "booked-as-another"
    assert paid_entries() == [-12000, -12000]
    summary = aurora.app.get("billing/").json()
    assert (summary["due_minor"], summary["credit_minor"]) == (0, 12000)


def test_a_failure_after_it_was_paid_changes_nothing(aurora: House, begun: Payment) -> None:
    confirm_payment(begun, by=SYSTEM, gateway_reference="by hand")
    before = books(aurora)
    told = notification_of(event_of(begun, Card.DECLINED))
    assert receive_notification(told) == "settled-before"
    assert books(aurora) == before


def test_another_amount_is_booked_as_it_came(aurora: House, begun: Payment) -> None:
    event = event_of(begun, Card.ACCEPTED) | {"amount_minor": 11000}
    assert receive_notification(notification_of(event)) == "confirmed"
    assert paid_entries() == [-11000]
    assert aurora.app.get("billing/").json()["due_minor"] == 1000


def test_another_currency_is_not_booked(aurora: House, begun: Payment) -> None:
    before = books(aurora)
    event = event_of(begun, Card.ACCEPTED) | {"currency": "USD"}
    assert receive_notification(notification_of(event)) == "other-currency"
    assert books(aurora) == before
    assert GatewayEvent.objects.get().outcome == "other-currency"


def test_an_interrupted_notification_can_be_told_again(
    aurora: House, begun: Payment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What failed half-way is not on record as told."""
    told = notification_of(event_of(begun, Card.ACCEPTED))
    before = books(aurora)
    with monkeypatch.context() as patch:
        patch.setattr(jobs, "queue_all", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            receive_notification(told)
    assert books(aurora) == before
    assert GatewayEvent.objects.count() == 0
    assert receive_notification(told) == "confirmed"
