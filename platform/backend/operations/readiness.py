"""Whether the database can be reached and holds all that this version of the code expects."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache

import structlog
from django.db import DatabaseError, connection

from backend.common import schema

log = structlog.get_logger(__name__)


class NotReady(Exception):
    """The reason, without addresses or credentials: it is shown to whoever asks."""


def check() -> None:
    """Raises `NotReady`. One query, once the migrations were seen to be applied."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        _check_migrations()
    except DatabaseError as error:
        connection.close()
        raise NotReady("The database doesn't answer.") from error


@cache
def _check_migrations() -> None:
    """Remembered when it passes (an exception isn't cached): code doesn't change under a process,
    and reading all migrations takes a hundred milliseconds."""
    if pending := schema.pending_migrations():
        raise NotReady(f"Migrations not applied yet: {len(pending)}.")


def wait_until(test: Callable[[], str | None], *, seconds: float, pause: float = 1.0) -> None:
    """Repeats `test` until it returns no obstacle. Logs each new one once; raises the one that is
    still there after `seconds` as `NotReady`."""
    deadline = time.monotonic() + seconds
    said = None
    while obstacle := test():
        if time.monotonic() >= deadline:
            raise NotReady(f"{obstacle} Gave up after {seconds:.0f} s.")
        if obstacle != said:
            log.warning("waiting", obstacle=obstacle)
            said = obstacle
        time.sleep(pause)


def database_obstacle() -> str | None:
    """Why the database can't be used, for an operator's eyes, or None."""
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        connection.close()
        return f"the database can't be reached ({' '.join(str(error).split())})."
    return None


def migrations_obstacle() -> str | None:
    if obstacle := database_obstacle():
        return obstacle
    if pending := schema.pending_migrations():
        return f"migrations not applied yet: {len(pending)}, first {pending[0]}."
    return None
