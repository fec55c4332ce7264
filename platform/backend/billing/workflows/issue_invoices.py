"""Giving drafts their numbers and dates, and freezing them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from backend.audit.recording import Event, record_all
from backend.billing import jobs
from backend.billing.errors import InvoiceEmpty, NotDraft
from backend.billing.models import (
    Account,
    Entry,
    Invoice,
    InvoiceLine,
    InvoiceTransition,
    NumberSeries,
    Seller,
)
from backend.billing.models.account import EntryKind
from backend.billing.models.invoice import State
from backend.billing.models.numbers import Kind
from backend.billing.parties import buyer_of, tax_for
from backend.billing.workflows.settle_account import settle_accounts
from backend.common.actor import Actor
from backend.common.bulk import update_all
from backend.common.transitions import change_states
from backend.tenants.models import Tenant

_FROZEN = (
    "number", "sequence", "issued_on", "issued_at", "due_on", "currency", "language", "seller",
    "buyer", "tax_category", "net_minor", "tax_minor", "total_minor",
)  # fmt: skip


@transaction.atomic
def issue_invoices(invoices: Sequence[Invoice], *, by: Actor) -> None:
    """Issues drafts, in their order and in as many statements for many as for one.

    All or none: raises InvoiceEmpty, NotDraft, SellerMissing. Needs the owner's rights. What a
    tenant has to its credit is used at once. Documents and mails are made by jobs.
    """
    if not invoices:
        return
    seller = Seller.get()
    tenants = Tenant.objects.in_bulk({invoice.tenant_id for invoice in invoices})
    accounts = lock_accounts(tenants)
    _lock_drafts(invoices)
    lines = _lines(invoices)
    for invoice in invoices:
        _fill(invoice, lines[invoice.pk], seller, tenants[invoice.tenant_id])
    update_all(
        [line for invoice in invoices for line in lines[invoice.pk]],
        ["tax_percent", "net_minor", "tax_minor"],
    )
    now, today = timezone.now(), seller.today()
    due_on = today + timedelta(days=seller.payment_days)
    # Last, since the series is locked from here on.
    numbers = NumberSeries.take(Kind.INVOICE, today.year, len(invoices))
    for invoice, (sequence, number) in zip(invoices, numbers, strict=True):
        invoice.sequence, invoice.number = sequence, number
        invoice.issued_at, invoice.issued_on, invoice.due_on = now, today, due_on
    change_states(
        invoices,
        "issue",
        by=by,
        record=InvoiceTransition,
        about=lambda invoice: {"tenant_id": invoice.tenant_id, "invoice": invoice},
        also=_FROZEN,
    )
    Entry.objects.bulk_create(
        [
            Entry(
                tenant_id=invoice.tenant_id,
                kind=EntryKind.INVOICE,
                amount_minor=invoice.total_minor,
                currency=invoice.currency,
                booked_on=today,
                booked_at=now,
                invoice=invoice,
            )
            for invoice in invoices
        ]
    )
    record_all(
        (
            Event(
                "invoice.issue",
                invoice.tenant_id,
                invoice.about,
                {"total_minor": invoice.total_minor, "currency": invoice.currency},
            )
            for invoice in invoices
        ),
        by=by,
    )
    jobs.queue_all(jobs.MAKE_DOCUMENT, "invoice_id", [invoice.pk for invoice in invoices])
    jobs.queue_all(jobs.MAIL_INVOICE, "invoice_id", [invoice.pk for invoice in invoices])
    settle_accounts(list(accounts.values()), by=by)


def lock_accounts(tenants: Mapping[UUID, Tenant]) -> dict[UUID, Account]:
    """The tenants' accounts by tenant, made where there is none, locked in one order."""
    known = set(Account.objects.filter(tenant_id__in=tenants).values_list("tenant_id", flat=True))
    Account.objects.bulk_create(
        [
            Account(tenant_id=tenant.pk, currency=tenant.currency)
            for tenant in tenants.values()
            if tenant.pk not in known
        ],
        ignore_conflicts=True,
    )
    locked = Account.objects.filter(tenant_id__in=tenants).order_by("tenant_id")
    return {account.tenant_id: account for account in locked.select_for_update(no_key=True)}


def _lock_drafts(invoices: Sequence[Invoice]) -> None:
    """So that nobody issues them meanwhile, nor edits a line: what was edited before is seen."""
    drafts = Invoice.objects.filter(
        tenant_id__in={invoice.tenant_id for invoice in invoices},
        pk__in=[invoice.pk for invoice in invoices],
        state=State.DRAFT,
    )
    locked = drafts.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True)
    if len(locked) < len(invoices):
        raise NotDraft


def _lines(invoices: Sequence[Invoice]) -> dict[UUID, list[InvoiceLine]]:
    found = defaultdict(list)
    ids = [invoice.pk for invoice in invoices]
    tenants = {invoice.tenant_id for invoice in invoices}
    rows = InvoiceLine.objects.filter(tenant_id__in=tenants, invoice_id__in=ids)
    for line in rows.order_by("position"):
        found[line.invoice_id].append(line)
    return found


def _fill(invoice: Invoice, lines: list[InvoiceLine], seller: Seller, tenant: Tenant) -> None:
    """Copies who sells and buys, and calculates anew: a draft's amounts were a forecast."""
    calculate_draft(invoice, lines, seller, tenant)
    if not lines or invoice.total_minor < 0:
        raise InvoiceEmpty
    invoice.seller = seller.copy()
    invoice.buyer = buyer_of(tenant)


def calculate_draft(invoice: Invoice, lines: list[Any], seller: Seller, tenant: Tenant) -> None:
    """Sets how a draft is taxed, and the amounts of it and its lines. Saves nothing."""
    tax = tax_for(seller.country, tenant.country, tenant.vat_id)
    for line in lines:
        line.tax_percent = tax.percent
        line.calculate()
    invoice.tax_category = tax.category
    invoice.currency, invoice.language = tenant.currency, tenant.language
    invoice.calculate(lines)
