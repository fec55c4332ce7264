"""Money as staff see it come in and go out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from backend.audit.models import AuditEvent
from backend.billing.models import (
    Account,
    Allocation,
    Entry,
    Invoice,
    Payment,
    PaymentTransition,
    Refund,
    RefundTransition,
    Seller,
)
from backend.billing.tests.cast import SYSTEM, issued, line, transfer
from backend.billing.workflows.credit_invoice import credit_invoice
from backend.billing.workflows.refund_payment import begin_refund
from backend.billing.workflows.take_payment import announce_payment
from backend.conftest import House

Staff = Callable[..., Client]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seller")]

PAYMENTS, REFUNDS = "/admin/billing/payment/", "/admin/billing/refund/"
VIEW, CONFIRM = "billing.view_payment", "billing.confirm_payment"
RECORD, REFUND = "billing.record_payment", "billing.refund_payment"
FACTS = (
    Invoice, Payment, PaymentTransition, Entry, Allocation, Refund, RefundTransition, Account,
    AuditEvent, LogEntry, ProcrastinateJob,
)  # fmt: skip


def facts() -> dict[str, list[Any]]:
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in FACTS}


def announced(house: House, *invoices: Invoice, method: str = "transfer") -> Payment:
    return announce_payment(house.tenant.pk, invoices or [issued(house)], method, by=SYSTEM)


def came_in(**answers: Any) -> dict[str, Any]:
    day = Seller.get().today()
    return {"amount_minor": "120", "gateway_reference": "B 1", "booked_on": day, **answers}


def account(house: House) -> Any:
    return Account.objects.get(tenant=house.tenant).facts


def state_of(row: Any) -> str:
    row.refresh_from_db()
    return str(row.state)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["theirs", "card", "new", "late"]),
        ("?q=NEW", ["new"]),
        ("?q=E-REF", ["theirs"]),
        ("?q=trattoria", ["card", "new", "late"]),
        ("?late=yes", ["late"]),
        ("?state__exact=confirmed", ["theirs"]),
        ("?method__exact=card", ["card"]),
    ],
)
def test_payments_are_found(
    staff: Staff, aurora: House, bluefin: House, query: str, expected: list[str]
) -> None:
    with time_machine.travel(timezone.now() - timedelta(days=7, minutes=1)):
        names = {announced(aurora).pk: "late"}
    new = announced(aurora)
    names |= {new.pk: "new", announced(aurora, method="card").pk: "card"}
    names[transfer(bluefin, 100, "E-REF 7").pk] = "theirs"
    page = staff().get(f"{PAYMENTS}{query.replace('NEW', new.reference.lower())}")
    assert [names[row.pk] for row in page.context["cl"].result_list] == expected


@pytest.mark.parametrize("path", [PAYMENTS, REFUNDS, "/admin/billing/account/"])
def test_the_lists_cost_the_same_however_long_they_are(
    staff: Staff, aurora: House, bluefin: House, path: str
) -> None:
    browser = staff()

    def refunded(house: House) -> None:
        begin_refund(transfer(house, 500), 100, by=SYSTEM, reason="Paid twice")

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(path).status_code == 200
        return len(captured)

    refunded(aurora)
    few = queries()
    for _ in range(3):
        refunded(bluefin)
    assert queries() == few


def test_a_transfer_is_confirmed_as_the_bank_booked_it(staff: Staff, aurora: House) -> None:
    invoice = issued(aurora)
    payment = announced(aurora, invoice)
    browser = staff(VIEW, CONFIRM)
    url = f"{PAYMENTS}{payment.pk}/confirm/"
    assert 'value="120.00"' in browser.get(url).content.decode()
    yesterday = Seller.get().today() - timedelta(days=1)
    answer = browser.post(url, came_in(amount_minor="130.50", booked_on=yesterday))
    assert answer.status_code == 302
    assert (state_of(payment), payment.amount_minor) == ("confirmed", 13050)
    assert payment.gateway_reference == "B 1"
    assert state_of(invoice) == "paid"
    assert account(aurora).credit_minor == 1050
    reason = PaymentTransition.objects.get().reason
    assert reason == f"Booked by the bank on {yesterday:%-d %B %Y}."
    assert Entry.objects.get(kind="payment").booked_on == Seller.get().today()
    assert browser.post(url, came_in()).status_code == 404


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"gateway_reference": "E-REF 1"}, "on record already"),
        ({"amount_minor": "0"}, "greater than or equal to 0.01"),
        ({"amount_minor": "1000000000.01"}, "less than or equal to 1000000000"),
        ({"amount_minor": "1.005"}, "no more than 2 decimal places"),
        ({"gateway_reference": ""}, "This field is required."),
        ({"booked_on": "2199-01-01"}, "That day is still to come."),
    ],
)
def test_what_cant_have_come_in_isnt_confirmed(
    staff: Staff, aurora: House, bluefin: House, answers: dict[str, str], said: str
) -> None:
    transfer(bluefin, 500, "E-REF 1")
    payment = announced(aurora)
    browser = staff()
    before = facts()
    answer = browser.post(f"{PAYMENTS}{payment.pk}/confirm/", came_in(**answers))
    assert said in answer.content.decode()
    assert facts() == before


def test_a_transfer_that_wont_come_failed(staff: Staff, aurora: House) -> None:
    payment = announced(aurora)
    browser = staff(VIEW, CONFIRM)
    answers = {"failure": "not-received", "reason": "Nothing in four weeks"}
    assert browser.post(f"{PAYMENTS}{payment.pk}/fail/", answers).status_code == 302
    assert (state_of(payment), payment.failure) == ("failed", "not-received")
    assert not Entry.objects.filter(kind="payment").exists()


def test_staff_speak_only_for_the_bank(staff: Staff, aurora: House) -> None:
    payment = announced(aurora, method="card")
    browser = staff()
    before = facts()
    page = browser.get(f"{PAYMENTS}{payment.pk}/change/").content.decode()
    for action in ("confirm", "fail"):
        assert f"/{action}/" not in page
        assert browser.post(f"{PAYMENTS}{payment.pk}/{action}/", came_in()).status_code == 404
    assert facts() == before


def test_a_transfer_goes_back_in_two_steps(staff: Staff, aurora: House) -> None:
    payment = transfer(aurora, 10000)
    browser = staff(VIEW, REFUND, "billing.view_refund")
    url = f"{PAYMENTS}{payment.pk}/refund/"
    assert 'value="100.00"' in browser.get(url).content.decode()
    before = facts()
    too_much = browser.post(url, {"amount_minor": "100.01", "reason": "Paid twice"})
    assert "More than what can be refunded" in too_much.content.decode()
    assert facts() == before

    answer = browser.post(url, {"amount_minor": "40", "reason": "Paid twice"})
    refund = Refund.objects.get()
    assert answer["Location"] == f"{REFUNDS}{refund.pk}/change/"
    assert (refund.amount_minor, refund.state) == (4000, "pending")
    assert "At most 60.00 EUR" in browser.get(url).content.decode()
    assert account(aurora).credit_minor == 10000

    sent = browser.post(f"{REFUNDS}{refund.pk}/confirm/", {"gateway_reference": "B 2"})
    assert sent.status_code == 302
    assert (state_of(refund), refund.gateway_reference) == ("confirmed", "B 2")
    assert account(aurora).credit_minor == 6000
    for action in ("confirm", "fail"):
        assert browser.get(f"{REFUNDS}{refund.pk}/{action}/").status_code == 404


def test_a_refund_that_failed_is_credit_again(staff: Staff, aurora: House) -> None:
    refund = begin_refund(transfer(aurora, 10000), 4000, by=SYSTEM, reason="Paid twice")
    browser = staff("billing.view_refund", REFUND)
    answer = browser.post(f"{REFUNDS}{refund.pk}/fail/", {"failure": "returned"})
    assert answer.status_code == 302
    assert (state_of(refund), refund.failure) == ("failed", "returned")
    assert (
        "At most 100.00 EUR"
        in staff().get(f"{PAYMENTS}{refund.payment_id}/refund/").content.decode()
    )


def test_what_was_used_is_credited_before_it_goes_back(staff: Staff, aurora: House) -> None:
    invoice = issued(aurora)
    payment = transfer(aurora, invoice.total_minor)
    browser = staff()
    assert browser.get(f"{PAYMENTS}{payment.pk}/refund/").status_code == 404
    credit_invoice(invoice, by=SYSTEM, reason="Not delivered")
    assert browser.get(f"{PAYMENTS}{payment.pk}/refund/").status_code == 200


def test_a_transfer_is_recorded_once_it_was_seen_what_it_settles(
    staff: Staff, aurora: House, bluefin: House
) -> None:
    oldest, named = issued(aurora), issued(aurora)
    browser = staff(VIEW, RECORD)
    url = f"{PAYMENTS}record/"
    given = came_in(said=f"Rechnung {named.number} danke", amount_minor="250")
    before = facts()
    asked = browser.post(url, given)
    preview = asked.context["preview"]
    assert [(row.number, part) for row, part in preview.settles] == [
        (named.number, "120.00 EUR"),
        (oldest.number, "120.00 EUR"),
    ]
    assert (preview.tenant, preview.credit) == (aurora.tenant, "10.00 EUR")
    # Another amount than the one that was shown is shown first.
    changed = browser.post(url, {**given, "amount_minor": "130", "seen": preview.seen})
    assert [part for _, part in changed.context["preview"].settles] == ["120.00 EUR", "10.00 EUR"]
    assert facts() == before

    assert browser.post(url, {**given, "seen": preview.seen}).status_code == 302
    assert (state_of(named), state_of(oldest)) == ("paid", "paid")
    payment = Payment.objects.get()
    assert (payment.method, payment.amount_minor) == ("transfer", 25000)
    assert account(aurora).credit_minor == 1000
    assert not Payment.objects.for_tenant(bluefin.tenant.pk).exists()
    # Sent again, as by a second click: the bank's reference is known.
    again = browser.post(url, given)
    seen = again.context["preview"].seen
    twice = browser.post(url, {**given, "seen": seen})
    assert "on record already" in twice.content.decode()
    assert Payment.objects.count() == 1


@pytest.mark.parametrize(
    ("said", "chosen", "error"),
    [
        ("", "", "choose it"),
        ("2026-99999", "", "choose it"),
        ("OURS THEIRS", "", "invoices of several tenants"),
        ("OURS", "BLUEFIN", "invoices of another tenant"),
        ("ANNOUNCED", "", "It was announced"),
    ],
)
def test_what_is_in_doubt_isnt_recorded(
    staff: Staff, aurora: House, bluefin: House, said: str, chosen: str, error: str
) -> None:
    ours, theirs = issued(aurora), issued(bluefin)
    payment = announced(aurora, ours)
    # As a bank might pass it on.
    reference = payment.reference.replace("-", "").lower()
    said = said.replace("OURS", ours.number).replace("THEIRS", theirs.number)
    said = said.replace("ANNOUNCED", f"{reference[:5]} {reference[5:]}")
    browser = staff()
    before = facts()
    tenant = str(bluefin.tenant.pk) if chosen else ""
    answer = browser.post(f"{PAYMENTS}record/", came_in(said=said, tenant=tenant))
    assert error in answer.content.decode()
    assert answer.context["preview"] is None
    assert facts() == before


@pytest.mark.parametrize(
    ("action", "answers"),
    [
        ("confirm", {"amount_minor": "1", "gateway_reference": "B", "booked_on": "2026-01-01"}),
        ("fail", {"failure": "returned", "reason": "Wrong"}),
        ("refund", {"amount_minor": "1", "reason": "Wrong"}),
    ],
)
def test_who_may_only_look_moves_no_money(
    staff: Staff, aurora: House, action: str, answers: dict[str, str]
) -> None:
    payment = transfer(aurora, 10000) if action == "refund" else announced(aurora)
    browser = staff(VIEW, RECORD)
    before = facts()
    assert f"/{action}/" not in browser.get(f"{PAYMENTS}{payment.pk}/change/").content.decode()
    assert browser.post(f"{PAYMENTS}{payment.pk}/{action}/", answers).status_code == 403
    assert facts() == before


def test_who_may_confirm_doesnt_record_nor_refund(staff: Staff, aurora: House) -> None:
    refund = begin_refund(transfer(aurora, 100), 100, by=SYSTEM, reason="Paid twice")
    browser = staff(VIEW, CONFIRM, "billing.view_refund")
    before = facts()
    assert "/record/" not in browser.get(PAYMENTS).content.decode()
    answers = came_in(tenant=str(aurora.tenant.pk))
    assert browser.post(f"{PAYMENTS}record/", answers).status_code == 403
    sent = {"gateway_reference": "B 2"}
    assert browser.post(f"{REFUNDS}{refund.pk}/confirm/", sent).status_code == 403
    failed = {"failure": "returned"}
    assert browser.post(f"{REFUNDS}{refund.pk}/fail/", failed).status_code == 403
    assert facts() == before


def test_what_was_booked_has_no_form(staff: Staff, aurora: House) -> None:
    payment = transfer(aurora, 10000)
    refund = begin_refund(payment, 100, by=SYSTEM, reason="Paid twice")
    invoice = issued(aurora)
    note = credit_invoice(invoice, by=SYSTEM, reason="Wrong")
    rows = [payment, refund, note, Entry.objects.first(), Account.objects.get()]
    browser = staff()
    before = facts()
    for row in rows:
        page = f"/admin/billing/{row._meta.model_name}/{row.pk}/"
        assert browser.get(f"{page}change/").status_code == 200
        assert browser.post(f"{page}change/", {"amount_minor": 1}).status_code == 403
        assert browser.post(f"{page}delete/", {"post": "yes"}).status_code == 403
        assert browser.post(f"/admin/billing/{row._meta.model_name}/add/").status_code == 403
    assert facts() == before


def test_the_account_s_page_has_the_statement(staff: Staff, aurora: House) -> None:
    invoice = issued(aurora, line(10000))
    transfer(aurora, 15000)
    page = staff("billing.view_account").get(
        f"/admin/billing/account/{Account.objects.get().pk}/change/"
    )
    text = " ".join(page.content.decode().split())
    assert "-30.00 EUR" in text
    assert f">{invoice.number}</a></td><td>120.00 EUR</td><td>120.00 EUR</td>" in text
    assert "</a></td><td>-150.00 EUR</td><td>-30.00 EUR</td>" in text


@pytest.mark.parametrize(
    ("query", "expected"),
    [("", ["Blue Fin Sushi", "Trattoria Aurora"]), ("?balance=owes", ["Trattoria Aurora"]),
     ("?balance=credit", ["Blue Fin Sushi"])],
)  # fmt: skip
def test_accounts_are_found_by_their_balance(
    staff: Staff, aurora: House, bluefin: House, query: str, expected: list[str]
) -> None:
    issued(aurora)
    issued(bluefin)
    transfer(bluefin, 10001)
    page = staff().get(f"/admin/billing/account/{query}")
    assert [str(row.tenant) for row in page.context["cl"].result_list] == expected
