"""Writes the second factors again, with the newest key, so that an old one can be dropped."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand
from django.db import transaction

from backend.common.encryption import decrypt, encrypt

SECRETS = ("secret", "seed")


class Command(BaseCommand):
    help = (
        "Encrypts all second factors anew with the first of FIELD_ENCRYPTION_KEYS. Run it after a "
        "key was put in front, and drop the old one when the sessions of before are over."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        written = 0
        for pk in Authenticator.objects.values_list("pk", flat=True).iterator():
            with transaction.atomic():
                # Held, so that a code that is used meanwhile stays used.
                row = Authenticator.objects.select_for_update().filter(pk=pk).first()
                if row is None:
                    continue
                kept = [name for name in SECRETS if name in row.data]
                row.data |= {name: encrypt(decrypt(row.data[name])) for name in kept}
                row.save(update_fields=["data"])
                written += 1
        self.stdout.write(f"Encrypted {written} second factors anew.")
