from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils import timezone

from backend.audit.recording import record
from backend.common.actor import Actor
from backend.services import limits
from backend.services.models import LimitName
from backend.tickets.levels import answer_due
from backend.tickets.models import Department, Message, Side, Ticket, TicketCounter, Via
from backend.tickets.workflows.write_message import add_message


@dataclass(frozen=True, slots=True)
class Matter:
    """What a ticket is about. `invoice` and `service` belong to the same tenant."""

    subject: str
    department: Department
    priority: str
    invoice_id: UUID | None = None
    service_id: UUID | None = None


def open_ticket(
    tenant_id: UUID,
    matter: Matter,
    *,
    body: str,
    by: Actor,
    via: Via,
    attachments: Sequence[UUID] = (),
    side: Side = Side.CUSTOMER,
) -> tuple[Ticket, Message]:
    """A new ticket with its first message; the other side is written to once it is committed.

    In the tenant's scope, or as the owner for staff. Raises LimitReached, AttachmentsUnknown.
    """
    if side == Side.CUSTOMER:
        limits.require(tenant_id, LimitName.OPEN_TICKETS)
    now = timezone.now()
    fields: dict[str, Any] = {
        "subject": matter.subject,
        "department": matter.department,
        "priority": matter.priority,
        "invoice_id": matter.invoice_id,
        "service_id": matter.service_id,
    }
    ticket = Ticket.objects.create(
        tenant_id=tenant_id,
        number=TicketCounter.next_number(tenant_id),
        opened_by=by.name,
        opened_by_kind=by.kind,
        opened_by_id=by.id,
        last_message_at=now,
        last_message_side=side,
        waiting_since=now,
        answer_due_at=answer_due(tenant_id, matter.priority, now),
        **fields,
    )
    record("ticket.opened", tenant_id=tenant_id, by=by, about=ticket.about())
    message = add_message(ticket, body, side=side, by=by, via=via, attachments=attachments, at=now)
    return ticket, message
