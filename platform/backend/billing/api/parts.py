"""What invoices and credit notes have in common, as replies have it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from backend.billing.amounts import LineAmounts, totals
from backend.billing.errors import DocumentNotReady
from backend.billing.models import Document
from backend.common import files

COPIED_FIELDS: Final = ("seller", "buyer", "language", "tax_category")
LINE_FIELDS: Final = (
    "position", "description", "quantity", "unit", "unit_price_minor", "net_minor", "tax_percent",
    "tax_minor",
)  # fmt: skip
LINK_VALID: Final = timedelta(minutes=5)
SOON: Final = {"Retry-After": "2"}


def lines_shown(lines: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Lines with decimals as texts, as they are everywhere in the API."""
    return [
        {**line, "quantity": str(line["quantity"]), "tax_percent": str(line["tax_percent"])}
        for line in lines
    ]


def taxes_shown(lines: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What the lines of each rate come to, from the highest down."""
    found = totals(
        (line["tax_percent"], LineAmounts(line["net_minor"], line["tax_minor"])) for line in lines
    )
    return [
        {
            "tax_percent": str(rate.tax_percent),
            "net_minor": rate.net_minor,
            "tax_minor": rate.tax_minor,
        }
        for rate in found.by_rate
    ]


def numbered(pk: UUID | None, number: str | None) -> dict[str, Any] | None:
    return {"id": pk, "number": number} if pk else None


def payment_named(
    pk: UUID | None, reference: str | None, method: str | None
) -> dict[str, Any] | None:
    return {"id": pk, "reference": reference, "method": method} if pk else None


def has_document(of: str) -> Exists:
    """Whether the outer row, of the named kind, has its file."""
    return Exists(Document.objects.filter(tenant=OuterRef("tenant"), **{of: OuterRef("pk")}))


def link_to_document(documents: QuerySet[Document], *, filename: str) -> dict[str, Any]:
    """An address of the PDF for five minutes. Raises DocumentNotReady, StorageNotConfigured."""
    files.require_store()
    name = documents.values_list("name", flat=True).first()
    if name is None:
        raise DocumentNotReady(headers=SOON)
    link = files.link_to(
        name,
        filename=filename,
        content_type="application/pdf",
        seconds=int(LINK_VALID.total_seconds()),
    )
    return {"url": link.url, "expires_at": link.expires_at}
