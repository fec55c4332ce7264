"""Registers the portal, the one first-party app."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from backend.client_apps.models import ClientApp, Kind, key_digest


class Command(BaseCommand):
    help = (
        "Registers the portal's app and prints its id and key. With --id and --key, which a "
        "deployment keeps among its secrets, it may run at every start."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--id", type=UUID)
        parser.add_argument("--key")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        key: str | None = options["key"]
        if key is not None and len(key) < 32:
            raise CommandError("--key is too short: it takes at least 32 characters.")
        if key is not None and options["id"] is None:
            raise CommandError("--key goes with --id.")
        app = self._app(options["id"])
        if key is None:
            key = app.issue_key()
        elif not app.keys.usable().filter(digest=key_digest(key)).exists():
            app.issue_key(key=key)
        self.stdout.write(f"X-App-ID: {app.id}\nKey:      {key}")

    @staticmethod
    def _app(app_id: UUID | None) -> ClientApp:
        if app_id is None:
            return ClientApp.objects.create(kind=Kind.PORTAL, name="Portal")
        app, _ = ClientApp.objects.get_or_create(
            pk=app_id, defaults={"kind": Kind.PORTAL, "name": "Portal"}
        )
        if app.kind != Kind.PORTAL or app.revoked_at:
            raise CommandError(f"App {app_id} is not a usable portal app.")
        return app
