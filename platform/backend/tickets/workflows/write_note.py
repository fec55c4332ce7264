from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from backend.common.actor import Actor
from backend.tickets.errors import TicketNotFound
from backend.tickets.models import InternalNote, Ticket


def write_note(tenant_id: UUID, ticket_id: UUID, body: str, *, by: Actor) -> InternalNote:
    """Staff tell each other something about a ticket, in whatever state it is.

    Raises TicketNotFound.
    """
    ticket = Ticket.objects.for_tenant(tenant_id).filter(pk=ticket_id).first()
    if ticket is None:
        raise TicketNotFound
    note: InternalNote = InternalNote.objects.create(
        tenant_id=tenant_id,
        ticket=ticket,
        author=by.name,
        author_id=by.id,
        body=body,
        created_at=timezone.now(),
    )
    return note
