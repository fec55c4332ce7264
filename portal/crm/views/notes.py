"""Notes on a customer: adding and deleting. They are read on the customer's page."""

from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from portal.common.http import PortalRequest, see_other
from portal.crm.forms import NoteForm
from portal.crm.views.customer import page


@require_POST
def add(request: PortalRequest, slug: str, customer_id: UUID) -> HttpResponse:
    form = NoteForm(request.POST)
    if form.is_valid():
        with form.relaying():
            request.platform.customers.add_note(
                customer_id, body=form.values["body"], idempotency_key=form.key
            )
            return see_other("crm:detail", slug, customer_id, notice="note-added")
    return page(request, slug, customer_id, form)


@require_POST
def delete(request: PortalRequest, slug: str, customer_id: UUID, note_id: UUID) -> HttpResponse:
    request.platform.customers.delete_note(customer_id, note_id)
    return see_other("crm:detail", slug, customer_id, notice="note-deleted")
