"""How far an export is, for all to see while its own transaction is still reading."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, Final, Self

from django.db import connection

from backend.exports.models import State, TenantExport

PAUSE: Final = 0.5
"""Seconds between two notes."""


class Overtaken(Exception):
    """Another worker has begun the export anew, or it was given up. This attempt must end."""


class Progress(AbstractContextManager["Progress"]):
    """Writes on a connection of its own: the reading one sees, and can say, nothing new."""

    _NOTE = """
        UPDATE exports_tenantexport
        SET tables_done = %s, tables_total = %s, rows = %s, updated_at = now()
        WHERE id = %s AND attempt = %s AND state = %s
    """

    def __init__(self, export: TenantExport, attempt: int) -> None:
        self._key = [export.pk, attempt, State.RUNNING]
        self._connection: Any = connection.copy()
        self._next = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._connection.close()

    def note(self, tables_done: int, tables_total: int, rows: int) -> None:
        """Cheap to call often. Raises Overtaken when nobody waits for this attempt any more."""
        if time.monotonic() < self._next:
            return
        with self._connection.cursor() as cursor:
            cursor.execute(self._NOTE, [tables_done, tables_total, rows, *self._key])
            if not cursor.rowcount:
                raise Overtaken
        self._next = time.monotonic() + PAUSE
