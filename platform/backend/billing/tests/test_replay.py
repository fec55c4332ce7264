"""The replay finds each kind of thing that is stored otherwise than it follows from the facts.

What the database refuses is done here with its triggers off: only so can the books go wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from structlog.testing import capture_logs

from backend.billing.models import Document, Invoice, Payment, Seller
from backend.billing.replay.checks import Difference
from backend.billing.replay.replay import TENANTS, replay
from backend.billing.tasks_runs import TOLD, BooksDiffer, replay_books
from backend.billing.tests.cast import SYSTEM, draft, issued, line, transfer
from backend.billing.workflows.credit_invoice import credit_invoice, creditable, void_invoice
from backend.billing.workflows.make_document import make_document
from backend.billing.workflows.refund_payment import begin_refund, confirm_refund, fail_refund
from backend.billing.workflows.take_payment import announce_payment, fail_payment
from backend.common import files
from backend.common.tests.stores import local_store
from backend.conftest import House, make_house
from backend.tenants.models import Tenant

__all__ = ["local_store"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seller")]


@contextmanager
def without_triggers(table: str) -> Iterator[None]:
    with connection.cursor() as cursor:
        # What waits for the commit would keep the table from being altered.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def corrupt(table: str, statement: str) -> None:
    with without_triggers(table), connection.cursor() as cursor:
        cursor.execute(statement)
        assert cursor.rowcount == 1


def kinds() -> set[str]:
    return {difference.kind for difference in replay()}


@pytest.fixture
def books(seller: Seller, aurora: House, bluefin: House) -> None:
    """One of everything: open, paid, void, credited in part; money in, out, failed, on its way."""
    paid = issued(aurora, line(10000), line(333, "2.5"))
    payment = transfer(aurora, paid.total_minor + 5000)
    partly = issued(aurora, line(20000), line(777, 3))
    [_, second] = creditable(partly)
    for net in (100, 133):
        credit_invoice(partly, by=SYSTEM, reason="A part", net_minor={second.line.pk: net})
    credit_invoice(paid, by=SYSTEM, reason="All of it")
    credit_invoice(issued(aurora), by=SYSTEM, reason="Once more")
    void_invoice(issued(bluefin), by=SYSTEM, reason="Wrong company")
    open_one = issued(bluefin)
    transfer(bluefin, 700)
    transfer(bluefin, issued(bluefin).total_minor + open_one.total_minor + 900)
    back = begin_refund(Payment.objects.latest("pk"), 500, by=SYSTEM, reason="Too much")
    confirm_refund(back, by=SYSTEM)
    fail_refund(
        begin_refund(Payment.objects.latest("pk"), 100, by=SYSTEM, reason="Too much"),
        by=SYSTEM, failure="closed",
    )  # fmt: skip
    waiting = issued(aurora, line(50000))
    announce_payment(aurora.tenant.pk, [waiting], "transfer", by=SYSTEM)
    fail_payment(
        announce_payment(aurora.tenant.pk, [waiting], "card", by=SYSTEM),
        by=SYSTEM, failure="declined",
    )  # fmt: skip
    draft(aurora)
    assert payment.state == "confirmed"


@pytest.mark.usefixtures("books")
def test_what_the_workflows_book_follows_from_the_facts() -> None:
    assert list(replay()) == []


ONE = "(SELECT id FROM {} WHERE {} ORDER BY id LIMIT 1)"


@pytest.mark.parametrize(
    ("table", "change", "where", "found"),
    [
        ("billing_invoiceline", "net_minor = net_minor + 1", "true", {
            "invoice line", "invoice total"}),
        ("billing_invoiceline", "tax_minor = tax_minor - 1", "true", {
            "invoice line", "invoice total"}),
        ("billing_invoiceline", "quantity = quantity + 1", "true", {"invoice line"}),
        ("billing_invoiceline", "unit_price_minor = unit_price_minor + 1", "true", {
            "invoice line"}),
        ("billing_invoiceline", "tax_percent = 19", "true", {
            "invoice line", "credit note line"}),
        ("billing_invoice", "net_minor = net_minor + 1, total_minor = total_minor + 1",
            "state = 'open' AND allocated_minor = 0",
            {"invoice total", "invoice entry", "account invoiced_minor", "statement balance"}),
        ("billing_invoice", "allocated_minor = allocated_minor + 1",
            "state = 'open' AND allocated_minor = 0", {"invoice allocated", "due on invoices"}),
        ("billing_invoice", "state = 'void'", "state = 'open'", {
            "state", "invoice settled", "void invoice", "due on invoices"}),
        ("billing_invoice", "state = 'open'", "state = 'paid'", {"state", "invoice settled"}),
        ("billing_invoice", "number = '2026-99999'", "state = 'open'", {"invoice number"}),
        ("billing_invoice", "sequence = 999", "state = 'open'", {
            "invoice number", "number series", "last number"}),
        ("billing_invoice", "sequence = sequence - 1", "sequence = 3", {
            "invoice number", "number series"}),
        ("billing_creditnoteline", "net_minor = net_minor - 1", "net_minor = 133", {
            "credit note line", "credit note total"}),
        ("billing_creditnoteline", "tax_minor = tax_minor + 1", "net_minor = 133", {
            "credit note line", "credit note total"}),
        ("billing_creditnoteline", "net_minor = 3000", "net_minor = 133", {
            "credit note line", "credited too much", "credit note total"}),
        ("billing_creditnote", "tax_minor = tax_minor + 1, total_minor = total_minor + 1",
            "number = 'CN-{year}-00001'", {
            "credit note total", "credit_note entry", "account credited_minor",
            "statement balance"}),
        ("billing_creditnote", "net_minor = 999999, total_minor = 999999 + tax_minor",
            "number = 'CN-{year}-00001'", {
            "credited of invoice", "credit note total", "credit_note entry",
            "account credited_minor", "statement balance"}),
        ("billing_creditnote", "number = 'CN-1'", "number = 'CN-{year}-00001'", {
            "credit note number"}),
        ("billing_creditnote", "sequence = 9", "number = 'CN-{year}-00002'", {
            "credit note number", "number series", "last number"}),
        ("billing_payment", "amount_minor = amount_minor + 1", "amount_minor = 700", {
            "payment entry", "account paid_minor", "statement balance"}),
        ("billing_payment", "amount_minor = amount_minor - 1", "amount_minor = 700", {
            "payment entry", "account paid_minor", "statement balance", "allocated of payment"}),
        ("billing_payment", "state = 'confirmed'", "state = 'failed'", {
            "state", "payment entry", "account paid_minor", "statement balance"}),
        ("billing_payment", "state = 'failed'", "amount_minor = 700", {
            "state", "payment entry", "account paid_minor", "statement balance",
            "allocated of payment"}),
        ("billing_refund", "amount_minor = amount_minor + 1", "state = 'confirmed'", {
            "refund entry", "account refunded_minor", "statement balance"}),
        ("billing_refund", "state = 'confirmed'", "state = 'failed'", {
            "state", "refund entry", "account refunded_minor", "statement balance"}),
        ("billing_refund", "amount_minor = 999999", "state = 'confirmed'", {
            "refund entry", "account refunded_minor", "statement balance", "refunded of payment",
            "credit below nothing"}),
        ("billing_allocation", "amount_minor = amount_minor - 1", "amount_minor = 700", {
            "invoice allocated", "invoice settled", "account allocated_minor",
            "due on invoices"}),
        ("billing_allocation", "amount_minor = amount_minor + 1", "amount_minor = 700", {
            "invoice allocated", "invoice settled", "account allocated_minor",
            "allocated of payment", "due on invoices"}),
        ("billing_entry", "amount_minor = amount_minor - 1", "amount_minor = -700", {
            "payment entry", "statement balance"}),
        ("billing_entry", "currency = 'CHF'", "amount_minor = -700", {"payment entry"}),
        ("billing_account", "invoiced_minor = invoiced_minor + 1", "currency = 'EUR'", {
            "account invoiced_minor"}),
        ("billing_account", "credited_minor = credited_minor + 1", "currency = 'EUR'", {
            "account credited_minor"}),
        ("billing_account", "paid_minor = paid_minor + 1", "currency = 'EUR'", {
            "account paid_minor"}),
        ("billing_account", "refunded_minor = refunded_minor - 1", "currency = 'GBP'", {
            "account refunded_minor"}),
        ("billing_account", "allocated_minor = allocated_minor - 1", "currency = 'GBP'", {
            "account allocated_minor"}),
        ("billing_numberseries", "last = last + 1", "kind = 'invoice'", {"last number"}),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("books")
def test_each_change_is_found(table: str, change: str, where: str, found: set[str]) -> None:
    year = Invoice.objects.issued().latest("pk").issued_on.year
    one = ONE.format(table, where.format(year=year))
    corrupt(table, f"UPDATE {table} SET {change} WHERE id = {one}")
    assert kinds() == found


@pytest.mark.parametrize(
    ("table", "where", "found"),
    [
        ("billing_entry", "amount_minor = -700", {"payment entry", "statement balance"}),
        ("billing_invoicetransition", "to_state = 'open'", {"state"}),
        ("billing_invoiceline", "net_minor = 50000", {"invoice total", "invoice without lines"}),
        ("billing_account", "currency = 'GBP'", {
            "account invoiced_minor", "account credited_minor", "account paid_minor",
            "account refunded_minor", "account allocated_minor"}),
        ("billing_numberseries", "kind = 'credit-note'", {"last number"}),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("books")
def test_what_is_gone_is_found(table: str, where: str, found: set[str]) -> None:
    newest = f"(SELECT id FROM {table} WHERE {where} ORDER BY id DESC LIMIT 1)"
    corrupt(table, f"DELETE FROM {table} WHERE id = {newest}")
    assert kinds() == found


@pytest.mark.usefixtures("books")
def test_a_fact_that_is_booked_twice_is_found() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX billing_entry_payment_once")
    corrupt(
        "billing_entry",
        "INSERT INTO billing_entry (id, tenant_id, kind, amount_minor, currency, booked_on, "
        "booked_at, payment_id) SELECT gen_random_uuid(), tenant_id, kind, amount_minor, currency, "
        "booked_on, booked_at, payment_id FROM billing_entry WHERE amount_minor = -700",
    )
    assert kinds() == {"payment entry", "statement balance"}


@pytest.mark.usefixtures("books")
def test_a_difference_says_whose_and_what(bluefin: House) -> None:
    payment = Payment.objects.get(amount_minor=700)
    corrupt("billing_payment", "UPDATE billing_payment SET amount_minor = 701 "
            "WHERE amount_minor = 700")  # fmt: skip
    [found] = [each for each in replay() if each.kind == "payment entry"]
    assert found == Difference(
        "payment entry", f"bluefin {payment.reference}", [[-700, "GBP"]], [[-701, "GBP"]]
    )
    assert "by the facts [[-701, 'GBP']]" in str(found)


def test_a_file_that_was_changed_or_lost_is_found(aurora: House, local_store: Path) -> None:
    first, second, third = issued(aurora), issued(aurora), issued(aurora)
    for invoice in (first, second, third):
        make_document(invoice)
    assert list(replay(documents=True)) == []
    lost, changed, _ = Document.objects.order_by("pk")
    files.delete(lost.name)
    files.put(changed.name, BytesIO(b"another"))
    found = {each.about: (each.kind, each.stored) for each in replay(documents=True)}
    assert found == {
        lost.name: ("document", "no file"),
        changed.name: ("document", (7, sha256(b"another").hexdigest())),
    }
    assert list(replay()) == []


def test_every_tenant_is_looked_at_however_many_there_are(aurora: House) -> None:
    for number in range(TENANTS + 1):
        Tenant.objects.create(slug=f"t-{number}", name="T", country="AT", currency="EUR")
    last = make_house("last", "The last", "AT", "EUR")
    for house in (aurora, last):
        issued(house)
    corrupt("billing_account", "UPDATE billing_account SET invoiced_minor = 0 "
            f"WHERE tenant_id = '{last.tenant.pk}'")  # fmt: skip
    [found] = replay()
    assert found.about == "last"


@pytest.mark.usefixtures("books")
def test_as_many_statements_for_many_tenants_as_for_one(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(4 + 2 + 12):
        assert list(replay()) == []


@pytest.mark.django_db(transaction=True)
def test_the_command_prints_the_differences_and_fails(aurora: House) -> None:
    invoice = issued(aurora)
    out = StringIO()
    call_command("billing_replay", stdout=out)
    assert out.getvalue() == "All that is stored follows from the facts.\n"
    corrupt("billing_account", "UPDATE billing_account SET paid_minor = 5")
    with pytest.raises(CommandError, match=r"^1 differences\.$"):
        call_command("billing_replay", stdout=(out := StringIO()))
    assert out.getvalue() == "account paid_minor: aurora: stored 5, by the facts 0\n"
    with capture_logs() as logs, pytest.raises(BooksDiffer):
        replay_books(timestamp=0)
    [line_of] = [each for each in logs if each["log_level"] == "error"]
    assert (line_of["kind"], line_of["about"], line_of["stored"]) == (
        "account paid_minor", "aurora", 5,
    )  # fmt: skip
    # It is read in one state, and nothing can be written.
    assert invoice.state == "open"


@pytest.mark.django_db(transaction=True)
def test_of_very_many_differences_not_all_are_logged() -> None:
    many = [Difference("kind", str(number), 1, 2) for number in range(TOLD + 1)]
    with patch("backend.billing.tasks_runs.replay", lambda: iter(many)):
        with capture_logs() as logs, pytest.raises(BooksDiffer, match="101 amounts"):
            replay_books(timestamp=0)
    assert len(logs) == TOLD
