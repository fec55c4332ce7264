from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import nullcontext
from datetime import UTC, date, datetime, time
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from backend.billing.errors import SellerMissing
from backend.billing.runs.steps import STEPS, incomplete, run
from backend.billing.runs.when import When
from backend.common.clock import at
from backend.common.leader import AnotherRuns
from backend.common.money import written

NOON: Final = time(12, tzinfo=UTC)


class Command(BaseCommand):
    help = (
        "Does what billing has to do today: counts usage, ends and renews services, issues their "
        "invoices, gives up payments that were only begun, reminds, suspends. Can be repeated and "
        "killed at any time."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--only", nargs="+", choices=list(STEPS), metavar="STEP", help=f"of {', '.join(STEPS)}"
        )
        parser.add_argument("--dry-run", action="store_true", help="print it and keep nothing")
        parser.add_argument(
            "--day",
            type=date.fromisoformat,
            metavar="YYYY-MM-DD",
            help="with --dry-run: what would be done at noon of that day, as things stand now",
        )

    def handle(
        self,
        *args: Any,
        only: list[str] | None,
        dry_run: bool,
        day: date | None,
        **options: Any,
    ) -> None:
        if day and not dry_run:
            raise CommandError("A day can only be given with --dry-run.")
        chosen = [name for name in STEPS if name in (only or STEPS)]
        try:
            with at(datetime.combine(day, NOON)) if day else nullcontext():
                failed = self.tell(chosen, When(timezone.now()), dry_run=dry_run)
        except AnotherRuns:
            self.stdout.write("Another run is at it already: nothing to do here.")
            return
        except SellerMissing as error:
            raise CommandError(f"{error}: say who sells in the admin, under Seller.") from error
        if dry_run:
            self.stdout.write("Nothing of this was kept.")
        if failed:
            raise CommandError(incomplete(failed))

    def tell(self, steps: Sequence[str], when: When, *, dry_run: bool) -> list[str]:
        """Prints each thing as it is done, and sums. Returns the tenants that it failed for."""
        done: Counter[str] = Counter()
        invoiced: Counter[str] = Counter()
        failed = []
        for name, outcome in run(steps, when, dry_run=dry_run):
            if outcome.failure:
                failed.append(outcome.tenant)
                self.stderr.write(f"{name} {outcome.tenant}: failed: {outcome.failure}")
            done[name] += bool(outcome.told)
            invoiced.update(outcome.invoiced)
            for line in outcome.told:
                self.stdout.write(f"{name} {outcome.tenant}: {line}")
        for name in steps:
            self.stdout.write(f"{STEPS[name].title}: {done[name]} tenants")
        for currency, total in sorted(invoiced.items()):
            self.stdout.write(f"Invoiced: {written(total, currency)}")
        return failed
