"""What a starting worker runs: the platform's web processes apply the migrations."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from backend.operations import readiness


class Command(BaseCommand):
    help = "Waits until the database can be reached and holds this version's tables."
    requires_system_checks = []  # as for migrate_when_ready
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--timeout", type=float, default=900, help="Seconds to wait.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            readiness.wait_until(readiness.migrations_obstacle, seconds=options["timeout"])
        except readiness.NotReady as reason:
            raise CommandError(str(reason)) from reason
