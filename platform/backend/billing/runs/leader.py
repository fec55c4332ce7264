"""One run at a time, however many workers there are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db import connection

# Any constant will do that nothing else takes: advisory locks are counted per database.
LOCK: Final = 7_214_590_319


class AnotherRuns(Exception):
    """Another process is the leader just now."""


@contextmanager
def leadership() -> Iterator[None]:
    """Raises AnotherRuns. The lock is gone when this process is.

    On a connection of its own, since the run commits; in a transaction that reads nothing, so that
    it is held through a transaction pooler too, and keeps no old rows. Two leaders would do no harm
    but wait for each other: what keeps a service from being billed twice is in the database.
    """
    guard = connection.copy()
    guard.set_autocommit(False)
    try:
        with guard.cursor() as cursor:
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
            [is_leader] = cursor.fetchone()
        if not is_leader:
            raise AnotherRuns
        yield
    finally:
        guard.rollback()
        guard.close()
