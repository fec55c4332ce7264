"""Bringing a list of customers along, and what came of each of its rows."""

from itertools import islice
from typing import NamedTuple
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.api_client.customers import ImportReport, ImportRow
from portal.common.abilities import need
from portal.common.http import PortalRequest, see_other
from portal.crm.forms import ImportForm
from portal.crm.import_words import ICONS, OUTCOMES, TONES, explain
from portal.ui.components.tables import Column

ROWS_PER_PAGE = 100
COLUMNS = (
    Column(_("Row"), "number"),
    Column(_("Customer")),
    Column(_("Outcome")),
    Column(_("Remark")),
)


class Outcome(NamedTuple):
    word: str
    label: str | Promise
    rows: int


class ReportRow(NamedTuple):
    row: ImportRow
    label: str | Promise
    tone: str
    icon: str
    remark: str


@require_http_methods(["GET", "POST"])
def upload(request: PortalRequest, slug: str) -> HttpResponse:
    form = ImportForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        file = form.cleaned_data["file"]
        with form.relaying():
            report = request.platform.customers.import_csv(
                (file.name, file.read(), "text/csv"), idempotency_key=form.key
            )
            return see_other("crm:import-report", slug, report.id, notice="customers-imported")
    earlier = request.platform.customers.list_imports()
    need("customers.import", request.viewer.abilities if request.viewer else ())
    return render(
        request,
        "crm/import.html",
        {"slug": slug, "form": form, "earlier": tuple(islice(earlier.results, 5))},
        status=form.status,
    )


@require_safe
def past(request: PortalRequest, slug: str) -> HttpResponse:
    page = request.platform.customers.list_imports(cursor=request.GET.get("cursor", ""))
    return render(request, "crm/imports.html", {"slug": slug, "page": page})


@require_safe
def report(request: PortalRequest, slug: str, import_id: UUID) -> HttpResponse:
    """First the rows that couldn't be read; 5,000 at once would serve nobody."""
    found = request.platform.customers.get_import(import_id)
    outcomes = _outcomes(found)
    shown = request.GET.get("show", "failed" if found.failed else "all")
    rows = [row for row in found.rows if shown not in OUTCOMES or row.outcome == shown]
    at = request.GET.get("from", "")
    start = int(at) if at.isascii() and at.isdigit() and len(at) < 6 else 0
    part = rows[start : start + ROWS_PER_PAGE]
    return render(
        request,
        "crm/import_report.html",
        {
            "slug": slug,
            "report": found,
            "outcomes": outcomes,
            "shown": shown if shown in OUTCOMES else "all",
            "rows": [
                ReportRow(
                    row, OUTCOMES[row.outcome], TONES[row.outcome], ICONS[row.outcome], explain(row)
                )
                for row in part
            ],
            "columns": COLUMNS,
            "previous": str(max(start - ROWS_PER_PAGE, 0)) if start else "",
            "next": str(start + ROWS_PER_PAGE) if start + ROWS_PER_PAGE < len(rows) else "",
            "start": start,
        },
    )


def _outcomes(found: ImportReport) -> list[Outcome]:
    return [Outcome(word, label, getattr(found, word)) for word, label in OUTCOMES.items()]
