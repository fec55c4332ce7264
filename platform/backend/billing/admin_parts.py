"""What several pages of billing's admin have in common."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.safestring import SafeString
from unfold.decorators import action, display

from backend.billing.models import Document, Seller
from backend.common import files
from backend.common.admin import ReadOnlyInline, address_of_row, link_to

LINK_LASTS = 60


def today() -> date:
    """The seller's; before there is one nothing is dated."""
    seller = Seller.objects.first()
    return seller.today() if seller else timezone.now().date()


class WithTenant:
    """To be mixed in first: the tenant as a link on a row's page."""

    @display(description="tenant")
    def tenant_link(self, row: Any) -> SafeString | None:
        return link_to(row.tenant)


def pdf_of(kind: str, *, permission: str) -> Any:
    """An action of a row's page: the PDF of an invoice or a credit note, as its buyer has it."""

    @action(description="PDF", permissions=[permission], icon="picture_as_pdf")
    def pdf(admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
        row = admin.row_for("pdf", request, object_id)
        document = Document.objects.for_tenant(row.tenant_id).filter(**{kind: row}).first()
        if document is None:
            messages.info(request, "A job is making the PDF. Try again in a moment.")
            return HttpResponseRedirect(address_of_row(row))
        link = files.link_to(
            document.name,
            filename=f"{row.number}.pdf",
            content_type="application/pdf",
            seconds=LINK_LASTS,
        )
        return HttpResponseRedirect(link.url)

    return pdf


class TransitionInline(ReadOnlyInline):
    """`model` is the rows' own."""

    fields = readonly_fields = ("changed_at", "change", "changed_by", "changed_by_kind", "reason")
    verbose_name_plural = "how it came to its state"

    @display(description="change")
    def change(self, transition: Any) -> str:
        return str(transition)
