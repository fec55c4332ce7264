from __future__ import annotations

from uuid import UUID

from django.db import transaction

from backend.audit.recording import record
from backend.common.actor import Actor
from backend.tickets.levels import answer_due
from backend.tickets.models import Department, Priority
from backend.tickets.workflows.write_message import lock_ticket, refuse_finished


def route_ticket(
    tenant_id: UUID, ticket_id: UUID, *, department: Department, priority: Priority, by: Actor
) -> bool:
    """Another department, another priority. Says whether anything has changed.

    Who waits has waited since the same moment: an answer is due by the new priority from then on.
    Raises TicketNotFound, TicketClosed, TicketMerged.
    """
    with transaction.atomic():
        ticket = lock_ticket(tenant_id, ticket_id)
        refuse_finished(ticket)
        if (ticket.department_id, ticket.priority) == (department.pk, priority):
            return False
        ticket.department, ticket.priority = department, priority
        if ticket.waiting_since:
            ticket.answer_due_at = answer_due(tenant_id, priority, ticket.waiting_since)
        ticket.save(update_fields=["department", "priority", "answer_due_at", "updated_at"])
        record(
            "ticket.routed",
            tenant_id=tenant_id,
            by=by,
            about=ticket.about(),
            data={"department": department.key, "priority": str(priority)},
        )
        return True
