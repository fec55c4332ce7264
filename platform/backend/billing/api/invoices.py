"""Invoices: list, search, read, download. Drafts aren't there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Final
from uuid import UUID

from django.db.models.expressions import RawSQL
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from backend.billing.amounts import still_due
from backend.billing.api import parts, serializers
from backend.billing.api.permissions import invoice_actions
from backend.billing.api.queries import (
    day_parameter,
    is_overdue,
    overdue,
    read_choice,
    read_day,
    read_text,
    seller_day,
    seller_today,
)
from backend.billing.errors import InvoiceNotFound
from backend.billing.models import Allocation, CreditNote, Document, Invoice, InvoiceLine, Reminder
from backend.billing.models.invoice import State
from backend.common.abilities import BILLING_READ
from backend.common.api import ApiView, KeysetPage, StrictSerializer, checked
from backend.common.api.examples import examples
from backend.common.api.lists import PAGE_PARAMETERS
from backend.common.api.pagination import Rows
from backend.common.caller import Caller

LIST_FIELDS: Final = (
    "id", "number", "state", "issued_on", "due_on", "net_minor", "tax_minor", "total_minor",
    "allocated_minor", "currency", "is_overdue",
)  # fmt: skip
NEWEST_FIRST: Final = {"-issued": ("-issued_at", "-id")}
OVERDUE: Final = "overdue"


def listed(tenant_id: UUID, now: datetime) -> Rows:
    """All rows of the list, to be cut into pages."""
    invoices = Invoice.objects.for_tenant(tenant_id).issued()
    rows: Rows = invoices.annotate(is_overdue=is_overdue(seller_day(now))).values(
        *LIST_FIELDS, "issued_at"
    )
    return rows


class Invoices(ApiView):
    abilities: ClassVar = {"GET": BILLING_READ}

    @extend_schema(
        operation_id="invoices_list",
        parameters=[
            OpenApiParameter("state", enum=[*serializers.STATES, OVERDUE]),
            OpenApiParameter("q", description="Words in the number, or in the text of a line"),
            day_parameter("from", "Issued on this day or later"),
            day_parameter("to", "Issued on this day or before"),
            *PAGE_PARAMETERS,
        ],
        responses=serializers.InvoicePageShape,
        examples=examples("invoices-list", "invoices-list-overdue"),
    )
    def get(self, request: Request) -> Response:
        """Issued invoices, the newest first."""
        page = KeysetPage(request, orders=NEWEST_FIRST, default="-issued")
        now = timezone.now()
        narrowed = _narrowed(request, self.tenant_id, now)
        if narrowed is None:
            rows = page.slice_prepared(listed, tenant_id=self.tenant_id, now=now)
        else:
            rows = page.slice(narrowed)
        reply = page.envelope(rows)
        return Response(reply | {"results": [_shown(row, self.caller) for row in rows]})


def _narrowed(request: Request, tenant_id: UUID, now: datetime) -> Rows | None:
    """The rows that the query string asks for; None where it asks for all."""
    state = read_choice(request, "state", [*serializers.STATES, OVERDUE])
    q = read_text(request, "q")
    first, last = read_day(request, "from"), read_day(request, "to")
    if not (state or q or first or last):
        return None
    rows = listed(tenant_id, now)
    if state == OVERDUE:
        rows = rows.filter(overdue(seller_day(now)))
    elif state:
        rows = rows.filter(state=state)
    if q:
        rows = rows.filter(pk__in=RawSQL("SELECT id FROM billing_search(%s)", [q]))
    if first:
        rows = rows.filter(issued_on__gte=first)
    if last:
        rows = rows.filter(issued_on__lte=last)
    return rows


def _shown(row: Mapping[str, Any], caller: Caller) -> dict[str, Any]:
    """A row as replies have it, without what is there for the cursor."""
    shown = {name: row[name] for name in LIST_FIELDS if name != "allocated_minor"}
    is_open = row["state"] == State.OPEN
    due = still_due(row["total_minor"], row["allocated_minor"]) if is_open else 0
    return shown | {"due_minor": due, "can": invoice_actions(caller, row["state"], due)}


class InvoiceDetail(ApiView):
    abilities: ClassVar = {"GET": BILLING_READ}

    @extend_schema(
        operation_id="invoices_retrieve",
        responses=serializers.InvoiceDetailShape,
        examples=examples("invoice-retrieve", "invoice-retrieve-german", "invoice-not-found"),
    )
    def get(self, request: Request, invoice_id: UUID) -> Response:
        """One invoice as it was issued, and what settled it since."""
        invoices = Invoice.objects.for_tenant(self.tenant_id).issued().filter(pk=invoice_id)
        row = (
            invoices.annotate(
                is_overdue=is_overdue(seller_today()), has_document=parts.has_document("invoice")
            )
            .values(*LIST_FIELDS, *parts.COPIED_FIELDS, "note", "has_document")
            .first()
        )
        if row is None:
            raise InvoiceNotFound
        lines = list(
            InvoiceLine.objects.filter(tenant_id=self.tenant_id, invoice_id=invoice_id)
            .order_by("position")
            .values(*parts.LINE_FIELDS, "period_start", "period_end")
        )
        return Response(
            {
                **_shown(row, self.caller),
                **{name: row[name] for name in (*parts.COPIED_FIELDS, "note", "has_document")},
                "allocated_minor": row["allocated_minor"],
                "lines": parts.lines_shown(lines),
                "taxes": parts.taxes_shown(lines),
                **_events(self.tenant_id, invoice_id),
            }
        )


def _events(tenant_id: UUID, invoice_id: UUID) -> dict[str, Any]:
    """What happened to an invoice since it was issued. Three queries."""
    allocations = Allocation.objects.filter(tenant_id=tenant_id, invoice_id=invoice_id)
    notes = CreditNote.objects.for_tenant(tenant_id).filter(invoice_id=invoice_id)
    reminders = Reminder.objects.filter(tenant_id=tenant_id, invoice_id=invoice_id)
    return {
        "allocations": [
            {
                "amount_minor": amount,
                "created_at": created_at,
                "payment": parts.payment_named(payment_id, reference, method),
                "credit_note": parts.numbered(note_id, number),
            }
            for amount, created_at, payment_id, reference, method, note_id, number in (
                allocations.order_by("pk").values_list(
                    "amount_minor", "created_at", "payment_id", "payment__reference",
                    "payment__method", "credit_note_id", "credit_note__number",
                )
            )
        ],
        "credit_notes": list(
            notes.order_by("pk").values("id", "number", "issued_on", "total_minor")
        ),
        "reminders": list(reminders.order_by("level").values("level", "created_at")),
    }  # fmt: skip


class InvoiceLink(ApiView):
    abilities: ClassVar = {"POST": BILLING_READ}

    @extend_schema(
        operation_id="invoices_link_create",
        request=None,
        responses={201: serializers.DocumentLinkShape},
        examples=examples("invoice-link", "invoice-link-not-ready"),
    )
    def post(self, request: Request, invoice_id: UUID) -> Response:
        """A link to the PDF, with the e-invoice inside, for five minutes."""
        checked(StrictSerializer(data=request.data))
        invoices = Invoice.objects.for_tenant(self.tenant_id).issued().filter(pk=invoice_id)
        number = invoices.values_list("number", flat=True).first()
        if number is None:
            raise InvoiceNotFound
        documents = Document.objects.filter(tenant_id=self.tenant_id, invoice_id=invoice_id)
        link = parts.link_to_document(documents, filename=f"invoice-{number}.pdf")
        return Response(link, status=201)
