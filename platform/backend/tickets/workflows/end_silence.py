"""Tickets whose customers don't answer any more: announced in the ticket first, then closed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from backend.common.actor import Actor
from backend.common.tenancy import owner_scope
from backend.tickets.models import Event, Side, State, Ticket, Via
from backend.tickets.silence import NOTICE, silence_allowed
from backend.tickets.workflows.write_message import add_message

BATCH: Final = 200
REASON: Final = "Nobody wrote any more"


@dataclass(frozen=True, slots=True)
class Ended:
    """What was done, or would be, with one ticket."""

    what: Literal["announced", "closed"]
    tenant: str
    number: int
    subject: str


def end_silence(*, dry_run: bool = False) -> Iterator[Ended]:
    """Announces and closes what is due, each ticket in a transaction of its own, and tells of it.

    Can be repeated and killed at any time, and two at once share the work: who holds a ticket's row
    looks again whether it is still silent.
    """
    allowed = silence_allowed()
    if allowed is None:
        return
    now = timezone.now()
    silent = Ticket.objects.filter(state=State.AWAITING_CUSTOMER)
    announced = silent.filter(close_announced_at__lte=now - NOTICE)
    to_announce = silent.filter(close_announced_at__isnull=True, last_message_at__lte=now - allowed)
    yield from _do("closed", announced, _close, dry_run)
    yield from _do("announced", to_announce, _announce, dry_run)


def _do(
    what: Literal["announced", "closed"],
    due: QuerySet[Any],
    end: Callable[[Ticket], None],
    dry_run: bool,
) -> Iterator[Ended]:
    last: UUID | None = None
    while found := _following(due, last):
        for ticket in found:
            if dry_run or _end_if_due(due, ticket.pk, end):
                yield Ended(what, ticket.tenant.slug, ticket.number, ticket.subject)
        last = found[-1].pk


def _following(due: QuerySet[Any], last: UUID | None) -> list[Any]:
    rows = due.filter(pk__gt=last) if last else due
    with owner_scope():
        return list(rows.select_related("tenant").order_by("pk")[:BATCH])


def _end_if_due(due: QuerySet[Any], ticket_id: UUID, end: Callable[[Ticket], None]) -> bool:
    rows = due.filter(pk=ticket_id).select_for_update(no_key=True, skip_locked=True)
    with owner_scope(), transaction.atomic():
        ticket = rows.first()
        if ticket is None:
            return False
        end(ticket)
    return True


def _announce(ticket: Ticket) -> None:
    _say(ticket, Event.CLOSING_SOON)
    ticket.announce_closing(ticket.last_message_at)


def _close(ticket: Ticket) -> None:
    _say(ticket, Event.CLOSED_SILENT)
    ticket.close(by=Actor.system(), reason=REASON)


def _say(ticket: Ticket, event: Event) -> None:
    add_message(ticket, "", side=Side.SYSTEM, by=Actor.system(), via=Via.SYSTEM, event=event)
