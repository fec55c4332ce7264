"""What is due, and what is on its way."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.api_client import parallel
from portal.billing.views.invoices import OPEN_COLUMNS, rows_of
from portal.billing.words import METHOD_ICONS, method_name
from portal.common.http import PortalRequest

MOST_OPEN = 10
MOST_PENDING = 3


@require_safe
def overview(request: PortalRequest, slug: str) -> HttpResponse:
    billing, opened, pending = parallel(
        request.platform.billing.overview,
        lambda: request.platform.billing.invoices(state="open", limit=MOST_OPEN),
        lambda: request.platform.billing.payments(state="pending", limit=MOST_PENDING),
    )
    return render(
        request,
        "billing/overview.html",
        {
            "slug": slug,
            "billing": billing,
            "rows": rows_of(opened, slug),
            "more": bool(opened.next_cursor),
            "columns": OPEN_COLUMNS,
            "pending": [
                (each, method_name(each.method), METHOD_ICONS.get(each.method, "wallet"))
                for each in pending.results
                if not each.is_superseded
            ],
        },
    )
