from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from backend.operations.permissions import renewed

DOCUMENT: Final = Path(settings.ROOT_DIR) / "docs" / "permissions.md"


class Command(BaseCommand):
    help = "Writes who may do what into docs/permissions.md, from the code's declarations."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="Change nothing; fail where it would change."
        )

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        written = DOCUMENT.read_text(encoding="utf-8")
        document = renewed(written)
        if document == written:
            return
        if check:
            raise CommandError("docs/permissions.md is not what the code declares.")
        DOCUMENT.write_text(document, encoding="utf-8")
        self.stdout.write("docs/permissions.md is renewed.")
