from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from backend.common.files import StoreFailed
from backend.common.leader import AnotherRuns
from backend.tickets.workflows.purge_attachments import purge_attachments


class Command(BaseCommand):
    help = (
        "Deletes files that were announced more than a day ago and never sent along with a "
        "message. The worker does it every hour; it can be repeated and killed at any time."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self.stdout.write(f"Deleted: {purge_attachments()}")
        except AnotherRuns:
            self.stdout.write("Another process is at it already: nothing to do here.")
        except StoreFailed as error:
            raise CommandError(f"The store failed, the next run goes on: {error}") from error
