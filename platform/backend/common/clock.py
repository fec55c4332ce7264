"""Letting things have happened at another time: demo data has a past.

What is made by the same workflows as anything else is dated by the same clock, so it is the clock
that is put back. For a process that does nothing else: the time is another for all of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.utils import timezone

from backend.common import identifiers

MILLISECOND = 1_000_000


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Within, time goes on from `moment`: for whoever asks Django for it, and in the keys of rows.

    The database's own clock stays as it is.
    """
    present = timezone.now
    begun = present()
    latest = 0

    def then() -> datetime:
        return moment + (present() - begun)

    def nanoseconds() -> int:
        # Only of the present are keys of one millisecond in order by themselves.
        nonlocal latest
        latest = max(int(then().timestamp() * 1000) * MILLISECOND, latest + MILLISECOND)
        return latest

    token = identifiers.nanoseconds.set(nanoseconds)
    timezone.now = then
    try:
        yield
    finally:
        timezone.now = present
        identifiers.nanoseconds.reset(token)
