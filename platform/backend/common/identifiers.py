"""Keys for rows."""

from collections.abc import Callable
from contextvars import ContextVar
from datetime import datetime
from typing import Final
from uuid import UUID

from uuid_utils.compat import uuid7

# Since 1970, where it isn't the present: see `clock`.
nanoseconds: Final[ContextVar[Callable[[], int] | None]] = ContextVar("nanoseconds", default=None)


def new_id() -> UUID:
    """A UUIDv7: ordered by time, so that new rows land at the end of every index.

    Made in Python because PostgreSQL has its own only from version 18 on.
    """
    elsewhen = nanoseconds.get()
    return uuid7(nanoseconds=elsewhen() if elsewhen else None)


def earliest_id(moment: datetime) -> UUID:
    """Rows made from `moment` on have a greater one: a range of time by the key's index."""
    milliseconds = int(moment.timestamp() * 1000)
    return UUID(int=milliseconds << 80 | 7 << 76 | 2 << 62)
