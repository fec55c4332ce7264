"""Sessions of people, kept under a digest of the token that the visitor holds."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7


class SessionQuerySet(models.QuerySet["Session"]):
    def live(self) -> SessionQuerySet:
        return self.filter(expire_date__gt=Now())

    def expired(self) -> SessionQuerySet:
        return self.filter(expire_date__lte=Now())


class Session(models.Model):
    """A visit, from its first step (a code still to be typed) to the sign-out.

    `digest` is an HMAC of the token: whoever reads this table, a backup or a log can't
    present it anywhere. `session_data` is encrypted, as it holds emailed codes and
    two-factor secrets that are not confirmed yet. `person` is empty until the sign-in
    is complete. `auth_hash` is Django's session auth hash at the sign-in: once the
    password changes it no longer matches, and the session is over.
    """

    class Surface(models.TextChoices):
        PORTAL = "portal", _("portal")
        STAFF = "staff", _("staff admin")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    surface = models.CharField(
        _("where"), max_length=6, choices=Surface.choices, default=Surface.PORTAL, editable=False
    )
    session_data = models.TextField(editable=False)
    person = models.ForeignKey(
        "accounts.Person",
        verbose_name=_("person"),
        on_delete=models.CASCADE,
        null=True,
        related_name="sessions",
        editable=False,
    )
    auth_hash = models.CharField(max_length=64, blank=True, editable=False)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    last_seen_at = models.DateTimeField(_("last seen at"), default=timezone.now, editable=False)
    expire_date = models.DateTimeField(_("expires at"), db_index=True, editable=False)
    address = models.GenericIPAddressField(_("address"), null=True, editable=False)
    user_agent = models.CharField(_("browser"), max_length=255, blank=True, editable=False)

    objects: Any = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")

    def __str__(self) -> str:
        return str(self.id)
