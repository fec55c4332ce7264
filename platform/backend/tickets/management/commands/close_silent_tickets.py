from __future__ import annotations

from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from backend.tickets.workflows.end_silence import end_silence


class Command(BaseCommand):
    help = (
        "Closes tickets in which the customer doesn't answer any more, and announces it in them "
        "first. The worker does so every hour; it can be repeated and killed at any time."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="print it and keep nothing")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        done: Counter[str] = Counter()
        for each in end_silence(dry_run=dry_run):
            done[each.what] += 1
            self.stdout.write(f"{each.what} {each.tenant} #{each.number} {each.subject}")
        self.stdout.write(f"Announced: {done['announced']}. Closed: {done['closed']}.")
        if dry_run:
            self.stdout.write("Nothing of this was kept.")
