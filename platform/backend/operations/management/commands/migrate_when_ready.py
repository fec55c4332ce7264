"""What a starting replica runs: any number may start at once, in any order, before the database."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from backend.common import schema
from backend.operations import readiness

log = structlog.get_logger(__name__)

# Any constant will do: advisory locks are counted per database.
LOCK = 7_214_590_318


class Command(BaseCommand):
    help = "Waits for the database, then applies what is missing; one replica at a time."
    requires_system_checks = []  # they run in CI; here they would only delay the start
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--timeout", type=float, default=60, help="Seconds to wait for the database."
        )
        parser.add_argument(
            "--lock-timeout", type=float, default=900, help="Seconds to wait for another replica."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            readiness.wait_until(readiness.database_obstacle, seconds=options["timeout"])
            if not schema.pending_migrations():
                return
            with only_one_replica(seconds=options["lock_timeout"]):
                pending = schema.pending_migrations()
                if pending:
                    call_command("migrate", interactive=False, verbosity=0)
                    log.info("migrations applied", migrations=pending)
        except readiness.NotReady as reason:
            raise CommandError(str(reason)) from reason


@contextmanager
def only_one_replica(*, seconds: float) -> Iterator[None]:
    """On a connection of its own: migrations may commit, or leave theirs in a bad state.

    The lock belongs to a transaction, not to the session: it is then held through a
    transaction pooler too, and is gone when this process is. The open transaction reads
    nothing, so it has no snapshot that an index built concurrently would wait for.
    """
    guard = connection.copy()
    guard.set_autocommit(False)
    try:
        with guard.cursor() as cursor:
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")

            def obstacle() -> str | None:
                cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
                (locked,) = cursor.fetchone()
                return None if locked else "another replica is applying the migrations."

            readiness.wait_until(obstacle, seconds=seconds)
            yield
    finally:
        guard.rollback()
        guard.close()
