"""Opening a ticket."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from portal.api_client import parallel
from portal.api_client.billing import Invoice
from portal.api_client.errors import Forbidden, Missing
from portal.api_client.services import ServiceDetail
from portal.common.http import PortalRequest, page_with_form, see_other
from portal.common.large_bodies import FilesInMemory, takes_large_bodies
from portal.tickets.addresses import announce_url, with_way_to_store
from portal.tickets.forms import TicketForm
from portal.tickets.uploads import take_along
from portal.tickets.views.unsent import PASSING, unsent


@page_with_form
@takes_large_bodies
def new(request: PortalRequest, slug: str) -> HttpResponse:
    """`?invoice=` and `?service=` say what it is about."""
    if request.method != "POST":
        about = {name: _uuid(request.GET.get(name)) for name in ("invoice", "service")}
        return _page(request, slug, TicketForm(initial=about))
    files = FilesInMemory.of(request)
    form = TicketForm(request.POST, request.FILES)
    try:
        take_along(form, request.platform.tickets, files.left_out)
        if form.is_valid():
            with form.relaying():
                ticket = request.platform.tickets.open(
                    **form.matter, attachments=form.attachment_ids, idempotency_key=form.key
                )
                return see_other("tickets:detail", slug, ticket.id, notice="ticket-opened")
        return _page(request, slug, form)
    except PASSING as error:
        return unsent(request, slug, form, error)


def _page(request: PortalRequest, slug: str, form: TicketForm) -> HttpResponse:
    options, about = parallel(request.platform.tickets.options, lambda: _about(request, form))
    form.offer(options)
    invoice = about if isinstance(about, Invoice) else None
    service = about if isinstance(about, ServiceDetail) else None
    if invoice:
        form.initial["subject"] = _("Invoice %(number)s") % {"number": invoice.number}
    elif service:
        form.initial["subject"] = service.plan.name
    else:
        form.initial.update(invoice=None, service=None)
    response = render(
        request,
        "tickets/new.html",
        {
            "slug": slug,
            "form": form,
            "invoice": invoice,
            "service": service,
            "announce_url": announce_url(slug),
        },
        status=form.status,
    )
    return with_way_to_store(request, response)


def _about(request: PortalRequest, form: TicketForm) -> Invoice | ServiceDetail | None:
    """What the ticket is about; nothing if it isn't there, or not for this visitor."""
    given = form.data if form.is_bound else form.initial
    invoice_id, service_id = _uuid(given.get("invoice")), _uuid(given.get("service"))
    try:
        if invoice_id:
            return request.platform.billing.invoice(invoice_id)
        if service_id:
            return request.platform.services.get(service_id)
    except (Missing, Forbidden):
        return None
    return None


def _uuid(value: Any) -> UUID | None:
    """An id out of the address or the form; whatever else stands there is none."""
    try:
        return UUID(str(value)) if value else None
    except ValueError:
        return None
