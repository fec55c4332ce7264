"""Notes on a customer."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from backend.common.abilities import CUSTOMERS_READ, CUSTOMERS_UPDATE
from backend.common.api import ApiView, KeysetPage, checked
from backend.common.api.examples import examples
from backend.common.api.lists import PAGE_PARAMETERS
from backend.common.caller import Caller
from backend.common.problems import Forbidden
from backend.crm.api import serializers
from backend.crm.api.permissions import note_actions
from backend.crm.api.queries import NEWEST_FIRST
from backend.crm.customer_input import NoteInput
from backend.crm.errors import NoteNotFound
from backend.crm.models import Customer, CustomerNote
from backend.crm.workflows.find_customers import lock_customer, raise_gone

FIELDS = ("id", "body", "author_name", "created_at", "author_id")


class CustomerNotes(ApiView):
    abilities: ClassVar = {"GET": CUSTOMERS_READ, "POST": CUSTOMERS_UPDATE}
    problems: ClassVar = {"GET": ("410",), "POST": ("410",)}

    @extend_schema(
        operation_id="customers_notes_list",
        parameters=PAGE_PARAMETERS,
        responses=serializers.NotePageShape,
        examples=examples("crm-notes-list"),
    )
    def get(self, request: Request, customer_id: UUID) -> Response:
        """A customer's notes, the newest first."""
        if not Customer.objects.for_tenant(self.tenant_id).filter(pk=customer_id).exists():
            raise_gone(self.tenant_id, customer_id)
        page = KeysetPage(request, orders=NEWEST_FIRST, default="-created")
        notes = CustomerNote.objects.for_tenant(self.tenant_id).filter(customer_id=customer_id)
        rows = page.slice(notes.values(*FIELDS))
        return Response(
            page.envelope(rows) | {"results": [_shown(self.caller, row) for row in rows]}
        )

    @extend_schema(
        operation_id="customers_notes_create",
        request=NoteInput,
        responses={201: serializers.NoteShape},
        examples=examples("crm-note-add"),
    )
    def post(self, request: Request, customer_id: UUID) -> Response:
        """Write a note."""
        body = checked(NoteInput(data=request.data))["body"]
        # Locked, so that no note is added to a customer who is erased at this moment.
        customer = lock_customer(self.tenant_id, customer_id)
        note = customer.add_note(body, by=self.actor)
        return Response(
            _shown(self.caller, {name: getattr(note, name) for name in FIELDS}), status=201
        )


class CustomerNoteDetail(ApiView):
    abilities: ClassVar = {"DELETE": CUSTOMERS_UPDATE}

    @extend_schema(operation_id="customers_notes_destroy", responses={204: None})
    def delete(self, request: Request, customer_id: UUID, note_id: UUID) -> Response:
        """Delete a note: one's own, or any for who may delete customers."""
        notes = CustomerNote.objects.for_tenant(self.tenant_id).filter(
            customer_id=customer_id, pk=note_id
        )
        try:
            author_id = notes.values_list("author_id", flat=True).get()
        except CustomerNote.DoesNotExist as error:
            raise NoteNotFound from error
        if "delete" not in note_actions(self.caller, author_id):
            raise Forbidden("Only its author can delete this note.")
        notes.delete()
        return Response(status=204)


def _shown(caller: Caller, row: dict[str, Any]) -> dict[str, Any]:
    author_id = row.pop("author_id")
    return row | {"can": note_actions(caller, author_id)}
