from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from backend.common.actor import Actor
from backend.tickets.models import Message, Side, State, Via
from backend.tickets.workflows.close_ticket import close_ticket
from backend.tickets.workflows.write_message import lock_ticket, reopen_ticket, write_message


def answer_ticket(
    tenant_id: UUID,
    ticket_id: UUID,
    body: str,
    *,
    by: Actor,
    seen: UUID | None,
    attachments: Sequence[UUID] = (),
    reopens: bool = False,
    closes: bool = False,
) -> Message:
    """What staff write, with what they do by it: a closed ticket is opened again, or it is closed.

    All of it or nothing. `seen` is the last message that the writer had before them. Raises
    TicketNotFound, TicketClosed, TicketMerged, SomebodyAnswered, AttachmentsUnknown.
    """
    with transaction.atomic():
        ticket = lock_ticket(tenant_id, ticket_id)
        if reopens and ticket.state == State.CLOSED:
            message = reopen_ticket(
                tenant_id, ticket_id, body, side=Side.STAFF, by=by, via=Via.ADMIN,
                attachments=attachments,
            )  # fmt: skip
        else:
            message = write_message(
                tenant_id, ticket_id, body, side=Side.STAFF, by=by, via=Via.ADMIN,
                attachments=attachments, seen=seen,
            )  # fmt: skip
        if closes:
            close_ticket(tenant_id, ticket_id, by=by)
    return message
