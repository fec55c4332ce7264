"""Many at once, on connections of their own."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Event
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from backend.billing.errors import NotDraft
from backend.billing.gateways.sandbox import Card, event_of, notification_of
from backend.billing.models import Account, Entry, GatewayEvent, Invoice, InvoiceLine, Payment
from backend.billing.tests.cast import SYSTEM, draft, issued, line, transfer
from backend.billing.tests.world import at_once, card
from backend.billing.workflows.credit_invoice import credit_invoice
from backend.billing.workflows.draft_invoice import recalculate
from backend.billing.workflows.issue_invoices import issue_invoices
from backend.billing.workflows.receive_notification import receive_notification
from backend.billing.workflows.refund_payment import begin_refund
from backend.billing.workflows.take_payment import announce_payment, confirm_payment
from backend.common.problems import Problem
from backend.conftest import Api, House, make_house

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("seller")]


def numbers() -> list[int]:
    return sorted(Invoice.objects.issued().values_list("sequence", flat=True))


def outcome(call: Callable[[], Any]) -> Callable[[], Any]:
    """The call, with the refusal that it ends in as its result."""

    def run() -> Any:
        try:
            return call()
        except Problem as problem:
            return problem.code

    return run


def until_somebody_waits() -> None:
    """For a lock that this transaction holds."""
    for _ in range(500):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks"
                " WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"
            )
            if cursor.fetchone() != (0,):
                return
        time.sleep(0.01)
    raise AssertionError("nobody waits")


def test_two_notifications_at_once_are_one_booking(aurora: House) -> None:
    issued(aurora)
    payment = announce_payment(aurora.tenant.pk, list(Invoice.objects.open()), "card", by=SYSTEM)
    told = notification_of(event_of(payment, Card.ACCEPTED))
    outcomes = at_once(*[lambda: receive_notification(told)] * 4)
    assert sorted(outcomes) == ["confirmed", "told-before", "told-before", "told-before"]
    assert Entry.objects.filter(kind="payment").count() == 1
    assert Account.objects.get().paid_minor == 12000
    assert GatewayEvent.objects.count() == 1
    assert payment.transitions.count() == 1


def test_two_events_about_the_same_money_are_one_booking(aurora: House) -> None:
    issued(aurora)
    payment = announce_payment(aurora.tenant.pk, list(Invoice.objects.open()), "card", by=SYSTEM)
    event = event_of(payment, Card.ACCEPTED)
    told = [notification_of(event | {"id": f"evt {n}"}) for n in range(4)]
    outcomes = at_once(*[lambda each=each: receive_notification(each) for each in told])  # type: ignore[misc]
    assert sorted(outcomes) == ["booked-before", "booked-before", "booked-before", "confirmed"]
    assert Account.objects.get().paid_minor == 12000
    assert Payment.objects.count() == 1


def test_staff_and_a_gateway_at_once(aurora: House) -> None:
    """Whoever is second finds it settled; no deadlock, and no money that nobody sees."""
    issued(aurora)
    payment = announce_payment(aurora.tenant.pk, list(Invoice.objects.open()), "card", by=SYSTEM)
    told = notification_of(event_of(payment, Card.ACCEPTED))
    by_hand = Payment.objects.get(pk=payment.pk)
    outcomes = at_once(
        lambda: receive_notification(told),
        outcome(lambda: confirm_payment(by_hand, by=SYSTEM, gateway_reference="by hand")),
    )
    assert outcomes in (["confirmed", "transition-refused"], ["booked-as-another", True])
    came = 12000 if outcomes[0] == "confirmed" else 24000
    assert Account.objects.get().paid_minor == came


def test_a_card_used_twice_at_once_pays_once(
    aurora: House, visit: Callable[..., Api], settings: Any
) -> None:
    settings.SANDBOX_PAYMENTS = True
    issued(aurora)
    owner = visit(aurora.person("owner"), aurora.tenant)
    path = f"payments/{owner.post('payments/', {'method': 'card'}).json()['id']}/card/"
    statuses = at_once(*[lambda: owner.post(path, card()).status_code] * 4)
    assert sorted(statuses) == [200, 409, 409, 409]
    assert Account.objects.get().paid_minor == 12000


def test_sixteen_issues_at_once_leave_no_gap(aurora: House, bluefin: House) -> None:
    """Of several tenants; every fourth is rolled back after it had its number."""
    houses = [aurora, bluefin, *(make_house(f"h{n}", f"House {n}", "IT", "EUR") for n in range(6))]
    drafts = [draft(houses[n % len(houses)]) for n in range(16)]

    def issue(n: int) -> Callable[[], None]:
        def run() -> None:
            with transaction.atomic():
                issue_invoices([drafts[n]], by=SYSTEM)
                transaction.set_rollback(n % 4 == 3)

        return run

    at_once(*[issue(n) for n in range(16)])
    assert numbers() == list(range(1, 13))
    # Those that were rolled back are as they were, and go on where the others ended.
    left = list(Invoice.objects.filter(state="draft"))
    assert len(left) == 4
    issue_invoices(left, by=SYSTEM)
    assert numbers() == list(range(1, 17))
    written = Invoice.objects.order_by("sequence").values_list("number", flat=True)
    assert [number[5:] for number in written] == [f"{n:05d}" for n in range(1, 17)]
    assert Entry.objects.filter(kind="invoice").count() == 16


def test_sixteen_issues_of_one_tenant_at_once(aurora: House) -> None:
    drafts = [draft(aurora) for _ in range(16)]
    at_once(*[lambda each=each: issue_invoices([each], by=SYSTEM) for each in drafts])  # type: ignore[misc]
    assert numbers() == list(range(1, 17))
    assert Account.objects.get().invoiced_minor == 16 * 12000


def test_the_same_draft_is_issued_once(aurora: House) -> None:
    pk = draft(aurora).pk

    def issue() -> str:
        invoice = Invoice.objects.get(pk=pk)
        issue_invoices([invoice], by=SYSTEM)
        return "issued"

    outcomes = at_once(*[outcome(issue)] * 8)
    assert sorted(outcomes) == [NotDraft.code] * 7 + ["issued"]
    assert numbers() == [1]
    assert Account.objects.get().invoiced_minor == 12000


def test_a_line_edited_before_the_issue_is_on_the_invoice(aurora: House) -> None:
    """The issue waits for the edit, which has locked the draft, and then copies the new line."""
    invoice = draft(aurora)
    edited = Event()

    def edit() -> None:
        with transaction.atomic():
            row = InvoiceLine.objects.get(invoice=invoice)
            row.unit_price_minor = 20000
            row.save()
            edited.set()
            until_somebody_waits()
            recalculate(Invoice.objects.get(pk=invoice.pk))

    def issue() -> None:
        edited.wait(5)
        issue_invoices([Invoice.objects.get(pk=invoice.pk)], by=SYSTEM)

    at_once(edit, issue)
    invoice.refresh_from_db()
    assert (invoice.state, invoice.net_minor, invoice.total_minor) == ("open", 20000, 24000)
    assert InvoiceLine.objects.get().net_minor == 20000


def test_a_line_edited_after_the_issue_is_refused(aurora: House) -> None:
    """The edit waits for the issue, and then finds it."""
    invoice = draft(aurora)
    is_issued = Event()

    def issue() -> None:
        with transaction.atomic():
            issue_invoices([invoice], by=SYSTEM)
            is_issued.set()
            until_somebody_waits()

    def edit() -> str:
        is_issued.wait(5)
        row = InvoiceLine.objects.get(invoice=invoice)
        row.unit_price_minor = 20000
        try:
            row.save()
        except DatabaseError as error:
            return str(error)
        return "edited"

    _, told = at_once(issue, edit)
    assert "never change" in told
    assert InvoiceLine.objects.get().unit_price_minor == 10000


def test_a_line_added_while_it_is_issued(aurora: House) -> None:
    """Many times over: it is on the invoice, or refused; what is issued is the sum of its lines."""
    for _ in range(6):
        invoice = draft(aurora)

        def add(invoice: Invoice = invoice) -> str:
            late = line(5000)
            late.tenant, late.invoice, late.position = aurora.tenant, invoice, 2
            late.tax_percent, late.net_minor, late.tax_minor = 20, 5000, 1000  # type: ignore[assignment]
            try:
                with transaction.atomic():
                    late.save()
                    recalculate(Invoice.objects.get(pk=invoice.pk))
            except DatabaseError:
                return "refused"
            return "added"

        def issue(invoice: Invoice = invoice) -> None:
            issue_invoices([Invoice.objects.get(pk=invoice.pk)], by=SYSTEM)

        added, _ = at_once(add, issue)
        invoice.refresh_from_db()
        assert invoice.state == "open"
        assert invoice.net_minor == (15000 if added == "added" else 10000)
        assert invoice.net_minor == sum(invoice.lines.values_list("net_minor", flat=True))


def test_two_refunds_at_once_dont_go_beyond_the_credit(aurora: House) -> None:
    issued(aurora)
    payment = transfer(aurora, 13000)
    refunds = at_once(
        *[outcome(lambda: begin_refund(payment, 700, by=SYSTEM, reason="Too much"))] * 4
    )
    assert refunds.count("refund-too-large") == 3


def test_money_in_and_an_issue_at_once_leave_nothing_due(aurora: House) -> None:
    """However they meet, credit is used for what is due."""
    for n in range(6):
        waits = draft(aurora)
        at_once(
            lambda n=n: transfer(aurora, 12000, f"E {n}"),  # type: ignore[misc]
            lambda waits=waits: issue_invoices([waits], by=SYSTEM),  # type: ignore[misc]
        )
        facts = Account.objects.get().facts
        assert (facts.due_minor, facts.credit_minor) == (0, 0)
        waits.refresh_from_db()
        assert waits.state == "paid"


def test_two_credits_at_once_dont_go_beyond_the_line(aurora: House) -> None:
    invoice = issued(aurora)
    line_id = invoice.lines.get().pk

    def credit() -> str:
        mine = Invoice.objects.get(pk=invoice.pk)
        credit_invoice(mine, by=SYSTEM, reason="Less", net_minor={line_id: 6000})
        return "credited"

    assert sorted(at_once(*[outcome(credit)] * 3)) == [
        "credit-too-large", "credit-too-large", "credited",
    ]  # fmt: skip
    assert Account.objects.get().credited_minor == 7200
    with connection.cursor() as cursor:
        cursor.execute("SELECT last FROM billing_numberseries WHERE kind = 'credit-note'")
        assert cursor.fetchall() == [(1,)]
