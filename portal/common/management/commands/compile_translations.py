from typing import Any

from django.core.management.base import BaseCommand

from portal.common.translations import compile_all


class Command(BaseCommand):
    help = "Compiles the translations. To be run wherever the portal is built; needs no gettext."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{len(compile_all())} translations compiled.")
