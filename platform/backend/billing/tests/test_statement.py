"""The statement: at every instant the sum of the facts until then."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
import time_machine

from backend.billing.models import Account, CreditNote, Invoice, Payment, Refund
from backend.billing.tests.cast import SYSTEM, draft, issued, line, transfer
from backend.billing.tests.world import statements
from backend.billing.workflows.credit_invoice import credit_invoice, creditable, void_invoice
from backend.billing.workflows.issue_invoices import issue_invoices
from backend.billing.workflows.refund_payment import (
    begin_refund,
    confirm_refund,
    fail_refund,
    refundable,
)
from backend.billing.workflows.take_payment import announce_payment, confirm_payment, fail_payment
from backend.conftest import Api, House

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seller")]
START = datetime(2026, 3, 1, 9, tzinfo=UTC)
STEPS = 30


@pytest.fixture
def owner(aurora: House, visit: Callable[..., Api]) -> Api:
    return visit(aurora.person("owner"), aurora.tenant)


class Walk:
    """A business's dealings, at random: each step is one that staff, members or gateways make."""

    def __init__(self, house: House, seed: int) -> None:
        self.house, self.random = house, random.Random(seed)

    def step(self) -> None:
        self.random.choice(
            [
                self.issue,
                self.issue,
                self.pay,
                self.pay_several,
                self.credit,
                self.void,
                self.refund,
            ]
        )()

    def issue(self) -> None:
        lines = [
            line(self.random.randint(1, 9999), f"{self.random.randint(1, 3000) / 1000:.3f}")
            for _ in range(self.random.randint(1, 3))
        ]
        if self.random.random() < 0.3:
            lines.append(line(0, description="Free"))
        issue_invoices([draft(self.house, *lines)], by=SYSTEM)

    def pay(self) -> None:
        """Too little, or too much."""
        transfer(self.house, self.random.randint(1, 20000), f"E {self.random.random()}")

    def pay_several(self) -> None:
        invoices = list(self.of(Invoice).open())
        if not sum(invoice.due_minor for invoice in invoices):
            return
        chosen = self.random.sample(invoices, self.random.randint(1, len(invoices)))
        if not sum(invoice.due_minor for invoice in chosen):
            return
        payment = announce_payment(self.house.tenant.pk, chosen, "card", by=SYSTEM)
        if self.random.random() < 0.2:
            fail_payment(payment, by=SYSTEM, failure="card-declined")
        else:
            for _ in range(2):
                confirm_payment(payment, by=SYSTEM, gateway_reference=str(payment.pk))

    def credit(self) -> None:
        invoice = self.any(self.of(Invoice).filter(state__in=["open", "paid"]))
        if invoice is None:
            return
        parts = {
            each.line.pk: self.random.randint(1, each.left_minor)
            for each in creditable(invoice)
            if each.left_minor > 0
        }
        if parts:
            credit_invoice(invoice, by=SYSTEM, reason="Less", net_minor=parts)

    def void(self) -> None:
        invoice = self.any(self.of(Invoice).open().filter(allocated_minor=0, total_minor__gt=0))
        if invoice:
            void_invoice(invoice, by=SYSTEM, reason="Wrong")

    def refund(self) -> None:
        payment = self.any(self.of(Payment).confirmed())
        account = self.of(Account).first()
        left = refundable(account, payment) if payment else 0
        if left:
            refund = begin_refund(
                payment, self.random.randint(1, left), by=SYSTEM, reason="Too much"
            )
            if self.random.random() < 0.3:
                fail_refund(refund, by=SYSTEM, failure="account-closed")
            else:
                confirm_refund(refund, by=SYSTEM)

    def of(self, model: Any) -> Any:
        return model.objects.for_tenant(self.house.tenant.pk)

    def any(self, rows: Any) -> Any:
        found = list(rows.order_by("pk"))
        return self.random.choice(found) if found else None


def owed_by_documents(house: House) -> int:
    """Another way to the same sum: from the documents and payments themselves."""
    of = {"tenant": house.tenant}
    refunds = Refund.objects.filter(state="confirmed", **of)
    return (
        sum(Invoice.objects.issued().filter(**of).values_list("total_minor", flat=True))
        - sum(CreditNote.objects.filter(**of).values_list("total_minor", flat=True))
        - sum(Payment.objects.confirmed().filter(**of).values_list("amount_minor", flat=True))
        + sum(refunds.values_list("amount_minor", flat=True))
    )


def whole_statement(api: Api, as_of: str, limit: int) -> tuple[int, list[dict[str, Any]]]:
    """All pages of it; each says the same balance."""
    rows, cursor, balances = [], "", set()
    while True:
        page = api.get(f"statement/?as_of={as_of}&limit={limit}&cursor={cursor}").json()
        assert page["as_of"] == as_of
        balances.add(page["balance_minor"])
        rows += page["results"]
        cursor = page["next_cursor"] or ""
        if not cursor:
            [balance] = balances
            return balance, rows


@pytest.mark.parametrize("seed", range(3))
def test_the_balance_is_the_sum_of_the_facts_at_every_instant(
    aurora: House, bluefin: House, seed: int
) -> None:
    walk, other = Walk(aurora, seed), Walk(bluefin, seed + 100)
    by_day: dict[str, int] = {}
    now = START
    for _ in range(STEPS):
        with time_machine.travel(now, tick=True):
            walk.step()
            other.step()
            balance = owed_by_documents(aurora)
            account = Account.objects.filter(tenant=aurora.tenant).first()
            if account:
                facts = account.facts
                assert facts.balance_minor == balance
                assert facts.balance_minor == facts.due_minor - facts.credit_minor
            shown = aurora.app.get("statement/").json()
            assert shown["balance_minor"] == balance
            by_day[shown["as_of"]] = balance
        now += timedelta(hours=walk.random.randint(1, 30))

    for day, balance in by_day.items():
        told, rows = whole_statement(aurora.app, day, limit=7)
        assert told == balance
        assert told == sum(row["amount_minor"] for row in rows)
        # Each line's balance is the one before it and its own amount.
        for later, earlier in pairwise(rows):
            assert later["balance_minor"] == earlier["balance_minor"] + later["amount_minor"]
        if rows:
            assert rows[0]["balance_minor"] == told
            assert rows[-1]["balance_minor"] == rows[-1]["amount_minor"]


def test_each_kind_of_entry_names_what_it_is_of(aurora: House, owner: Api) -> None:
    invoice = issued(aurora)
    payment = transfer(aurora, invoice.total_minor + 100)
    refund = begin_refund(payment, 100, by=SYSTEM, reason="Too much")
    confirm_refund(refund, by=SYSTEM)
    note = credit_invoice(invoice, by=SYSTEM, reason="Wrong")
    rows = owner.get("statement/").json()["results"]
    named = {"id": str(payment.pk), "reference": payment.reference, "method": "transfer"}
    told = [(row["kind"], row["amount_minor"], row["balance_minor"], row["label"]) for row in rows]
    assert told == [
        ("credit_note", -12000, -12000, note.number),
        ("refund", 100, 0, payment.reference),
        ("payment", -12100, -100, payment.reference),
        ("invoice", 12000, 12000, invoice.number),
    ]
    assert rows[0]["credit_note"] == {"id": str(note.pk), "number": note.number}
    assert [row["payment"] for row in rows] == [None, named, named, None]
    assert rows[3]["invoice"] == {"id": str(invoice.pk), "number": invoice.number}
    assert {"id", "refund__payment_id"} & set(rows[0]) == set()


def test_a_day_ends_where_the_seller_is(aurora: House) -> None:
    """23:30 in Vienna is still that day; half an hour later isn't."""
    for moment in ("2026-07-01T21:30:00Z", "2026-07-01T22:00:00Z"):
        with time_machine.travel(moment, tick=False):
            issued(aurora)
    assert aurora.app.get("statement/?as_of=2026-06-30").json()["balance_minor"] == 0
    assert aurora.app.get("statement/?as_of=2026-07-01").json()["balance_minor"] == 12000
    assert aurora.app.get("statement/?as_of=2026-07-02").json()["balance_minor"] == 24000


@pytest.mark.parametrize("as_of", ["tomorrow", "2026-13-01", "2026-02-30", "%00"])
def test_a_date_is_expected(aurora: House, as_of: str) -> None:
    response = aurora.app.get(f"statement/?as_of={as_of}")
    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] == "as_of"


def test_as_many_queries_for_many_as_for_one(aurora: House) -> None:
    issued(aurora)
    for _ in range(2):
        # The seller's day, the entries, the sums.
        assert statements(lambda: aurora.app.get("statement/")) == 3
        for _ in range(3):
            issued(aurora)
            transfer(aurora, 500)
