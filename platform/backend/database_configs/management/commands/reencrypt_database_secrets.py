"""Writes the secrets of tenants' databases again, with the newest key."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from backend.common.encryption import Undecryptable, decrypt, encrypt
from backend.database_configs.models import DatabaseConfig


class Command(BaseCommand):
    help = (
        "Encrypts the secrets of all database configurations anew with the first of "
        "FIELD_ENCRYPTION_KEYS. Run it after a key was put in front, before the old one is dropped."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        written, lost = 0, 0
        for pk in DatabaseConfig.objects.values_list("pk", flat=True).iterator():
            with transaction.atomic():
                # Held, so that a secret that is changed meanwhile stays changed.
                rows = DatabaseConfig.objects.filter(pk=pk).select_for_update(no_key=True)
                secret = rows.values_list("secret", flat=True).first()
                if secret is None:
                    continue
                try:
                    rows.update(secret=encrypt(decrypt(secret)))
                    written += 1
                except Undecryptable:
                    lost += 1
        self.stdout.write(f"Encrypted {written} secrets anew.")
        if lost:
            self.stderr.write(f"No key fits {lost} secrets: their owners must enter them again.")
