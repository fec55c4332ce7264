"""The account with the operator: what was charged, what came in, and the balance after each."""

from __future__ import annotations

from typing import NamedTuple

from django.http import HttpResponse
from django.shortcuts import render, resolve_url
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from portal.api_client.billing import Entry
from portal.billing.forms import AsOfForm
from portal.billing.words import entry_title
from portal.common.http import PortalRequest
from portal.ui.components.tables import Column

COLUMNS = (
    Column(_("What happened")),
    Column(_("Day")),
    Column(_("Amount"), "number"),
    Column(_("Balance"), "number"),
)


class Row(NamedTuple):
    entry: Entry
    title: str
    url: str


@require_safe
def statement(request: PortalRequest, slug: str) -> HttpResponse:
    asked = bool(request.GET.get("as_of"))
    form = AsOfForm(request.GET if asked else None)
    found = request.platform.billing.statement(
        as_of=form.chosen() if asked else "", cursor=request.GET.get("cursor", "")
    )
    if not asked:
        form = AsOfForm(initial={"as_of": found.as_of})
    return render(
        request,
        "billing/statement.html",
        {
            "slug": slug,
            "statement": found,
            "rows": [_row(each, slug) for each in found.results],
            "columns": COLUMNS,
            "form": form,
        },
        status=422 if asked and not form.is_valid() else 200,
    )


def _row(entry: Entry, slug: str) -> Row:
    url = ""
    if entry.invoice:
        url = resolve_url("billing:invoice", slug, entry.invoice.id)
    elif entry.credit_note:
        url = resolve_url("billing:credit-note", slug, entry.credit_note.id)
    elif entry.payment:
        url = resolve_url("billing:payment", slug, entry.payment.id)
    return Row(entry, entry_title(entry), url)
