from __future__ import annotations

from uuid import UUID

from django.db import transaction

from backend.common.actor import Actor
from backend.tickets.errors import MergeRefused
from backend.tickets.models import Event, Side, Via
from backend.tickets.workflows.write_message import add_message, lock_ticket, refuse_finished


def merge_tickets(tenant_id: UUID, ticket_id: UUID, into_id: UUID, *, by: Actor) -> None:
    """Closes a ticket in favour of another one of the same tenant, in which it goes on.

    Its messages stay its own: who may see it reads them in the other's thread, and nobody else
    does. What was merged into it before goes along. Raises TicketNotFound, TicketClosed,
    TicketMerged, MergeRefused.
    """
    if ticket_id == into_id:
        raise MergeRefused
    with transaction.atomic():
        rows = {each: lock_ticket(tenant_id, each) for each in sorted((ticket_id, into_id))}
        ticket, into = rows[ticket_id], rows[into_id]
        refuse_finished(ticket)
        refuse_finished(into)
        ticket.merge(into, by=by)
        ticket.merged.update(merged_into=into)
        add_message(into, "", side=Side.SYSTEM, by=by, via=Via.ADMIN, event=Event.MERGED)
