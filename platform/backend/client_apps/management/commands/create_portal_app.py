"""Registers the portal, the one first-party app."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from backend.client_apps.models import ClientApp, Kind, key_digest
from backend.common.actor import Actor
from backend.common.problems import Problem


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
        try:
            app, key = self._known(options["id"], key)
        except Problem as error:
            raise CommandError(str(error.detail)) from error
        self.stdout.write(f"X-App-ID: {app.id}\nKey:      {key}")

    @staticmethod
    def _known(app_id: UUID | None, key: str | None) -> tuple[ClientApp, str]:
        """The portal's app with a key that opens it, each made where it is missing."""
        by = Actor.system()
        app = ClientApp.objects.filter(pk=app_id).first() if app_id else None
        if app is None:
            app = ClientApp(kind=Kind.PORTAL, name="Portal", **({"pk": app_id} if app_id else {}))
            return app, app.register(by=by, text=key).text
        if app.kind != Kind.PORTAL or app.revoked_at:
            raise CommandError(f"App {app_id} is not a usable portal app.")
        if key and app.keys.usable().filter(digest=key_digest(key)).exists():
            return app, key
        return app, app.issue_key(by=by, text=key).text
