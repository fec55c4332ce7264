"""The keys by which apps are known."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Final, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from backend.common.identifiers import new_id
from backend.common.models import TenantOwnedQuerySet

KEY_PREFIX: Final = "tvk_"
# Enough of a key to recognise it in a list, far too little to guess the rest.
SHOWN_CHARACTERS: Final = len(KEY_PREFIX) + 6


def key_digest(key: str) -> str:
    """SHA-256 of an app key, hex. Keys carry 256 random bits, so no slow hash is needed."""
    return hashlib.sha256(key.encode()).hexdigest()


def usable_at(now: datetime, prefix: str = "") -> Q:
    """The condition under which a key opens something; `prefix` leads to the key."""
    return Q(**{f"{prefix}revoked_at__isnull": True}) & (
        Q(**{f"{prefix}expires_at__isnull": True}) | Q(**{f"{prefix}expires_at__gt": now})
    )


class AppKeyQuerySet(TenantOwnedQuerySet):
    def usable(self) -> Self:
        return self.filter(usable_at(timezone.now()))


class AppKey(models.Model):
    """One of an app's keys. Several may be valid at once, so that a key can be changed in peace.

    The tenant role may not read `digest`: name the columns wherever it asks for rows.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    app = models.ForeignKey("client_apps.ClientApp", on_delete=models.RESTRICT, related_name="keys")
    tenant = models.ForeignKey(
        "tenants.Tenant", null=True, editable=False, on_delete=models.RESTRICT, related_name="+"
    )
    digest = models.CharField(max_length=64, unique=True, editable=False)
    shown = models.CharField(max_length=16, editable=False, help_text="The first characters")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects: ClassVar[Any] = AppKeyQuerySet.as_manager()

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


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A key in the one moment in which it is known. Only its digest is stored."""

    row: AppKey
    text: str = field(repr=False)

    @classmethod
    def of(cls, app: Any, *, expires_at: datetime | None = None, text: str | None = None) -> Self:
        """A key for the ClientApp, not yet saved; `text` is for one that was made elsewhere."""
        text = text or KEY_PREFIX + secrets.token_urlsafe(32)
        row = AppKey(
            app=app,
            tenant_id=app.tenant_id,
            digest=key_digest(text),
            shown=text[:SHOWN_CHARACTERS],
            expires_at=expires_at,
        )
        return cls(row, text)
