"""Credit notes: the list, one of them, and its PDF."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from portal.billing.views.documents import BEING_MADE, LINE_COLUMNS, lead_to, lines_of, looks_again
from portal.common.http import PortalRequest
from portal.ui.components.tables import Column

COLUMNS = (
    Column(_("Credit note")),
    Column(_("Issued")),
    Column(_("Of invoice")),
    Column(_("Reason")),
    Column(_("Amount"), "number"),
)


@require_safe
def listing(request: PortalRequest, slug: str) -> HttpResponse:
    page = request.platform.billing.credit_notes(cursor=request.GET.get("cursor", ""))
    return render(
        request, "billing/credit_notes.html", {"slug": slug, "page": page, "columns": COLUMNS}
    )


@require_safe
def detail(request: PortalRequest, slug: str, note_id: UUID) -> HttpResponse:
    note = request.platform.billing.credit_note(note_id)
    return render(
        request,
        "billing/credit_note.html",
        {
            "slug": slug,
            "note": note,
            "lines": lines_of(note),
            "columns": LINE_COLUMNS,
            "looks_again": looks_again(request, note),
            "look_again_after": BEING_MADE,
        },
    )


@require_POST
def pdf(request: PortalRequest, slug: str, note_id: UUID) -> HttpResponse:
    return lead_to(
        request,
        slug,
        lambda: request.platform.billing.credit_note_link(note_id),
        "billing:credit-note",
        note_id,
    )
