from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from backend.exports.verification import NotAnExport, verify


class Command(BaseCommand):
    help = "Checks that an export's archive is whole: all files, their sums, their counts."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--sha256", help="the sum of the archive, as the portal shows it")

    def handle(self, *args: Any, file: Path, sha256: str | None, **options: Any) -> None:
        try:
            with file.open("rb") as archive:
                if sha256 and hashlib.file_digest(archive, "sha256").hexdigest() != sha256.lower():
                    raise CommandError(
                        "This is another archive, or it was changed: its sum differs."
                    )
                found = verify(archive)
        except OSError as error:
            raise CommandError(f"{file} can't be read: {error.strerror}") from error
        except NotAnExport as error:
            raise CommandError(f"{file} is no archive of ours, or damaged: {error}") from error
        if found.faults:
            raise CommandError("The archive is damaged:\n  " + "\n  ".join(found.faults))
        self.stdout.write(
            f"{found.tenant}, {found.made_at}: whole, "
            f"with {found.rows} rows in {found.files} files."
        )
