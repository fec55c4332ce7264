"""Registered API clients and their keys."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from backend.client_apps.errors import AppRevoked
from backend.common.abilities import ABILITIES
from backend.common.identifiers import new_id

KEY_PREFIX = "tvk_"
# Enough of a key to recognise it in a list, far too little to guess the rest.
SHOWN_CHARACTERS = len(KEY_PREFIX) + 6


def key_digest(key: str) -> str:
    """SHA-256 of an app key, hex. Keys carry 256 random bits, so no slow hash is needed."""
    return hashlib.sha256(key.encode()).hexdigest()


class Kind(models.TextChoices):
    TENANT = "tenant", "A tenant's app"
    PORTAL = "portal", "The portal"


def validate_scopes(scopes: list[str]) -> None:
    if unknown := sorted(set(scopes) - set(ABILITIES)):
        raise ValidationError(f"Unknown scope: {', '.join(unknown)}")


class ClientApp(models.Model):
    """A registered API client. Belongs to one tenant; only the portal is first-party, with none."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant = models.ForeignKey(
        "tenants.Tenant",
        null=True,
        blank=True,
        on_delete=models.RESTRICT,
        related_name="client_apps",
        db_index=False,
    )
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.TENANT, editable=False)
    name = models.CharField(max_length=100)
    scopes = ArrayField(
        models.CharField(max_length=50), default=list, blank=True, validators=[validate_scopes]
    )
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "id"], name="client_apps_app_tenant_id_id"),
            models.UniqueConstraint(
                fields=["tenant", "name"],
                condition=Q(revoked_at__isnull=True),
                name="client_apps_app_name",
                violation_error_message="The tenant has an app of this name already.",
            ),
            models.CheckConstraint(
                condition=Q(kind=Kind.TENANT, tenant__isnull=False)
                | Q(kind=Kind.PORTAL, tenant__isnull=True),
                name="client_apps_app_kind_has_its_tenant",
            ),
        ]
        ordering = ["name"]
        permissions = [
            ("rotate_clientapp", "Can change an app's key"),
            ("revoke_clientapp", "Can revoke an app"),
        ]

    def __str__(self) -> str:
        return self.name

    def issue_key(self, *, expires_at: datetime | None = None, key: str | None = None) -> str:
        """Adds a key and returns it. It is never shown again: only its digest is stored."""
        key = key or KEY_PREFIX + secrets.token_urlsafe(32)
        self.keys.create(
            tenant_id=self.tenant_id,
            digest=key_digest(key),
            shown=key[:SHOWN_CHARACTERS],
            expires_at=expires_at,
        )
        return key

    def rotate_key(
        self,
        *,
        overlap: timedelta,
        expires_at: datetime | None = None,
        now: datetime | None = None,
    ) -> str:
        """Issues a new key; the current ones keep working for `overlap`, then expire.

        Raises AppRevoked.
        """
        until = (now or timezone.now()) + overlap
        with transaction.atomic():
            if ClientApp.objects.select_for_update().get(pk=self.pk).revoked_at:
                raise AppRevoked
            self.keys.usable().filter(Q(expires_at__isnull=True) | Q(expires_at__gt=until)).update(
                expires_at=until
            )
            return self.issue_key(expires_at=expires_at)

    def revoke(self) -> None:
        """Ends the app and all its keys from the next request on."""
        now = timezone.now()
        with transaction.atomic():
            ClientApp.objects.filter(pk=self.pk, revoked_at__isnull=True).update(revoked_at=now)
            self.keys.usable().update(revoked_at=now)
        self.refresh_from_db()


class AppKeyQuerySet(models.QuerySet[Any]):
    def usable(self) -> AppKeyQuerySet:
        return self.filter(revoked_at__isnull=True).filter(
            Q(expires_at__isnull=True) | Q(expires_at__gt=timezone.now())
        )


class AppKey(models.Model):
    """One of an app's keys. Several may be valid at once, so that a key can be changed in peace."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    app = models.ForeignKey(ClientApp, on_delete=models.RESTRICT, related_name="keys")
    tenant = models.ForeignKey(
        "tenants.Tenant", null=True, editable=False, on_delete=models.RESTRICT, related_name="+"
    )
    digest = models.CharField(max_length=64, unique=True, editable=False)
    shown = models.CharField(max_length=16, editable=False, help_text="The first characters")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = AppKeyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "id"], name="client_apps_key_tenant_id_id"),
        ]
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.shown}…"

    def is_usable(self) -> bool:
        is_over = self.expires_at is not None and self.expires_at <= timezone.now()
        return self.revoked_at is None and not is_over
