"""When a ticket closes because nobody writes any more. Pure: no queries."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings

from backend.tickets.models import State

# Between what a ticket says of its closing and the closing itself.
NOTICE: Final = timedelta(days=3)


def silence_allowed() -> timedelta | None:
    """From the last message until the closing is announced. None: tickets never close so."""
    days = settings.TICKETS_CLOSE_AFTER_DAYS
    return timedelta(days=days) - NOTICE if days else None


def closes_at(
    state: str, last_message_at: datetime, close_announced_at: datetime | None
) -> datetime | None:
    """When silence closes it; None while staff are waited for, or where it never does."""
    allowed = silence_allowed()
    if allowed is None or state != State.AWAITING_CUSTOMER:
        return None
    return (close_announced_at or last_message_at + allowed) + NOTICE
