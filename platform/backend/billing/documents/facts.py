"""What stands on a document: read from the rows of an issued invoice or credit note, once.

Page and e-invoice are both made of these facts, so that they can't differ.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from unicodedata import category

from backend.billing.amounts import LineAmounts, RateTotal, totals
from backend.billing.models import CreditNote, CreditNoteLine, Invoice, InvoiceLine
from backend.billing.models.issued import TaxCategory

# In neither a page nor XML 1.0: control characters, halves of pairs, and what is no character.
_UNUSABLE = {"Cc", "Cs"}
_NO_CHARACTERS = {"\ufffe", "\uffff"}


@dataclass(frozen=True, slots=True)
class Party:
    """`vat_id` and what follows may be empty; `reference` is the buyer's, the rest the seller's."""

    name: str
    street: str
    postcode: str
    city: str
    country: str
    vat_id: str
    trading_name: str = ""
    reference: str = ""
    registration: str = ""
    email: str = ""
    phone: str = ""
    iban: str = ""
    bic: str = ""
    bank: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """`first_day` and `last_day` are those it is for, where it is for any."""

    position: int
    description: str
    quantity: Decimal
    unit: str
    unit_price_minor: int
    tax_percent: Decimal
    net_minor: int
    tax_minor: int
    first_day: date | None
    last_day: date | None


@dataclass(frozen=True, slots=True)
class Credited:
    """The invoice that a credit note takes back, and why."""

    number: str
    issued_on: date
    reason: str


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """Of an invoice where `credited` is None; only an invoice is due."""

    number: str
    issued_on: date
    issued_at: datetime
    due_on: date | None
    credited: Credited | None
    currency: str
    language: str
    note: str
    seller: Party
    buyer: Party
    tax_category: TaxCategory
    lines: tuple[Line, ...]
    rates: tuple[RateTotal, ...]
    net_minor: int
    tax_minor: int
    total_minor: int

    @property
    def period(self) -> tuple[date, date] | None:
        """The days that its lines are for, from the first to the last."""
        first = [line.first_day for line in self.lines if line.first_day]
        last = [line.last_day for line in self.lines if line.last_day]
        return (min(first), max(last)) if first and last else None

    @property
    def supplied_on(self) -> date:
        """When all of it is supplied: as the document says, on its date if no line has days."""
        if self.period:
            return self.period[1]
        return self.credited.issued_on if self.credited else self.issued_on


def facts_of(document: Invoice | CreditNote) -> DocumentFacts:
    """Of what is issued. A query for its lines, and one for the invoice of a credit note."""
    credited = None
    lines: tuple[Line, ...]
    # The database has both for all but drafts, of which there are no documents.
    assert document.issued_on
    assert document.issued_at
    if isinstance(document, CreditNote):
        invoice = document.invoice
        assert invoice.issued_on
        credited = Credited(invoice.number, invoice.issued_on, clean(document.reason))
        of_note = CreditNoteLine.objects.for_tenant(document.tenant_id).filter(credit_note=document)
        ordered = of_note.select_related("invoice_line").order_by("position")
        lines = tuple(_line(line, line.invoice_line) for line in ordered)
    else:
        of_invoice = InvoiceLine.objects.for_tenant(document.tenant_id).filter(invoice=document)
        lines = tuple(_line(line, line) for line in of_invoice.order_by("position"))
    sums = totals((line.tax_percent, LineAmounts(line.net_minor, line.tax_minor)) for line in lines)
    return DocumentFacts(
        number=document.number,
        issued_on=document.issued_on,
        issued_at=document.issued_at,
        due_on=None if isinstance(document, CreditNote) else document.due_on,
        credited=credited,
        currency=document.currency,
        language=document.language,
        note="" if isinstance(document, CreditNote) else clean(document.note),
        seller=_party(document.seller),
        buyer=_party(document.buyer),
        tax_category=TaxCategory(document.tax_category),
        lines=lines,
        rates=sums.by_rate,
        net_minor=document.net_minor,
        tax_minor=document.tax_minor,
        total_minor=document.total_minor,
    )


def _line(line: InvoiceLine | CreditNoteLine, period_of: InvoiceLine) -> Line:
    end = period_of.period_end
    return Line(
        position=line.position,
        description=clean(line.description),
        quantity=line.quantity,
        unit=line.unit,
        unit_price_minor=line.unit_price_minor,
        tax_percent=line.tax_percent,
        net_minor=line.net_minor,
        tax_minor=line.tax_minor,
        first_day=period_of.period_start,
        last_day=end - timedelta(days=1) if end else None,
    )


def _party(copied: Mapping[str, Any]) -> Party:
    known = {field.name for field in fields(Party)}
    return Party(**{name: clean(value) for name, value in copied.items() if name in known})


def clean(text: str) -> str:
    """The text in one line, without what neither a page nor XML can hold."""
    kept = (" " if character.isspace() else character for character in text)
    return " ".join("".join(each for each in kept if _is_usable(each)).split())


def _is_usable(character: str) -> bool:
    return category(character) not in _UNUSABLE and character not in _NO_CHARACTERS
