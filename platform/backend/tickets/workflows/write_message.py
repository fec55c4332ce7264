"""Messages in a ticket: added one after the other, and each told to the other side."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from backend.common.actor import Actor
from backend.tickets import jobs
from backend.tickets.errors import (
    AttachmentsUnknown,
    SomebodyAnswered,
    TicketClosed,
    TicketMerged,
    TicketNotFound,
)
from backend.tickets.levels import answer_due
from backend.tickets.models import Attachment, Message, Side, State, Ticket, TicketReading, Via
from backend.tickets.models.attachment import KEPT_WITHOUT_A_MESSAGE

AFTERWARDS = timedelta(microseconds=1)


def lock_ticket(tenant_id: UUID, ticket_id: UUID) -> Ticket:
    """As it is now, until the transaction ends. Raises TicketNotFound.

    Who needs two of them locks the one with the smaller id first.
    """
    rows = Ticket.objects.for_tenant(tenant_id).filter(pk=ticket_id)
    found: Ticket | None = rows.select_for_update(no_key=True).first()
    if found is None:
        raise TicketNotFound
    return found


def write_message(
    tenant_id: UUID,
    ticket_id: UUID,
    body: str,
    *,
    side: Side,
    by: Actor,
    via: Via,
    attachments: Sequence[UUID] = (),
    seen: UUID | None = None,
) -> Message:
    """One more message of an unfinished ticket. Raises TicketNotFound, TicketClosed, TicketMerged,
    AttachmentsUnknown.

    With `seen`, the last message that its writer had before them, it is refused with
    SomebodyAnswered where somebody else of their side has written since: two don't answer the same.
    """
    with transaction.atomic():
        ticket = lock_ticket(tenant_id, ticket_id)
        refuse_finished(ticket)
        if seen is not None:
            _refuse_second_answer(ticket, side, by, seen)
        return add_message(ticket, body, side=side, by=by, via=via, attachments=attachments)


def reopen_ticket(
    tenant_id: UUID,
    ticket_id: UUID,
    body: str,
    *,
    side: Side,
    by: Actor,
    via: Via,
    attachments: Sequence[UUID] = (),
) -> Message:
    """A closed ticket goes on, with the message that says why.

    Raises TicketNotFound, TicketMerged, TransitionRefused, AttachmentsUnknown.
    """
    with transaction.atomic():
        ticket = lock_ticket(tenant_id, ticket_id)
        refuse_merged(ticket)
        now = following(ticket)
        ticket.reopen(at=now, due=answer_due(tenant_id, ticket.priority, now), by=by)
        return add_message(ticket, body, side=side, by=by, via=via, attachments=attachments, at=now)


def add_message(
    ticket: Ticket,
    body: str,
    *,
    side: Side,
    by: Actor,
    via: Via,
    attachments: Sequence[UUID] = (),
    at: datetime | None = None,
    event: str = "",
) -> Message:
    """Adds it to a ticket whose row is locked and that goes on. Raises AttachmentsUnknown."""
    at = at or following(ticket)
    message = Message.objects.create(
        tenant_id=ticket.tenant_id,
        ticket=ticket,
        side=side,
        author=by.name,
        author_kind=by.kind,
        author_id=by.id,
        via=via,
        body=body,
        event=event,
        created_at=at,
    )
    _send_along(message, by, attachments)
    ticket.hear(side, at, due=answer_due(ticket.tenant_id, ticket.priority, at), by=by)
    readings = TicketReading.objects.for_tenant(ticket.tenant_id).filter(ticket=ticket)
    readings.filter(unread_since__isnull=True).update(unread_since=at)
    if side == Side.CUSTOMER and by.kind == "person" and by.id:
        mark_read(ticket.tenant_id, ticket.pk, by.id, until=at)
    jobs.queue_mail(message.pk)
    return message


def mark_read(tenant_id: UUID, ticket_id: UUID, person_id: UUID, *, until: datetime) -> None:
    """The person has read what was written until then. Never takes anything back.

    Locks the ticket, so that no message comes in between. Raises TicketNotFound.
    """
    with transaction.atomic():
        ticket = lock_ticket(tenant_id, ticket_id)
        # The next message is later than the last one, whatever the time was when it was read.
        until = min(until, ticket.last_message_at)
        reading, is_new = TicketReading.objects.get_or_create(
            tenant_id=tenant_id,
            ticket=ticket,
            person_id=person_id,
            defaults={"read_until": until},
        )
        if is_new or reading.read_until >= until:
            return
        reading.read_until = until
        if ticket.last_message_at <= until:
            reading.unread_since = None
        elif reading.unread_since is not None:
            reading.unread_since = max(reading.unread_since, until + AFTERWARDS)
        reading.save(update_fields=["read_until", "unread_since", "updated_at"])


def refuse_finished(ticket: Ticket) -> None:
    """Raises TicketMerged, TicketClosed."""
    refuse_merged(ticket)
    if ticket.state == State.CLOSED:
        raise TicketClosed


def refuse_merged(ticket: Ticket) -> None:
    """Raises TicketMerged."""
    if ticket.merged_into_id:
        into = Ticket.objects.for_tenant(ticket.tenant_id).get(pk=ticket.merged_into_id)
        raise TicketMerged(id=str(into.pk), number=into.number)


def following(ticket: Ticket) -> datetime:
    """Now, and in any case after the last message: two processes' clocks needn't agree."""
    return max(timezone.now(), ticket.last_message_at + AFTERWARDS)


def _refuse_second_answer(ticket: Ticket, side: Side, by: Actor, seen: UUID) -> None:
    messages = Message.objects.for_tenant(ticket.tenant_id).filter(ticket=ticket)
    last_seen = messages.filter(pk=seen).values_list("created_at", flat=True).first()
    others = messages.filter(side=side).exclude(author_id=by.id)
    if last_seen is not None:
        others = others.filter(created_at__gt=last_seen)
    if (crossed := others.order_by("-created_at").first()) is not None:
        raise SomebodyAnswered(author=crossed.author)


def _send_along(message: Message, by: Actor, attachments: Sequence[UUID]) -> None:
    """Each is announced by the same writer, goes with one message only, and isn't too old."""
    wanted = set(attachments)
    if not wanted:
        return
    free = Attachment.objects.for_tenant(message.tenant_id).filter(
        pk__in=wanted,
        message__isnull=True,
        announced_by_id=by.id,
        created_at__gt=timezone.now() - KEPT_WITHOUT_A_MESSAGE,
    )
    found = set(free.select_for_update(no_key=True).values_list("pk", flat=True))
    if unknown := wanted - found:
        raise AttachmentsUnknown(ids=sorted(map(str, unknown)))
    Attachment.objects.for_tenant(message.tenant_id).filter(pk__in=found).update(message=message)
    for attachment_id in sorted(found):
        jobs.queue_check(attachment_id)
