from __future__ import annotations

from uuid import UUID

from django.db import transaction

from backend.common.actor import Actor
from backend.tickets.workflows.write_message import lock_ticket, refuse_merged


def close_ticket(tenant_id: UUID, ticket_id: UUID, *, by: Actor, reason: str = "") -> None:
    """Raises TicketNotFound, TicketMerged, TransitionRefused if it is closed already."""
    with transaction.atomic():
        ticket = lock_ticket(tenant_id, ticket_id)
        refuse_merged(ticket)
        ticket.close(by=by, reason=reason)
