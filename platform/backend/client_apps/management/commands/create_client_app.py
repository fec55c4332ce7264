"""Registers a tenant's client app and prints its id and key, once."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from backend.client_apps.errors import AppNameTaken
from backend.client_apps.models import ClientApp
from backend.common.actor import Actor
from backend.common.problems import Problem
from backend.tenants.models import Tenant


class Command(BaseCommand):
    help = "Registers a client app of a tenant and prints its id and key, once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tenant", required=True, metavar="SLUG")
        parser.add_argument("--name", required=True)
        parser.add_argument("--scope", action="append", default=[], dest="scopes", metavar="SCOPE")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            tenant = Tenant.objects.get(slug=options["tenant"])
        except Tenant.DoesNotExist:
            raise CommandError(f"There is no tenant {options['tenant']}.") from None
        app = ClientApp(tenant=tenant, name=options["name"], scopes=options["scopes"])
        try:
            app.clean_fields()
            issued = app.register(by=Actor.system())
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from error
        except AppNameTaken as error:
            raise CommandError(f"{tenant} already has an app called {app}.") from error
        except Problem as error:
            raise CommandError(str(error.detail)) from error
        self.stdout.write(f"X-App-ID: {app.id}\nKey:      {issued.text}\n")
        self.stdout.write("The key is shown this once; only its digest is stored.")
