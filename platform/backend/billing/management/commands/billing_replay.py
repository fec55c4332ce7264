from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from backend.billing.replay.replay import replay, snapshot


class Command(BaseCommand):
    help = (
        "Recomputes every amount of billing from the facts, and prints each difference to what is "
        "stored. Exits with 1 if there is any. Changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--documents", action="store_true", help="read every PDF from the store as well"
        )

    def handle(self, *args: Any, documents: bool, **options: Any) -> None:
        count = 0
        with snapshot():
            for difference in replay(documents=documents):
                count += 1
                self.stdout.write(str(difference))
        if count:
            raise CommandError(f"{count} differences.")
        self.stdout.write("All that is stored follows from the facts.")
