"""What the pages of invoices and credit notes have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render, resolve_url
from django.utils.translation import gettext_lazy as _

from portal.api_client.billing import Document, DocumentLink, Line
from portal.api_client.errors import Conflict
from portal.billing.words import quantity_of
from portal.common.http import PortalRequest, see_other
from portal.ui.components.tables import Column

BEING_MADE: Final = 2
"""Seconds until the page looks whether the PDF is there."""

LINE_COLUMNS = (
    Column(_("What for")),
    Column(_("Quantity"), "number"),
    Column(_("Price each"), "number"),
    Column(_("VAT"), "number"),
    Column(_("Net"), "number"),
)


class ShownLine(NamedTuple):
    line: Line
    quantity: str


def lines_of(document: Document) -> list[ShownLine]:
    return [ShownLine(each, quantity_of(each)) for each in document.lines]


def looks_again(request: PortalRequest, document: Document) -> bool:
    """Whether the visitor waits here for the PDF."""
    return request.GET.get("pdf") == "soon" and not document.has_document


def lead_to(
    request: PortalRequest,
    slug: str,
    link: Callable[[], DocumentLink],
    page: str,
    document_id: UUID,
) -> HttpResponse:
    """A page that leads on to the file at once, or back to where one waits for it.

    A redirect won't do: browsers hold the answer to a form to the policy of where forms may go,
    and files lie elsewhere.
    """
    try:
        found = link()
    except Conflict as conflict:
        if conflict.code != "document-not-ready":
            raise
        return see_other(
            page, slug, document_id, query={"pdf": "soon"}, notice="document-being-made"
        )
    back = resolve_url(page, slug, document_id)
    return render(request, "billing/leads_on.html", {"slug": slug, "url": found.url, "back": back})
