"""Credit notes: list, read, download."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from backend.billing.api import parts, serializers
from backend.billing.errors import CreditNoteNotFound
from backend.billing.models import Allocation, CreditNote, CreditNoteLine, Document
from backend.common.abilities import BILLING_READ
from backend.common.api import ApiView, KeysetPage, StrictSerializer, checked
from backend.common.api.examples import examples
from backend.common.api.lists import PAGE_PARAMETERS

FIELDS: Final = (
    "id", "number", "issued_on", "net_minor", "tax_minor", "total_minor", "currency", "reason",
)  # fmt: skip
NEWEST_FIRST: Final = {"-issued": ("-id",)}


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in FIELDS} | {
        "invoice": parts.numbered(row["invoice_id"], row["invoice__number"])
    }


class CreditNotes(ApiView):
    abilities: ClassVar = {"GET": BILLING_READ}

    @extend_schema(
        operation_id="credit_notes_list",
        parameters=PAGE_PARAMETERS,
        responses=serializers.CreditNotePageShape,
        examples=examples("credit-notes-list"),
    )
    def get(self, request: Request) -> Response:
        """Credit notes, the newest first."""
        page = KeysetPage(request, orders=NEWEST_FIRST, default="-issued")
        notes: Any = CreditNote.objects.for_tenant(self.tenant_id)
        rows = page.slice(notes.values(*FIELDS, "invoice_id", "invoice__number"))
        return Response(page.envelope(rows) | {"results": [_shown(row) for row in rows]})


class CreditNoteDetail(ApiView):
    abilities: ClassVar = {"GET": BILLING_READ}

    @extend_schema(
        operation_id="credit_notes_retrieve",
        responses=serializers.CreditNoteDetailShape,
        examples=examples("credit-note-retrieve", "credit-note-not-found"),
    )
    def get(self, request: Request, credit_note_id: UUID) -> Response:
        """One credit note as it was issued, and what of it settled an invoice."""
        notes = CreditNote.objects.for_tenant(self.tenant_id).filter(pk=credit_note_id)
        row = (
            notes.annotate(has_document=parts.has_document("credit_note"))
            .values(*FIELDS, *parts.COPIED_FIELDS, "has_document", "invoice_id", "invoice__number")
            .first()
        )
        if row is None:
            raise CreditNoteNotFound
        of_note = {"tenant_id": self.tenant_id, "credit_note_id": credit_note_id}
        lines = list(
            CreditNoteLine.objects.filter(**of_note)
            .order_by("position")
            .values(*parts.LINE_FIELDS, "invoice_line__period_start", "invoice_line__period_end")
        )
        for line in lines:
            # Those of the line that it takes back.
            line["period_start"] = line.pop("invoice_line__period_start")
            line["period_end"] = line.pop("invoice_line__period_end")
        allocations = Allocation.objects.filter(**of_note).order_by("pk")
        return Response(
            {
                **_shown(row),
                **{name: row[name] for name in (*parts.COPIED_FIELDS, "has_document")},
                "lines": parts.lines_shown(lines),
                "taxes": parts.taxes_shown(lines),
                "allocations": [
                    {
                        "amount_minor": amount,
                        "created_at": created_at,
                        "invoice": parts.numbered(invoice_id, number),
                    }
                    for amount, created_at, invoice_id, number in allocations.values_list(
                        "amount_minor", "created_at", "invoice_id", "invoice__number"
                    )
                ],
            }
        )


class CreditNoteLink(ApiView):
    abilities: ClassVar = {"POST": BILLING_READ}

    @extend_schema(
        operation_id="credit_notes_link_create",
        request=None,
        responses={201: serializers.DocumentLinkShape},
        examples=examples("credit-note-link", "credit-note-link-not-ready"),
    )
    def post(self, request: Request, credit_note_id: UUID) -> Response:
        """A link to the PDF, with the e-invoice inside, for five minutes."""
        checked(StrictSerializer(data=request.data))
        notes = CreditNote.objects.for_tenant(self.tenant_id).filter(pk=credit_note_id)
        number = notes.values_list("number", flat=True).first()
        if number is None:
            raise CreditNoteNotFound
        documents = Document.objects.filter(tenant_id=self.tenant_id, credit_note_id=credit_note_id)
        link = parts.link_to_document(documents, filename=f"credit-note-{number}.pdf")
        return Response(link, status=201)
