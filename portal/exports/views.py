"""Taking along everything that a business owns: asking for it, seeing it made, downloading it."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from portal.api_client.errors import Conflict, Missing
from portal.api_client.exports import Export, ExportPage
from portal.common.forms import RelayForm
from portal.common.http import PortalRequest, page_with_form, see_other
from portal.exports.words import FAILURES, OBSTACLES, STATES, StateWords
from portal.ui.components.tables import Column

COLUMNS = (
    Column(_("Asked for")),
    Column(_("By")),
    Column(_("State")),
    Column(_("Size"), "number"),
    Column(_("Download"), "hidden"),
)
# Told by the page itself, with what can be done about it.
SHOWN_ON_THE_PAGE = frozenset({"export-unfinished", *OBSTACLES})
LOOK_AGAIN_AFTER = 2


class Row(NamedTuple):
    export: Export
    words: StateWords


@page_with_form
def exports(request: PortalRequest, slug: str) -> HttpResponse:
    form = RelayForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            request.platform.exports.create(idempotency_key=form.key)
        except Conflict as conflict:
            if conflict.code not in SHOWN_ON_THE_PAGE:
                raise
        return see_other("exports:list", slug)
    cursor = request.GET.get("cursor", "")
    page = request.platform.exports.list(cursor=cursor)
    latest = _latest(page, cursor)
    earlier = page.results[1:] if latest else page.results
    return render(
        request,
        "exports/list.html",
        {
            "slug": slug,
            "form": form,
            "page": page,
            "latest": latest,
            "failure": FAILURES.get(latest.failure, FAILURES["interrupted"]) if latest else "",
            "obstacle": OBSTACLES.get(page.blocked_by.code) if page.blocked_by else None,
            "earlier": [Row(each, STATES[each.status]) for each in earlier],
            "columns": COLUMNS,
            "look_again_after": LOOK_AGAIN_AFTER,
        },
    )


def _latest(page: ExportPage, cursor: str) -> Export | None:
    """The one that the page is about; the further pages are about earlier ones alone."""
    return page.results[0] if page.results and not cursor else None


@require_POST
def download(request: PortalRequest, slug: str, export_id: UUID) -> HttpResponse:
    """A page that leads on to the link at once.

    A redirect won't do: browsers hold the answer to a form to the policy of where forms may go,
    and files lie elsewhere.
    """
    try:
        link = request.platform.exports.link(export_id)
    except (Missing, Conflict) as error:
        if error.code not in {"export-not-found", "export-expired", "export-not-ready"}:
            raise
        return see_other("exports:list", slug, notice="export-gone")
    return render(request, "exports/download.html", {"slug": slug, "link": link})
