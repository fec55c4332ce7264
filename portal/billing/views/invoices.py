"""Invoices: searched and filtered, one of them, and its PDF."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from portal.api_client.billing import CreditNoteLink, Invoice, InvoiceItem, InvoicePage
from portal.billing.addresses import pay_url
from portal.billing.forms import PeriodForm
from portal.billing.views.documents import BEING_MADE, LINE_COLUMNS, lead_to, lines_of, looks_again
from portal.billing.words import INVOICE_STATES, Label, invoice_state, method_name
from portal.common.http import PortalRequest
from portal.tickets.addresses import ask_url
from portal.ui.components.tables import Column

COLUMNS = (
    Column(_("Invoice")),
    Column(_("Issued")),
    Column(_("Due")),
    Column(_("State")),
    Column(_("Total"), "number"),
    Column(_("Left to pay"), "number"),
)
OPEN_COLUMNS = (
    Column(_("Invoice")),
    Column(_("Issued")),
    Column(_("Due")),
    Column(_("State")),
    Column(_("Left to pay"), "number"),
    Column(_("Pay"), "hidden"),
)


class Row(NamedTuple):
    invoice: InvoiceItem
    state: Label
    pay_url: str


def rows_of(page: InvoicePage, slug: str) -> list[Row]:
    return [Row(each, invoice_state(each), pay_url(slug, each.id)) for each in page.results]


@require_safe
def listing(request: PortalRequest, slug: str) -> HttpResponse:
    q = request.GET.get("q", "").strip()
    state = request.GET.get("state", "")
    state = state if state in INVOICE_STATES else ""
    cursor = request.GET.get("cursor", "")
    asked = bool(request.GET.get("since") or request.GET.get("until"))
    period = PeriodForm(request.GET if asked else {})
    since, until = period.chosen("since"), period.chosen("until")
    page = request.platform.billing.invoices(
        state=state, q=q, since=since, until=until, cursor=cursor
    )
    return render(
        request,
        "billing/invoices.html",
        {
            "slug": slug,
            "page": page,
            "rows": rows_of(page, slug),
            "columns": COLUMNS,
            "q": q,
            "state": state,
            "states": [(word, each.label) for word, each in INVOICE_STATES.items()],
            "period": period,
            "asked": asked,
            "since": since,
            "until": until,
            "narrowed": bool(q or state or asked or cursor),
        },
    )


@require_safe
def detail(request: PortalRequest, slug: str, invoice_id: UUID) -> HttpResponse:
    invoice = request.platform.billing.invoice(invoice_id)
    return render(
        request,
        "billing/invoice.html",
        {
            "slug": slug,
            "invoice": invoice,
            "pay_url": pay_url(slug, invoice.id),
            "ask_url": ask_url(slug, invoice=invoice.id),
            "state": invoice_state(invoice),
            "lines": lines_of(invoice),
            "columns": LINE_COLUMNS,
            "settled": [
                (each, method_name(each.payment.method) if each.payment else "")
                for each in invoice.allocations
            ],
            "credit_notes": _told_apart(invoice),
            "looks_again": looks_again(request, invoice),
            "look_again_after": BEING_MADE,
        },
    )


def _told_apart(invoice: Invoice) -> list[CreditNoteLink]:
    """Those that are not among what settled it, with all that they come to, already."""
    settled = {
        (each.credit_note.id, each.amount_minor) for each in invoice.allocations if each.credit_note
    }
    return [each for each in invoice.credit_notes if (each.id, each.total_minor) not in settled]


@require_POST
def pdf(request: PortalRequest, slug: str, invoice_id: UUID) -> HttpResponse:
    return lead_to(
        request,
        slug,
        lambda: request.platform.billing.invoice_link(invoice_id),
        "billing:invoice",
        invoice_id,
    )
