"""What came in, what it settled, what is left: the account always adds up."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from backend.billing.errors import CreditTooLarge, InvoicePaid, PaymentKnown, RefundTooLarge
from backend.billing.models import Account, Allocation, Entry, Invoice, InvoiceLine, Seller
from backend.billing.tests.cast import SYSTEM, issued, line, transfer
from backend.billing.tests.documents import change
from backend.billing.tests.world import books
from backend.billing.workflows.credit_invoice import credit_invoice, creditable, void_invoice
from backend.billing.workflows.refund_payment import begin_refund, confirm_refund
from backend.billing.workflows.take_payment import announce_payment, confirm_payment
from backend.conftest import House
from backend.services.models import PlanPrice

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seller")]


def account(house: House) -> Account:
    return Account.objects.get(tenant=house.tenant)


def states(*invoices: Invoice) -> list[str]:
    return [Invoice.objects.get(pk=invoice.pk).state for invoice in invoices]


def test_a_payment_settles_the_oldest_first_and_the_rest_is_credit(aurora: House) -> None:
    first, second = issued(aurora), issued(aurora)
    # Reverse charge: Aurora has no VAT id, so the Austrian rate.
    assert first.total_minor == 12000
    transfer(aurora, 15000)
    assert states(first, second) == ["paid", "open"]
    assert Invoice.objects.get(pk=second.pk).due_minor == 9000
    transfer(aurora, 10000)
    assert states(first, second) == ["paid", "paid"]
    assert account(aurora).facts.credit_minor == 1000
    assert account(aurora).facts.balance_minor == -1000


def test_what_it_was_meant_for_comes_first(aurora: House) -> None:
    first, second = issued(aurora), issued(aurora)
    payment = announce_payment(aurora.tenant.pk, [second], "card", by=SYSTEM)
    assert confirm_payment(payment, by=SYSTEM, gateway_reference="ch_1")
    assert states(first, second) == ["open", "paid"]


def test_two_notifications_are_one_payment(aurora: House) -> None:
    invoice = issued(aurora)
    payment = announce_payment(aurora.tenant.pk, [invoice], "card", by=SYSTEM)
    assert confirm_payment(payment, by=SYSTEM, gateway_reference="ch_1")
    assert not confirm_payment(payment, by=SYSTEM, gateway_reference="ch_1")
    assert Entry.objects.filter(kind="payment").count() == 1
    assert account(aurora).paid_minor == invoice.total_minor


def test_a_transfer_is_recorded_once(aurora: House, bluefin: House) -> None:
    transfer(aurora, 500, "E-REF 1")
    with pytest.raises(PaymentKnown), transaction.atomic():
        transfer(bluefin, 500, "E-REF 1")
    assert not Account.objects.filter(tenant=bluefin.tenant, paid_minor__gt=0).exists()


def test_only_its_reference_makes_a_payment_known(aurora: House) -> None:
    """What else the database refuses is a fault, and no answer to a notification."""
    payment = announce_payment(aurora.tenant.pk, [issued(aurora)], "card", by=SYSTEM)
    with pytest.raises(IntegrityError, match="billing_payment_amount"), transaction.atomic():
        confirm_payment(payment, by=SYSTEM, gateway_reference="ch_1", amount_minor=0)
    payment.refresh_from_db()
    assert payment.state == "pending"


def test_credit_is_used_for_the_next_invoice(aurora: House) -> None:
    transfer(aurora, 20000)
    invoice = issued(aurora)
    assert states(invoice) == ["paid"]
    assert account(aurora).facts.credit_minor == 8000


def test_a_part_is_credited_and_the_rest_is_due(aurora: House) -> None:
    invoice = issued(aurora, line(10000), line(333, 3))
    [_, second] = creditable(invoice)
    note = credit_invoice(invoice, by=SYSTEM, reason="Too much", net_minor={second.line.pk: 500})
    assert (note.net_minor, note.tax_minor, note.number[:3]) == (500, 100, "CN-")
    assert Invoice.objects.get(pk=invoice.pk).due_minor == invoice.total_minor - 600
    with pytest.raises(CreditTooLarge):
        credit_invoice(invoice, by=SYSTEM, reason="Again", net_minor={second.line.pk: 500})
    rest = credit_invoice(invoice, by=SYSTEM, reason="All of it")
    assert note.total_minor + rest.total_minor == invoice.total_minor
    assert states(invoice) == ["paid"]
    assert account(aurora).facts.balance_minor == 0


def test_no_more_is_credited_than_the_invoice_came_to(aurora: House) -> None:
    """A line that takes something off lets the others come to more than the whole."""
    invoice = issued(aurora, line(10000), line(6000, -1))
    [first, _] = [each.line.pk for each in creditable(invoice)]
    credit_invoice(invoice, by=SYSTEM, reason="A part", net_minor={first: 1000})
    with pytest.raises(CreditTooLarge) as refused:
        credit_invoice(invoice, by=SYSTEM, reason="More", net_minor={first: 3001})
    assert refused.value.extensions["left_minor"] == 3600
    rest = credit_invoice(invoice, by=SYSTEM, reason="The rest", net_minor={first: 3000})
    assert (rest.total_minor, account(aurora).facts.balance_minor) == (3600, 0)
    with pytest.raises(CreditTooLarge):
        credit_invoice(invoice, by=SYSTEM, reason="Again")


def test_nor_does_the_database_take_more(aurora: House, monkeypatch: pytest.MonkeyPatch) -> None:
    invoice = issued(aurora, line(10000), line(6000, -1))
    [first, _] = [each.line.pk for each in creditable(invoice)]
    module = "backend.billing.workflows.credit_invoice"
    monkeypatch.setattr(f"{module}.left_over", lambda *_: 10**9)

    @transaction.atomic
    def credit_and_commit() -> None:
        credit_invoice(invoice, by=SYSTEM, reason="Much", net_minor={first: 4001})
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(IntegrityError, match="than was invoiced"):
        credit_and_commit()


def test_a_void_invoice_is_credited_as_a_whole(aurora: House) -> None:
    invoice = issued(aurora)
    note = void_invoice(invoice, by=SYSTEM, reason="Wrong company")
    assert states(invoice) == ["void"]
    assert note.total_minor == invoice.total_minor
    assert account(aurora).facts.balance_minor == 0


def test_what_was_paid_for_is_not_made_void(aurora: House) -> None:
    invoice = issued(aurora)
    transfer(aurora, 100)
    with pytest.raises(InvoicePaid):
        void_invoice(invoice, by=SYSTEM, reason="Wrong company")
    assert states(invoice) == ["open"]


def test_only_credit_goes_back(aurora: House) -> None:
    invoice = issued(aurora)
    payment = transfer(aurora, invoice.total_minor)
    with pytest.raises(RefundTooLarge):
        begin_refund(payment, 1, by=SYSTEM, reason="Please")
    credit_invoice(invoice, by=SYSTEM, reason="Not delivered")
    with pytest.raises(RefundTooLarge):
        begin_refund(payment, invoice.total_minor + 1, by=SYSTEM, reason="Too much")
    refund = begin_refund(payment, 5000, by=SYSTEM, reason="Not delivered")
    # Reserved while it is under way.
    with pytest.raises(RefundTooLarge):
        begin_refund(payment, 7001, by=SYSTEM, reason="Not delivered")
    assert confirm_refund(refund, by=SYSTEM)
    assert not confirm_refund(refund, by=SYSTEM)
    assert account(aurora).facts.credit_minor == 7000


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE billing_invoice SET total_minor = 1, net_minor = 1, tax_minor = 0",
        "UPDATE billing_invoice SET due_on = due_on + 1",
        "UPDATE billing_invoice SET state = 'draft'",
        "UPDATE billing_invoice SET note = 'Changed'",
        "DELETE FROM billing_invoice",
        "UPDATE billing_invoiceline SET description = 'Changed'",
        "DELETE FROM billing_invoiceline",
        "UPDATE billing_entry SET amount_minor = 0",
        "DELETE FROM billing_entry",
        "UPDATE billing_account SET invoiced_minor = 0",
        "DELETE FROM billing_account",
        "UPDATE billing_numberseries SET last = 0",
        "DELETE FROM billing_numberseries",
        "UPDATE billing_payment SET amount_minor = 1",
        "DELETE FROM billing_payment",
        "DELETE FROM billing_allocation",
        "UPDATE billing_allocation SET amount_minor = 1",
        "UPDATE billing_creditnote SET reason = 'Changed'",
        "DELETE FROM billing_creditnote",
        "UPDATE billing_creditnoteline SET description = 'Changed'",
        "DELETE FROM billing_creditnoteline",
        "UPDATE billing_refund SET amount_minor = 1",
        "DELETE FROM billing_refund",
        "UPDATE billing_invoicetransition SET reason = 'Changed'",
        "DELETE FROM billing_paymenttransition",
    ],
)
def test_not_even_the_owner_changes_what_was_booked(aurora: House, statement: str) -> None:
    invoice = issued(aurora)
    refund = begin_refund(transfer(aurora, 20000), 50, by=SYSTEM, reason="Too much")
    confirm_refund(refund, by=SYSTEM)
    credit_invoice(invoice, by=SYSTEM, reason="Too much")
    before = books(aurora)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert books(aurora) == before


def test_not_even_the_owner_says_that_an_invoice_is_settled(aurora: House) -> None:
    issued(aurora)
    with (
        pytest.raises(DatabaseError, match="settled by allocations"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE billing_invoice SET allocated_minor = total_minor")


def test_nothing_is_added_to_what_was_issued(aurora: House) -> None:
    invoice = issued(aurora)
    late = line(1)
    late.tenant, late.invoice, late.position = aurora.tenant, invoice, 2
    late.tax_percent, late.net_minor, late.tax_minor = 0, 1, 0
    with pytest.raises(DatabaseError, match="never change"), transaction.atomic():
        late.save()
    assert InvoiceLine.objects.count() == 1


def test_no_more_is_allocated_than_there_is(aurora: House) -> None:
    invoice = issued(aurora)
    with pytest.raises(IntegrityError, match="billing_account_credit"), transaction.atomic():
        Allocation.objects.create(tenant=aurora.tenant, invoice=invoice, amount_minor=1)


def test_the_seller_is_copied(aurora: House, seller: Seller) -> None:
    invoice = issued(aurora)
    seller.name = "Somebody else"
    seller.save()
    aurora.tenant.name = "Changed"
    aurora.tenant.save()
    invoice.refresh_from_db()
    assert invoice.seller["name"] == "Tavola Betriebs GmbH"
    assert invoice.buyer["name"] == "Trattoria Aurora"


def test_rows_are_called_by_their_amounts_as_the_currency_has_them(aurora: House) -> None:
    change(aurora, currency="ISK")
    payment = transfer(aurora, 5000)
    refund = begin_refund(payment, 4900, by=SYSTEM, reason="Too much")
    assert str(refund) == "4,900 ISK"
    assert str(Entry.objects.get()) == "Payment -5,000 ISK"
    assert (
        str(PlanPrice(amount_minor=4900, currency="ISK", interval="month")) == "4,900 ISK Monthly"
    )
