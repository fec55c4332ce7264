"""A ticket's thread as staff read it: what was said, what they noted, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.safestring import SafeString, mark_safe

from backend.tickets.markdown import render
from backend.tickets.models import InternalNote, Message, Side, State, Ticket, TicketTransition
from backend.tickets.thread import thread
from backend.tickets.wording import said_by

MOST: Final = 100
STAFFS_LANGUAGE: Final = "en"
# By a message it is reopened, which the thread shows after that.
BEFORE: Final = timedelta(seconds=1)
CHANGES: Final = {State.CLOSED: "closed the ticket", State.REOPENED: "reopened the ticket"}


@dataclass(frozen=True, slots=True)
class File:
    id: UUID
    name: str
    size: int
    # Empty: it can be opened.
    hindrance: str


@dataclass(frozen=True, slots=True)
class Entry:
    """`kind` is the side of a message, "note" or "change". `ticket_number` is a merged one's."""

    kind: str
    id: UUID
    at: datetime
    author: str
    text: SafeString | str
    via: str = ""
    ticket_number: int | None = None
    files: tuple[File, ...] = ()
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """`last_id` is the newest message of the ticket itself, `earlier` the oldest one shown."""

    entries: Sequence[Entry]
    last_id: UUID | None
    earlier: UUID | None


def shown(ticket: Ticket, *, before: UUID | None = None, seen: UUID | None = None) -> Shown:
    """The newest of it, oldest first; or what came `before` a message. Six queries at most.

    What came after the message `seen` is marked as new.
    """
    tickets = Ticket.objects.for_tenant(ticket.tenant_id)
    messages = thread(tickets, ticket)
    if before and (limit := messages.filter(pk=before).first()):
        until: datetime | None = limit.created_at
        messages = messages.filter(
            Q(created_at__lt=limit.created_at) | Q(created_at=limit.created_at, pk__lt=limit.pk)
        )
    else:
        until = None
    newest = list(
        messages.select_related("ticket__tenant")
        .prefetch_related("attachments__checks")
        .order_by("-created_at", "-pk")[: MOST + 1]
    )
    has_earlier = len(newest) > MOST
    found: list[Message] = newest[MOST - 1 :: -1]
    since = found[0].created_at if has_earlier else None
    own = [each for each in found if each.ticket_id == ticket.pk]
    seen_at = next((each.created_at for each in own if each.pk == seen), None)
    entries = [_of_message(each, ticket, seen_at) for each in found]
    entries += [
        _of_note(each) for each in _between(_notes(tickets, ticket), "created_at", since, until)
    ]
    changes = _between(_changes(ticket), "changed_at", since, until)
    entries += [_of_change(each) for each in changes]
    entries.sort(key=lambda entry: (entry.at, entry.id))
    return Shown(
        entries=entries,
        last_id=own[-1].pk if own else None,
        earlier=found[0].pk if has_earlier else None,
    )


def _between(
    rows: QuerySet[Any], field: str, since: datetime | None, until: datetime | None
) -> list[Any]:
    if since:
        rows = rows.filter(**{f"{field}__gte": since})
    if until:
        rows = rows.filter(**{f"{field}__lt": until})
    return list(rows.order_by(f"-{field}", "-pk")[:MOST])


def _notes(tickets: QuerySet[Any], ticket: Ticket) -> QuerySet[Any]:
    merged = tickets.filter(merged_into=ticket).values_list("pk", flat=True)
    rows: QuerySet[Any] = InternalNote.objects.for_tenant(ticket.tenant_id)
    return rows.filter(ticket_id__in=[ticket.pk, *merged])


def _changes(ticket: Ticket) -> QuerySet[Any]:
    rows: QuerySet[Any] = TicketTransition.objects.for_tenant(ticket.tenant_id)
    return rows.filter(ticket=ticket, to_state__in=CHANGES)


def _of_message(message: Message, ticket: Ticket, seen_at: datetime | None) -> Entry:
    is_merged = message.ticket_id != ticket.pk
    text = (
        said_by(message, STAFFS_LANGUAGE)
        if message.side == Side.SYSTEM
        else mark_safe(render(message.body))  # noqa: S308 - lets no HTML through
    )
    return Entry(
        kind=message.side,
        id=message.pk,
        at=message.created_at,
        author=message.author,
        text=text,
        via=message.get_via_display(),
        ticket_number=message.ticket.number if is_merged else None,
        files=tuple(_of_file(each) for each in message.attachments.all()),
        is_new=not is_merged and seen_at is not None and message.created_at > seen_at,
    )


def _of_file(attachment: Any) -> File:
    check = next(iter(attachment.checks.all()), None)
    hindrance = check.get_refusal_display() if check else "It is still being checked"
    return File(attachment.pk, attachment.filename, attachment.size, hindrance)


def _of_note(note: InternalNote) -> Entry:
    html = mark_safe(render(note.body))  # noqa: S308 - lets no HTML through
    return Entry("note", note.pk, note.created_at, note.author, html)


def _of_change(change: TicketTransition) -> Entry:
    said = CHANGES[State(change.to_state)]
    text = f"{said}: {change.reason}" if change.reason else said
    at = change.changed_at - BEFORE * (change.to_state == State.REOPENED)
    return Entry("change", change.pk, at, change.changed_by, text)
