"""The list of customers, and the same as a file."""

from collections import Counter

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from portal.api_client.customers import CustomerPage
from portal.common.http import PortalRequest
from portal.ui.components.tables import Column

COLUMNS = (
    Column(_("Customer")),
    Column(_("Email")),
    Column(_("Phone")),
    Column(_("Tags")),
    Column(_("Added"), "number", wide=True),
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
    contact = _contact(request)
    page = request.platform.customers.list(
        q=q, tag=tag, contact=contact, order=order, cursor=cursor
    )
    return render(
        request,
        "crm/list.html",
        {
            "slug": slug,
            "page": page,
            "q": q,
            "tag": tag,
            "contact": contact,
            "order": order,
            "orders": ORDERS.items(),
            "order_name": ORDERS[order],
            "near_tags": _near_tags(page, tag),
            "columns": COLUMNS,
            "narrowed": bool(q or tag or contact or cursor),
        },
    )


def _contact(request: PortalRequest) -> str:
    """The one filter by contact that there is; a search looks at everybody."""
    chosen = request.GET.get("contact") == "none" and not request.GET.get("q", "").strip()
    return "none" if chosen else ""


def _near_tags(page: CustomerPage, chosen: str) -> list[str]:
    """The tags that these customers carry most, after the chosen one.

    All tags of the business would be another call; they have a page of their own.
    """
    carried = Counter(name for customer in page.results for name in customer.tags)
    del carried[chosen]
    common = sorted(carried, key=lambda name: (-carried[name], name.casefold()))
    return [chosen, *common][:PILLS] if chosen else common[:PILLS]


@require_safe
def tags(request: PortalRequest, slug: str) -> HttpResponse:
    """Every tag of the business, each leading to the customers that carry it."""
    found = request.platform.customers.tags().results
    by_name = sorted(found, key=lambda tag: tag.name.casefold())
    return render(request, "crm/tags.html", {"slug": slug, "tags": by_name})


@require_safe
def export(request: PortalRequest, slug: str) -> StreamingHttpResponse:
    """The customers that the list shows, on all its pages, as a CSV file."""
    download = request.platform.customers.export(
        q=request.GET.get("q", "").strip(),
        tag=request.GET.get("tag", ""),
        contact=_contact(request),
    )
    filename = f"{slug}-{timezone.localdate():%Y-%m-%d}.csv"
    return StreamingHttpResponse(
        download.chunks,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{filename}"'},
    )
