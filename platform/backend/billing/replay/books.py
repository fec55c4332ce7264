"""Everything that was booked for some tenants, read once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from backend.billing.models import (
    Account,
    Allocation,
    CreditNote,
    CreditNoteLine,
    Entry,
    Invoice,
    InvoiceLine,
    InvoiceTransition,
    Payment,
    PaymentTransition,
    Refund,
    RefundTransition,
)
from backend.common.models import TenantOwned
from backend.tenants.models import Tenant


@dataclass(slots=True)
class Books:
    """One tenant's. Lists are in the order of time; lines are by their document's id."""

    slug: str
    account: Account | None = None
    invoices: list[Invoice] = field(default_factory=list)
    notes: list[CreditNote] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    refunds: list[Refund] = field(default_factory=list)
    allocations: list[Allocation] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    invoice_lines: dict[UUID, list[InvoiceLine]] = field(default_factory=dict)
    note_lines: dict[UUID, list[CreditNoteLine]] = field(default_factory=dict)
    # Of invoices, payments and refunds by their ids: the state that they came to last.
    states: dict[UUID, str] = field(default_factory=dict)


# The lists of `Books`, and what orders each.
_LISTS: Final[tuple[tuple[str, type[TenantOwned], str], ...]] = (
    ("invoices", Invoice, "issued_at"),
    ("notes", CreditNote, "issued_at"),
    ("payments", Payment, "created_at"),
    ("refunds", Refund, "created_at"),
    ("allocations", Allocation, "created_at"),
    ("entries", Entry, "booked_at"),
)
_LINES: Final[tuple[tuple[str, type[TenantOwned], str], ...]] = (
    ("invoice_lines", InvoiceLine, "invoice_id"),
    ("note_lines", CreditNoteLine, "credit_note_id"),
)
_TRANSITIONS: Final[tuple[tuple[type[TenantOwned], str], ...]] = (
    (InvoiceTransition, "invoice_id"),
    (PaymentTransition, "payment_id"),
    (RefundTransition, "refund_id"),
)


def books_of(tenants: Sequence[Tenant]) -> list[Books]:
    """As many queries for many tenants as for one."""
    books = {tenant.pk: Books(tenant.slug) for tenant in tenants}

    def rows(model: type[TenantOwned], order: str) -> Iterable[Any]:
        return model.objects.filter(tenant_id__in=books).order_by(order, "pk")

    for account in rows(Account, "pk"):
        books[account.tenant_id].account = account
    for name, model, order in _LISTS:
        for row in rows(model, order):
            getattr(books[row.tenant_id], name).append(row)
    for name, model, of in _LINES:
        for row in rows(model, "position"):
            getattr(books[row.tenant_id], name).setdefault(getattr(row, of), []).append(row)
    for model, of in _TRANSITIONS:
        for row in rows(model, "changed_at"):
            books[row.tenant_id].states[getattr(row, of)] = row.to_state
    return list(books.values())


def by_key(rows: Iterable[Any], key: str) -> dict[Any, list[Any]]:
    """Rows by an attribute of theirs."""
    found = defaultdict(list)
    for row in rows:
        found[getattr(row, key)].append(row)
    return found
