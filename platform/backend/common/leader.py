"""One process at a time for a work, however many workers there are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db import connection

# Advisory locks are counted per database: each work has a number of its own.
BILLING_RUN: Final = 7_214_590_319
PURGE_OF_ATTACHMENTS: Final = 7_214_590_320


class AnotherRuns(Exception):
    """Another process is the leader just now."""


@contextmanager
def leadership(lock: int) -> Iterator[None]:
    """Raises AnotherRuns. The lock is gone when this process is.

    On a connection of its own, since the work commits; in a transaction that reads nothing, so that
    it is held through a transaction pooler too, and keeps no old rows.
    """
    guard = connection.copy()
    guard.set_autocommit(False)
    try:
        with guard.cursor() as cursor:
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [lock])
            [is_leader] = cursor.fetchone()
        if not is_leader:
            raise AnotherRuns
        yield
    finally:
        guard.rollback()
        guard.close()
