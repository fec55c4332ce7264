"""What one tenant's books must come to. Each check yields where they don't."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Final
from uuid import UUID

from backend.billing.amounts import LineAmounts, account_of, credited, line_amounts, totals
from backend.billing.models import CreditNote, Invoice, NumberSeries
from backend.billing.models.account import EntryKind
from backend.billing.models.invoice import State
from backend.billing.models.issued import IssuedDocument
from backend.billing.models.money import State as MoneyState
from backend.billing.models.numbers import Kind
from backend.billing.replay.books import Books, by_key


@dataclass(frozen=True, slots=True)
class Difference:
    """`about` names whose and what; `stored` is what the database says, `facts` what follows."""

    kind: str
    about: str
    stored: Any
    facts: Any

    def __str__(self) -> str:
        return f"{self.kind}: {self.about}: stored {self.stored}, by the facts {self.facts}"


def check(books: Books) -> Iterator[Difference]:
    for each in CHECKS:
        for kind, about, stored, facts in each(books):
            if stored != facts:
                yield Difference(kind, f"{books.slug} {about}".rstrip(), stored, facts)


# Kind, what it is about, what is stored, what it must be.
Found = Iterator[tuple[str, str, Any, Any]]


def lines(books: Books) -> Found:
    for invoice in books.invoices:
        for line in books.invoice_lines.get(invoice.pk, []):
            about = f"{invoice}, line {line.position}"
            yield "invoice line", about, _pair(line.amounts), _pair(line_amounts(line.facts))


def invoices(books: Books) -> Found:
    allocated = _sums(books, "invoice_id")
    for invoice in books.invoices:
        its_lines = books.invoice_lines.get(invoice.pk, [])
        yield "invoice total", str(invoice), _totals(invoice), _sum_of(its_lines)
        yield "invoice allocated", str(invoice), invoice.allocated_minor, allocated[invoice.pk]
        if invoice.state != State.DRAFT:
            yield "invoice without lines", str(invoice), not its_lines, False
            yield "invoice number", str(invoice), invoice.number, _number(invoice, Kind.INVOICE)
            is_settled = allocated[invoice.pk] == invoice.total_minor
            stored = invoice.state != State.OPEN
            yield "invoice settled", str(invoice), stored, is_settled
        taken_back = sum(n.total_minor for n in books.notes if n.invoice_id == invoice.pk)
        yield "credited of invoice", str(invoice), taken_back > invoice.total_minor, False
        if invoice.state == State.VOID:
            yield "void invoice", str(invoice), invoice.total_minor, taken_back


def credit_notes(books: Books) -> Found:
    charged = {line.pk: line for each in books.invoice_lines.values() for line in each}
    before: Counter[UUID] = Counter()
    for note in books.notes:
        its_lines = books.note_lines.get(note.pk, [])
        for line in its_lines:
            of = charged[line.invoice_line_id]
            about = f"{note}, line {line.position}"
            facts = credited(line.net_minor, before[of.pk], of.tax_percent)
            yield "credit note line", about, _pair(line.amounts), _pair(facts)
            before[of.pk] += line.net_minor
            low, high = sorted((0, of.net_minor))
            yield "credited too much", about, not low <= before[of.pk] <= high, False
        yield "credit note total", str(note), _totals(note), _sum_of(its_lines)
        yield "credit note number", str(note), note.number, _number(note, Kind.CREDIT_NOTE)


def history(books: Books) -> Found:
    """A state is the one that its last transition came to."""
    begun: list[tuple[str, Any]] = [(State.DRAFT, row) for row in books.invoices]
    begun += [(MoneyState.PENDING, row) for row in (*books.payments, *books.refunds)]
    for first, row in begun:
        yield "state", str(row), str(row.state), str(books.states.get(row.pk, first))


def entries(books: Books) -> Found:
    """Each fact has one entry, and each entry one fact."""
    facts: dict[tuple[str, UUID], tuple[str, int, str]] = {}
    for invoice in _issued(books):
        facts[EntryKind.INVOICE, invoice.pk] = (*_name(invoice), invoice.currency)
    for note in books.notes:
        facts[EntryKind.CREDIT_NOTE, note.pk] = (str(note), -note.total_minor, note.currency)
    for payment in books.payments:
        if payment.state == MoneyState.CONFIRMED:
            found = (str(payment), -payment.amount_minor, payment.currency)
            facts[EntryKind.PAYMENT, payment.pk] = found
    for refund in books.refunds:
        if refund.state == MoneyState.CONFIRMED:
            facts[EntryKind.REFUND, refund.pk] = (str(refund), refund.amount_minor, refund.currency)
    booked = by_key(books.entries, "kind")
    for kind in EntryKind.values:
        by_fact = by_key(booked[kind], f"{kind}_id")
        of_kind = {key[1]: fact for key, fact in facts.items() if key[0] == kind}
        for fact_id in {**of_kind, **by_fact}:
            about, *expected = of_kind.get(fact_id, (str(fact_id),))
            stored = [[entry.amount_minor, entry.currency] for entry in by_fact.get(fact_id, [])]
            yield f"{kind} entry", about, stored, [expected] if expected else []


def allocations(books: Books) -> Found:
    """No payment and no credit note settles more than it is."""
    by_payment, by_note = _sums(books, "payment_id"), _sums(books, "credit_note_id")
    for payment in books.payments:
        most = payment.amount_minor if payment.state == MoneyState.CONFIRMED else 0
        yield "allocated of payment", str(payment), by_payment[payment.pk] > most, False
        refunds = [r for r in books.refunds if r.payment_id == payment.pk]
        gone = sum(r.amount_minor for r in refunds if r.state != MoneyState.FAILED)
        yield "refunded of payment", str(payment), gone > most, False
    for note in books.notes:
        yield "allocated of credit note", str(note), by_note[note.pk] > note.total_minor, False


def account(books: Books) -> Found:
    """The sums, and the statement's balance, which is the sum of the entries."""
    confirmed = MoneyState.CONFIRMED
    facts = account_of(
        invoiced=(invoice.total_minor for invoice in _issued(books)),
        credited=(note.total_minor for note in books.notes),
        paid=(each.amount_minor for each in books.payments if each.state == confirmed),
        refunded=(each.amount_minor for each in books.refunds if each.state == confirmed),
        allocated=(allocation.amount_minor for allocation in books.allocations),
    )
    stored = asdict(books.account.facts) if books.account else dict.fromkeys(asdict(facts), 0)
    for name, amount in asdict(facts).items():
        yield f"account {name}", "", stored[name], amount
    balance = sum(entry.amount_minor for entry in books.entries)
    yield "statement balance", "", balance, facts.balance_minor
    due = sum(invoice.due_minor for invoice in books.invoices)
    yield "due on invoices", "", due, facts.due_minor
    yield "credit below nothing", "", facts.credit_minor < 0, False


CHECKS: Final = (
    lines,
    invoices,
    credit_notes,
    history,
    entries,
    allocations,
    account,
)


def _issued(books: Books) -> list[Invoice]:
    return [invoice for invoice in books.invoices if invoice.state != State.DRAFT]


def _name(invoice: Invoice) -> tuple[str, int]:
    return str(invoice), invoice.total_minor


def _sums(books: Books, key: str) -> Counter[UUID]:
    found: Counter[UUID] = Counter()
    for allocation in books.allocations:
        found[getattr(allocation, key)] += allocation.amount_minor
    return found


def _pair(amounts: LineAmounts) -> tuple[int, int]:
    return amounts.net_minor, amounts.tax_minor


def _totals(document: IssuedDocument) -> tuple[int, int, int]:
    return document.net_minor, document.tax_minor, document.total_minor


def _sum_of(its_lines: list[Any]) -> tuple[int, int, int]:
    found = totals((line.tax_percent, line.amounts) for line in its_lines)
    return found.net_minor, found.tax_minor, found.total_minor


def _number(document: Invoice | CreditNote, kind: Kind) -> str:
    assert document.issued_on
    assert document.sequence
    return NumberSeries.written(kind, document.issued_on.year, document.sequence)
