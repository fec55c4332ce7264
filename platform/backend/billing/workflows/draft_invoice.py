"""Drafts: what an invoice is before it is issued."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.db import transaction

from backend.billing.models import Invoice, InvoiceLine, Seller
from backend.billing.workflows.issue_invoices import calculate_draft
from backend.tenants.models import Tenant


def draft_invoice(tenant: Tenant, lines: Sequence[InvoiceLine], *, note: str = "") -> Invoice:
    """A draft of these unsaved lines, in their order. Needs the owner's rights."""
    [invoice] = draft_invoices({tenant: lines}, note=note)
    return invoice


@transaction.atomic
def draft_invoices(
    lines: Mapping[Tenant, Sequence[InvoiceLine]], *, note: str = ""
) -> list[Invoice]:
    """A draft for each tenant, in as many statements for many as for one."""
    seller = Seller.get()
    invoices = []
    for tenant, its_lines in lines.items():
        invoice = Invoice(tenant=tenant, note=note)
        for position, line in enumerate(its_lines, start=1):
            line.tenant_id, line.invoice, line.position = tenant.pk, invoice, position
            line.quantity = Decimal(line.quantity)
        calculate_draft(invoice, list(its_lines), seller, tenant)
        invoices.append(invoice)
    Invoice.objects.bulk_create(invoices)
    InvoiceLine.objects.bulk_create([line for each in lines.values() for line in each])
    return invoices


@transaction.atomic
def recalculate(invoice: Invoice) -> None:
    """After a draft's lines were changed. Needs the owner's rights."""
    tenant = Tenant.objects.get(pk=invoice.tenant_id)
    lines = list(
        InvoiceLine.objects.for_tenant(tenant.pk).filter(invoice=invoice).order_by("position")
    )
    calculate_draft(invoice, lines, Seller.get(), tenant)
    InvoiceLine.objects.bulk_update(lines, ["tax_percent", "net_minor", "tax_minor"])
    invoice.save()
