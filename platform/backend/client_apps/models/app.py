"""Registered API clients, and what can be done with them. Each of it goes on record."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final, Self
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.db.models import Count, Max, Q
from django.utils import timezone

from backend.audit.recording import About, record
from backend.client_apps.errors import (
    AppKeyNotFound,
    AppNameTaken,
    AppRevoked,
    ScopesBeyondYours,
    TooManyAppKeys,
    TooManyApps,
)
from backend.client_apps.models.key import AppKey, IssuedKey, usable_at
from backend.common.abilities import APP_SCOPES
from backend.common.actor import Actor
from backend.common.identifiers import new_id
from backend.common.models import TenantOwnedQuerySet
from backend.services import limits
from backend.services.models import LimitName

MOST_APPS: Final = 50
MOST_KEYS: Final = 10
LONGEST_OVERLAP: Final = timedelta(days=30)
NAME_ONCE: Final = "client_apps_app_name"


class Kind(models.TextChoices):
    TENANT = "tenant", "A tenant's app"
    PORTAL = "portal", "The portal"


def validate_scopes(scopes: list[str]) -> None:
    if unknown := sorted(set(scopes) - APP_SCOPES):
        raise ValidationError(f"Unknown scope: {', '.join(unknown)}")


class ClientAppQuerySet(TenantOwnedQuerySet):
    def current(self) -> Self:
        return self.filter(revoked_at__isnull=True)

    def with_keys(self) -> Self:
        """Annotates `usable_keys`, `endless_keys` (those of them without an end), `last_end` (the
        latest end of the others) and `last_used_at`."""
        usable = usable_at(timezone.now(), "keys__")
        endless = usable & Q(keys__expires_at__isnull=True)
        return self.annotate(
            usable_keys=Count("keys", filter=usable),
            endless_keys=Count("keys", filter=endless),
            last_end=Max("keys__expires_at", filter=usable),
            last_used_at=Max("keys__last_used_at"),
        )


class ClientApp(models.Model):
    """A registered API client. Belongs to one tenant; only the portal is first-party, with none.

    It belongs to the tenant and not to whoever made it: when that person leaves or loses the role,
    it goes on. What becomes of an app is decided by somebody who may manage apps now.

    Each verb records an event in its transaction; of a key only `shown`. Verbs run as the tenant
    role as well as the owner.
    """

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

    objects: ClassVar[Any] = ClientAppQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "id"], name="client_apps_app_tenant_id_id"),
            models.UniqueConstraint(
                fields=["tenant", "name"],
                condition=Q(revoked_at__isnull=True),
                name=NAME_ONCE,
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

    def register(
        self,
        *,
        by: Actor,
        may_give: Collection[str] = APP_SCOPES,
        expires_at: datetime | None = None,
        text: str | None = None,
    ) -> IssuedKey:
        """Adds this app with its first key. `may_give` holds the scopes that `by` has to give.

        Raises TooManyApps, LimitReached, AppNameTaken, ScopesBeyondYours.
        """
        self._refuse_beyond(may_give, self.scopes)
        with transaction.atomic():
            self.require_room(self.tenant_id)
            self._save_named(force_insert=True)
            issued = self._add_key(expires_at=expires_at, text=text)
            self._record("created", by, scopes=self.scopes, **_facts_of(issued.row))
        return issued

    def change(
        self,
        *,
        by: Actor,
        name: str | None = None,
        scopes: list[str] | None = None,
        may_give: Collection[str] = APP_SCOPES,
    ) -> None:
        """Renames the app, or gives it other scopes from its next request on. None: as it is.

        What it may do already it may keep, even beyond `may_give`. Raises AppRevoked, AppNameTaken,
        ScopesBeyondYours.
        """
        with transaction.atomic():
            before = self._lock()
            self.name = before.name if name is None else name
            self.scopes = before.scopes if scopes is None else scopes
            self._refuse_beyond(may_give, set(self.scopes) - set(before.scopes))
            changes = {
                field: {"from": getattr(before, field), "to": getattr(self, field)}
                for field in ("name", "scopes")
                if getattr(before, field) != getattr(self, field)
            }
            if changes:
                self._save_named(update_fields=["name", "scopes"])
                self._record("updated", by, **changes)

    def issue_key(
        self, *, by: Actor, expires_at: datetime | None = None, text: str | None = None
    ) -> IssuedKey:
        """Adds a key beside the current ones. Raises AppRevoked, TooManyAppKeys."""
        with transaction.atomic():
            self._lock()
            issued = self._add_key(expires_at=expires_at, text=text)
            self._record("key-issued", by, **_facts_of(issued.row))
        return issued

    def rotate_key(
        self,
        *,
        by: Actor,
        overlap: timedelta,
        expires_at: datetime | None = None,
        now: datetime | None = None,
    ) -> IssuedKey:
        """Issues a new key; the current ones keep working for `overlap`, then expire.

        Raises AppRevoked, TooManyAppKeys.
        """
        until = (now or timezone.now()) + overlap
        with transaction.atomic():
            self._lock()
            self.keys.usable().filter(Q(expires_at__isnull=True) | Q(expires_at__gt=until)).update(
                expires_at=until
            )
            issued = self._add_key(expires_at=expires_at, text=None)
            self._record(
                "key-issued", by, **_facts_of(issued.row), old_keys_until=until.isoformat()
            )
        return issued

    def revoke_key(self, key_id: UUID, *, by: Actor) -> None:
        """Ends one key from the next request on; of one that is revoked nothing more is said.

        Raises AppKeyNotFound.
        """
        with transaction.atomic():
            shown = self.keys.filter(pk=key_id).values_list("shown", flat=True).first()
            if shown is None:
                raise AppKeyNotFound
            current = self.keys.filter(pk=key_id, revoked_at__isnull=True)
            if current.update(revoked_at=timezone.now()):
                self._record("key-revoked", by, key=shown)

    def revoke(self, *, by: Actor) -> None:
        """Ends the app and all its keys from the next request on, for good."""
        now = timezone.now()
        with transaction.atomic():
            if self._row().current().update(revoked_at=now):
                keys = self.keys.usable()
                ended = sorted(keys.values_list("shown", flat=True))
                keys.update(revoked_at=now)
                self._record("revoked", by, scopes=self.scopes, keys=ended)
        self.refresh_from_db()

    @staticmethod
    def require_room(tenant_id: UUID | None) -> None:
        """Lets one registration after the other see how many apps there are, until the transaction
        ends. Raises TooManyApps, LimitReached."""
        if tenant_id is None:
            return
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtext('client_apps.most'), hashtext(%s))",
                [str(tenant_id)],
            )
        if ClientApp.objects.for_tenant(tenant_id).current().count() >= MOST_APPS:
            raise TooManyApps
        limits.require(tenant_id, LimitName.CLIENT_APPS)

    def _row(self) -> ClientAppQuerySet:
        return ClientAppQuerySet(ClientApp).filter(Q(tenant_id=self.tenant_id), pk=self.pk)

    def _lock(self) -> ClientApp:
        """The app as it is now. Changes of one app, its keys included, wait for each other."""
        locked: ClientApp = self._row().select_for_update().get()
        if locked.revoked_at:
            raise AppRevoked
        return locked

    def _add_key(self, *, expires_at: datetime | None, text: str | None) -> IssuedKey:
        if self.keys.usable().count() >= MOST_KEYS:
            raise TooManyAppKeys
        issued = IssuedKey.of(self, expires_at=expires_at, text=text)
        issued.row.save(force_insert=True)
        return issued

    def _save_named(self, **how: Any) -> None:
        try:
            with transaction.atomic():
                self.save(**how)
        except IntegrityError as error:
            if NAME_ONCE in str(error):
                raise AppNameTaken from error
            raise

    @staticmethod
    def _refuse_beyond(may_give: Collection[str], scopes: Collection[str]) -> None:
        if not set(scopes) <= set(may_give):
            raise ScopesBeyondYours

    def _record(self, what: str, by: Actor, **data: Any) -> None:
        about = About("client-app", self.pk, self.name)
        record(f"client-app.{what}", tenant_id=self.tenant_id, by=by, about=about, data=data)


def _facts_of(key: AppKey) -> dict[str, str | None]:
    """What an event tells of a key."""
    ends = key.expires_at.isoformat() if key.expires_at else None
    return {"key": key.shown, "expires_at": ends}
