"""Making one customer of two."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from portal.api_client import parallel
from portal.common.abilities import need
from portal.common.http import PortalRequest, see_other
from portal.crm.forms import MergeForm


@require_http_methods(["GET", "POST"])
def merge(request: PortalRequest, slug: str, customer_id: UUID) -> HttpResponse:
    """First the duplicate is searched, then both are compared, then they are merged."""
    form = MergeForm(request.POST or request.GET or None)
    if not form.is_valid():
        return _search(request, slug, customer_id)
    duplicate_id = form.cleaned_data["duplicate_id"]
    if request.method == "POST":
        with form.relaying():
            request.platform.customers.merge(
                customer_id, duplicate_id=duplicate_id, idempotency_key=form.key
            )
            return see_other("crm:detail", slug, customer_id, notice="customers-merged")
    else:
        form = MergeForm(initial={"duplicate_id": duplicate_id})
    return _compare(request, slug, customer_id, duplicate_id, form)


def _search(request: PortalRequest, slug: str, customer_id: UUID) -> HttpResponse:
    q = request.GET.get("q", "").strip()
    if q:
        customer, found = parallel(
            lambda: request.platform.customers.get(customer_id),
            lambda: request.platform.customers.list(q=q, limit=20),
        )
        candidates = [each for each in found.results if each.id != customer_id]
    else:
        customer = request.platform.customers.get(customer_id)
        candidates = []
    need("merge", customer.can)
    return render(
        request,
        "crm/merge_search.html",
        {"slug": slug, "customer": customer, "q": q, "candidates": candidates},
    )


def _compare(
    request: PortalRequest, slug: str, customer_id: UUID, duplicate_id: UUID, form: MergeForm
) -> HttpResponse:
    customer, duplicate = parallel(
        lambda: request.platform.customers.get(customer_id),
        lambda: request.platform.customers.get(duplicate_id),
    )
    need("merge", customer.can)
    return render(
        request,
        "crm/merge_compare.html",
        {"slug": slug, "customer": customer, "duplicate": duplicate, "form": form},
        status=form.status,
    )
