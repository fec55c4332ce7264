"""Removing a person from the books that stay."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from portal.common.abilities import need
from portal.common.http import PortalRequest, see_other
from portal.crm.forms import ErasureForm


@require_http_methods(["GET", "POST"])
def erase(request: PortalRequest, slug: str, customer_id: UUID) -> HttpResponse:
    form = ErasureForm(request.POST or None)
    if form.is_valid():
        with form.relaying():
            request.platform.customers.erase(
                customer_id, reason=form.values["reason"], idempotency_key=form.key
            )
            return see_other("crm:detail", slug, customer_id, notice="customer-erased")
    customer = request.platform.customers.get(customer_id)
    need("erase", customer.can)
    return render(
        request,
        "crm/erase.html",
        {"slug": slug, "customer": customer, "form": form},
        status=form.status,
    )
