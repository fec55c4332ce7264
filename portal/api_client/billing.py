"""What the business owes and has paid: invoices, credit notes, payments, the statement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from portal.api_client import paths
from portal.api_client.calls import Calls
from portal.api_client.errors import Forbidden


class BillingOverview(msgspec.Struct, frozen=True, kw_only=True):
    currency: str
    balance_minor: int
    """Above nought it is owed, below it is the business's credit."""
    due_minor: int
    """Of all open invoices, whether their day has come or not."""
    overdue_minor: int
    credit_minor: int
    refunding_minor: int
    """Of the credit, what is on its way back: nothing is paid with it."""
    open_invoices: int
    overdue_invoices: int
    next_due_on: date | None
    methods: tuple[str, ...]
    """How one can pay: `transfer`, `card`, `stripe`."""
    can: frozenset[str]
    """`pay`."""


class InvoiceLink(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    number: str


class InvoiceItem(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    number: str
    state: str
    """`open`, `paid` or `void`."""
    is_overdue: bool
    issued_on: date
    due_on: date
    net_minor: int
    tax_minor: int
    total_minor: int
    due_minor: int
    currency: str
    can: frozenset[str]
    """`pay`."""


class InvoicePage(msgspec.Struct, frozen=True, kw_only=True):
    """Newest first."""

    results: tuple[InvoiceItem, ...]
    next_cursor: str | None
    previous_cursor: str | None


class Party(msgspec.Struct, frozen=True, kw_only=True):
    """Who sells or buys, as it stands on the document."""

    name: str
    trading_name: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""
    country: str = ""
    vat_id: str = ""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    position: int
    description: str
    quantity: str
    """A decimal."""
    unit: str
    unit_price_minor: int
    net_minor: int
    tax_percent: str
    tax_minor: int
    period_start: date | None
    period_end: date | None


class Tax(msgspec.Struct, frozen=True, kw_only=True):
    """What is taxed at one rate."""

    tax_percent: str
    net_minor: int
    tax_minor: int


class PaymentLink(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    reference: str
    method: str


class Settlement(msgspec.Struct, frozen=True, kw_only=True):
    """A part of an invoice that is settled, and by what: by neither, from the credit there was."""

    amount_minor: int
    created_at: datetime
    payment: PaymentLink | None
    credit_note: InvoiceLink | None


class CreditNoteLink(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    number: str
    issued_on: date
    total_minor: int


class Reminder(msgspec.Struct, frozen=True, kw_only=True):
    level: int
    created_at: datetime


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """What an invoice and a credit note have in common, frozen when it was issued."""

    id: UUID
    number: str
    issued_on: date
    net_minor: int
    tax_minor: int
    total_minor: int
    currency: str
    seller: Party
    buyer: Party
    language: str
    tax_category: str
    """`S`: at the standard rate; `AE`: the buyer owes it; `O`: outside the scope."""
    lines: tuple[Line, ...]
    taxes: tuple[Tax, ...]
    has_document: bool
    """Whether the PDF is there already."""


class Invoice(Document, frozen=True, kw_only=True):
    state: str
    is_overdue: bool
    due_on: date
    due_minor: int
    can: frozenset[str]
    """`pay`."""
    note: str
    """What was written on it by hand."""
    allocated_minor: int
    """What is settled of it already."""
    allocations: tuple[Settlement, ...]
    credit_notes: tuple[CreditNoteLink, ...]
    reminders: tuple[Reminder, ...]


class CreditNoteItem(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    number: str
    issued_on: date
    net_minor: int
    tax_minor: int
    total_minor: int
    currency: str
    reason: str
    invoice: InvoiceLink


class CreditNotePage(msgspec.Struct, frozen=True, kw_only=True):
    """Newest first."""

    results: tuple[CreditNoteItem, ...]
    next_cursor: str | None
    previous_cursor: str | None


class Allocation(msgspec.Struct, frozen=True, kw_only=True):
    """What of a payment or a credit note was used for an invoice."""

    invoice: InvoiceLink
    amount_minor: int


class CreditNote(Document, frozen=True, kw_only=True):
    reason: str
    invoice: InvoiceLink
    allocations: tuple[Allocation, ...]
    """What it was used for."""


class DocumentLink(msgspec.Struct, frozen=True, kw_only=True):
    """Whoever has the address can download the PDF until it expires."""

    url: str
    expires_at: datetime


class NextStep(msgspec.Struct, frozen=True, kw_only=True):
    """What the payer does next: `transfer` with the bank's details, `redirect`, or `card`."""

    kind: str
    name: str = ""
    iban: str = ""
    bic: str = ""
    bank: str = ""
    reference: str = ""
    amount_minor: int = 0
    url: str = ""


class Refund(msgspec.Struct, frozen=True, kw_only=True):
    amount_minor: int
    state: str
    """`pending`, `confirmed` or `failed`."""
    created_at: datetime
    reason: str


class Payment(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    reference: str
    method: str
    state: str
    """`pending`, `confirmed` or `failed`."""
    amount_minor: int
    currency: str
    created_at: datetime
    settled_at: datetime | None
    failure: str
    """Why it failed, in a word."""
    begun_by: str
    invoices: tuple[InvoiceLink, ...]
    due_minor: int
    """What of these invoices is still to be paid, by whatever way."""
    allocations: tuple[Allocation, ...]
    refunds: tuple[Refund, ...]
    next: NextStep | None

    @property
    def is_superseded(self) -> bool:
        """It waits for somebody to pay what has been settled otherwise since."""
        return self._waits_for_payer and not self.due_minor

    @property
    def is_for_more_than_due(self) -> bool:
        """It waits for somebody to pay what has been settled in part since."""
        return self._waits_for_payer and 0 < self.due_minor < self.amount_minor

    @property
    def is_on_its_way(self) -> bool:
        """Somebody has done what there was to do, or says so: a transfer takes its days."""
        return self.state == "pending" and (self.next is None or self.next.kind == "transfer")

    @property
    def _waits_for_payer(self) -> bool:
        return self.state == "pending" and self.next is not None


class PaymentPage(msgspec.Struct, frozen=True, kw_only=True):
    """Newest first."""

    results: tuple[Payment, ...]
    next_cursor: str | None
    previous_cursor: str | None


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the statement."""

    booked_on: date
    booked_at: datetime
    kind: str
    """`invoice`, `credit_note`, `payment` or `refund`."""
    amount_minor: int
    balance_minor: int
    """After this entry."""
    label: str
    invoice: InvoiceLink | None
    credit_note: InvoiceLink | None
    payment: PaymentLink | None


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """Newest first."""

    as_of: date
    currency: str
    balance_minor: int
    results: tuple[Entry, ...]
    next_cursor: str | None
    previous_cursor: str | None


class Billing:
    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def overview(self) -> BillingOverview:
        return self._calls.fetch(paths.GET_BILLING, BillingOverview)

    def overview_if_allowed(self) -> BillingOverview | None:
        """For pages about something else: None for who may not see it.

        Only the platform's replies say who is looking, so a page can't know before it asks.
        """
        try:
            return self.overview()
        except Forbidden:
            return None

    def invoices(
        self,
        *,
        state: str = "",
        q: str = "",
        since: str = "",
        until: str = "",
        cursor: str = "",
        limit: int | None = None,
    ) -> InvoicePage:
        """`since` and `until` are days of issue, both included."""
        return self._calls.fetch(
            paths.LIST_INVOICES,
            InvoicePage,
            query={
                "state": state,
                "q": q,
                "from": since,
                "to": until,
                "cursor": cursor,
                "limit": str(limit or ""),
            },
        )

    def invoice(self, id: UUID) -> Invoice:  # noqa: A002 -- it is the invoice's `id`
        return self._calls.fetch(paths.GET_INVOICE, Invoice, parts={"id": id})

    def invoice_link(self, id: UUID) -> DocumentLink:  # noqa: A002
        """A new one each time: a repeated answer would give a link that is over."""
        return self._calls.fetch(paths.LINK_INVOICE, DocumentLink, parts={"id": id}, json={})

    def credit_notes(self, *, cursor: str = "") -> CreditNotePage:
        return self._calls.fetch(paths.LIST_CREDIT_NOTES, CreditNotePage, query={"cursor": cursor})

    def credit_note(self, id: UUID) -> CreditNote:  # noqa: A002
        return self._calls.fetch(paths.GET_CREDIT_NOTE, CreditNote, parts={"id": id})

    def credit_note_link(self, id: UUID) -> DocumentLink:  # noqa: A002
        return self._calls.fetch(paths.LINK_CREDIT_NOTE, DocumentLink, parts={"id": id}, json={})

    def payments(
        self, *, state: str = "", cursor: str = "", limit: int | None = None
    ) -> PaymentPage:
        return self._calls.fetch(
            paths.LIST_PAYMENTS,
            PaymentPage,
            query={"state": state, "cursor": cursor, "limit": str(limit or "")},
        )

    def payment(self, id: UUID) -> Payment:  # noqa: A002
        return self._calls.fetch(paths.GET_PAYMENT, Payment, parts={"id": id})

    def pay(self, *, method: str, invoices: Sequence[UUID] = (), idempotency_key: str) -> Payment:
        """Without `invoices`: for all that is due."""
        data: dict[str, Any] = {"method": method}
        if invoices:
            data["invoices"] = [str(each) for each in invoices]
        return self._calls.fetch(
            paths.BEGIN_PAYMENT, Payment, json=data, idempotency_key=idempotency_key
        )

    def pay_by_card(
        self,
        id: UUID,  # noqa: A002
        *,
        number: str,
        expiry: str,
        cvc: str,
        idempotency_key: str,
    ) -> Payment:
        """A sandbox's card: whatever is typed, nothing is charged."""
        return self._calls.fetch(
            paths.PAY_BY_CARD,
            Payment,
            parts={"id": id},
            json={"number": number, "expiry": expiry, "cvc": cvc},
            idempotency_key=idempotency_key,
        )

    def statement(self, *, as_of: str = "", cursor: str = "") -> Statement:
        return self._calls.fetch(
            paths.GET_STATEMENT, Statement, query={"as_of": as_of, "cursor": cursor}
        )
