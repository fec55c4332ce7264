"""Fills a development installation with two businesses, their people and their customers."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from backend.operations import demo


class Command(BaseCommand):
    help = "Makes the demo tenants, people and customers that are not there yet."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--even-in-production",
            action="store_true",
            help="without DEBUG too: everybody can read the password of these accounts",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not (settings.DEBUG or options["even_in_production"]):
            raise CommandError(
                "DEBUG is off, and the password of the demo accounts is public. "
                "Add --even-in-production if that is what you want."
            )
        made: list[str] = []
        demo.load(made.append)
        for line in made:
            self.stdout.write(line)
        self.stdout.write(
            f"Everybody's password is {demo.PASSWORD}." if made else "Everything is there already."
        )
