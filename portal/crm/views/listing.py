"""The list of customers, and the same as a file."""

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from portal.api_client import parallel
from portal.api_client.customers import Tag
from portal.common.http import PortalRequest
from portal.ui.components.tables import Column

COLUMNS = (
    Column(_("Customer")),
    Column(_("Email")),
    Column(_("Phone")),
    Column(_("Tags")),
    Column(_("Added"), "number"),
)
ORDERS = {
    "name": _("Name, A to Z"),
    "-name": _("Name, Z to A"),
    "-created": _("Newest first"),
    "created": _("Oldest first"),
}
PILLS = 6


@require_safe
def customers(request: PortalRequest, slug: str) -> HttpResponse:
    q = request.GET.get("q", "").strip()
    tag = request.GET.get("tag", "")
    order = request.GET.get("order", "")
    order = order if order in ORDERS else "name"
    cursor = request.GET.get("cursor", "")
    page, tags = parallel(
        lambda: request.platform.customers.list(q=q, tag=tag, order=order, cursor=cursor),
        request.platform.customers.tags,
    )
    pills, more_tags = _split(tags.results, tag)
    return render(
        request,
        "crm/list.html",
        {
            "slug": slug,
            "page": page,
            "q": q,
            "tag": tag,
            "order": order,
            "orders": ORDERS.items(),
            "order_name": ORDERS[order],
            "pills": pills,
            "more_tags": more_tags,
            "columns": COLUMNS,
            "narrowed": bool(q or tag or cursor),
        },
    )


def _split(tags: tuple[Tag, ...], chosen: str) -> tuple[list[Tag], list[Tag]]:
    """The tags that most customers carry, with the chosen one; and all others, by name."""
    by_use = sorted(tags, key=lambda tag: (tag.name != chosen, -tag.customers, tag.name.casefold()))
    return by_use[:PILLS], sorted(by_use[PILLS:], key=lambda tag: tag.name.casefold())


@require_safe
def export(request: PortalRequest, slug: str) -> StreamingHttpResponse:
    """All customers as a CSV file, passed on while it arrives."""
    download = request.platform.customers.export()
    filename = f"{slug}-{timezone.localdate():%Y-%m-%d}.csv"
    return StreamingHttpResponse(
        download.chunks,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{filename}"'},
    )
