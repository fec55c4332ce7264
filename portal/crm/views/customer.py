"""One customer: its page, and making, changing and deleting it."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from portal.api_client import parallel
from portal.api_client.errors import Missing, PreconditionFailed
from portal.common.abilities import need
from portal.common.edits import WithEtagForm
from portal.common.http import PortalRequest, see_other
from portal.crm.forms import CustomerEditForm, CustomerForm, NoteForm


@require_safe
def detail(request: PortalRequest, slug: str, customer_id: UUID) -> HttpResponse:
    try:
        return page(request, slug, customer_id, NoteForm())
    except Missing as gone:
        survivor = gone.problem.extensions.get("merged_into")
        if survivor is None:
            raise
        return see_other("crm:detail", slug, UUID(survivor), notice="customer-was-merged")


def page(request: PortalRequest, slug: str, customer_id: UUID, form: NoteForm) -> HttpResponse:
    """The customer's page, with the form for a note as it is."""
    older = request.GET.get("notes", "")
    customer, notes = parallel(
        lambda: request.platform.customers.get(customer_id),
        lambda: request.platform.customers.notes(customer_id, cursor=older),
    )
    return render(
        request,
        "crm/erased.html" if customer.erased_at else "crm/detail.html",
        {"slug": slug, "customer": customer, "notes": notes, "older": older, "form": form},
        status=form.status,
    )


@require_http_methods(["GET", "POST"])
def new(request: PortalRequest, slug: str) -> HttpResponse:
    form = CustomerForm(request.POST or None)
    if form.is_valid():
        with form.relaying():
            customer = request.platform.customers.create(form.values, idempotency_key=form.key)
            return see_other("crm:detail", slug, customer.id, notice="customer-created")
    tags = request.platform.customers.tags()
    need("customers.create", request.viewer.abilities if request.viewer else ())
    return render(
        request,
        "crm/new.html",
        {"slug": slug, "form": form, "tags": tags.results},
        status=form.status,
    )


@require_http_methods(["GET", "POST"])
def edit(request: PortalRequest, slug: str, customer_id: UUID) -> HttpResponse:
    form = CustomerEditForm(request.POST or None)
    overtaken = False
    if form.is_valid():
        if not form.changes:
            return see_other("crm:detail", slug, customer_id)
        try:
            with form.relaying():
                request.platform.customers.update(
                    customer_id,
                    form.changes,
                    etag=form.cleaned_data["etag"],
                    idempotency_key=form.key,
                )
                return see_other("crm:detail", slug, customer_id, notice="customer-saved")
        except PreconditionFailed:
            overtaken = True
    customer, tags = parallel(
        lambda: request.platform.customers.get(customer_id), request.platform.customers.tags
    )
    need("update", customer.can)
    context = {"slug": slug, "customer": customer, "tags": tags.results}
    if overtaken:
        context |= {"form": form.on_top_of(customer), "differences": form.differences(customer)}
        return render(request, "crm/overtaken.html", context, status=409)
    if not form.is_bound:
        form = CustomerEditForm.of(customer)
    return render(request, "crm/edit.html", {**context, "form": form}, status=form.status)


@require_http_methods(["GET", "POST"])
def delete(request: PortalRequest, slug: str, customer_id: UUID) -> HttpResponse:
    form = WithEtagForm(request.POST or None)
    overtaken = False
    if form.is_valid():
        try:
            request.platform.customers.delete(
                customer_id, etag=form.cleaned_data["etag"], idempotency_key=form.key
            )
            return see_other("crm:list", slug, notice="customer-deleted")
        except PreconditionFailed:
            overtaken = True
    customer = request.platform.customers.get(customer_id)
    need("delete", customer.can)
    return render(
        request,
        "crm/delete.html",
        {
            "slug": slug,
            "customer": customer,
            "form": WithEtagForm(initial={"etag": customer.etag}),
            "overtaken": overtaken,
        },
        status=409 if overtaken else 200,
    )
