from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.common.translations import areas, languages, untranslated, update


class Command(BaseCommand):
    help = "Brings every area's translation files up to what its sources say."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="Only say what lacks a translation, and fail."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["check"]:
            for area in areas():
                for language in languages():
                    update(area, language)
        for language in languages():
            missing = untranslated(language)
            for each in missing:
                self.stdout.write(f"{language}  {each}")
            if missing and options["check"]:
                raise CommandError(f"{len(missing)} texts lack a translation into {language}.")
