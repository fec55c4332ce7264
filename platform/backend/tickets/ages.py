"""How long somebody has waited, and how near the time is at which they should have an answer."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

UNITS: Final = (
    (timedelta(days=1), "day", "days"),
    (timedelta(hours=1), "hour", "hours"),
    (timedelta(minutes=1), "minute", "minutes"),
)


class Age(StrEnum):
    FINE = "fine"
    SOON = "soon"
    LATE = "late"


def age_of(waiting_since: datetime, due_at: datetime, now: datetime) -> Age:
    """Late once the answer was due; soon, once more than half of the time for it is gone."""
    if now >= due_at:
        return Age.LATE
    return Age.SOON if now - waiting_since > due_at - now else Age.FINE


def due_in_words(due_at: datetime, now: datetime) -> str:
    if now >= due_at:
        return f"{in_words(now - due_at)} late"
    return f"in {in_words(due_at - now)}"


def in_words(time: timedelta) -> str:
    """In the largest unit of which there is at least one, without what is left over."""
    for unit, one, many in UNITS:
        if number := time // unit:
            return f"{number} {one if number == 1 else many}"
    return "a moment"
