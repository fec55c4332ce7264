"""Database configurations: where a tenant's own PostgreSQL is, and how to get in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final, Self
from uuid import UUID

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Lower

from backend.audit.recording import About
from backend.common.encryption import decrypt, encrypt
from backend.common.models import TenantOwned, TenantOwnedQuerySet
from backend.database_configs.models.validation import DatabaseValidation, State

MOST_CONFIGS: Final = 10
LONGEST_NAME: Final = 100
# PostgreSQL cuts identifiers at 63 bytes.
LONGEST_IDENTIFIER: Final = 63
LONGEST_CERTIFICATE: Final = 20_000
# What a validation looks at, so that its result is about these alone.
CONNECTION_FIELDS: Final = (
    "engine", "host", "port", "database", "user", "secret", "tls_mode", "ca_certificate",
)  # fmt: skip
FULL_FIELDS: Final = (
    "id", "name", "engine", "host", "port", "database", "user", "tls_mode", "ca_certificate",
    "version", "created_at", "updated_at",
)  # fmt: skip


class Engine(models.TextChoices):
    POSTGRESQL = "postgresql", "PostgreSQL"


class TlsMode(models.TextChoices):
    VERIFY_FULL = "verify-full", "Encrypted, certificate and host name verified"
    VERIFY_CA = "verify-ca", "Encrypted, certificate verified"
    REQUIRE = "require", "Encrypted, nothing verified"
    DISABLE = "disable", "Not encrypted"


class Status(models.TextChoices):
    """What is known of a configuration as it is now: see `status_after`."""

    UNCHECKED = "unchecked", "Unchecked"
    VALIDATING = "validating", "Validating"
    VALID = "valid", "Valid"
    INVALID = "invalid", "Invalid"


_STATUS_BY_STATE: Final = {
    State.WAITING: Status.VALIDATING,
    State.RUNNING: Status.VALIDATING,
    State.VALID: Status.VALID,
    State.INVALID: Status.INVALID,
    State.ABANDONED: Status.UNCHECKED,
}


def status_after(state: str | None) -> Status:
    """The status of a configuration whose last validation since it was changed is in `state`."""
    return _STATUS_BY_STATE[State(state)] if state else Status.UNCHECKED


def states_of(status: Status) -> list[str]:
    """The states of `with_state` that mean this status."""
    found = [state.value for state, meant in _STATUS_BY_STATE.items() if meant == status]
    return [*found, ""] if status == Status.UNCHECKED else found


class DatabaseConfigQuerySet(TenantOwnedQuerySet):
    def with_state(self) -> Self:
        """Annotates `state`: of the last validation of what the configuration is now, or empty."""
        of_this_version = DatabaseValidation.objects.filter(
            tenant_id=OuterRef("tenant_id"),
            config_id=OuterRef("pk"),
            connection_version=OuterRef("connection_version"),
        )
        last = of_this_version.order_by("-pk").values("state")[:1]
        return self.annotate(state=Coalesce(Subquery(last), Value("")))


class DatabaseConfigManager(models.Manager.from_queryset(DatabaseConfigQuerySet)):  # type: ignore[misc]
    def get_queryset(self) -> DatabaseConfigQuerySet:
        """Without the secret, which is fetched only where it is asked for by name."""
        found: DatabaseConfigQuerySet = super().get_queryset().defer("secret")
        return found


class DatabaseConfig(TenantOwned):
    """A PostgreSQL of the tenant's own.

    The tenant role writes the secret, and has no privilege to read it back. `version` counts every
    change. `connection_version` is the `version` that last changed what a validation looks at.
    """

    name = models.CharField(max_length=LONGEST_NAME)
    engine = models.CharField(max_length=16, choices=Engine, default=Engine.POSTGRESQL)
    host = models.CharField(max_length=253)
    port = models.PositiveIntegerField(default=5432)
    database = models.CharField(max_length=LONGEST_IDENTIFIER)
    user = models.CharField(max_length=LONGEST_IDENTIFIER)
    secret = models.TextField(editable=False, help_text="Encrypted")
    tls_mode = models.CharField("TLS", max_length=16, choices=TlsMode, default=TlsMode.VERIFY_FULL)
    ca_certificate = models.TextField("CA certificate", blank=True, default="")
    version = models.PositiveIntegerField(default=1, editable=False)
    connection_version = models.PositiveIntegerField(default=1, editable=False)

    objects: ClassVar[Any] = DatabaseConfigManager()

    class Meta(TenantOwned.Meta):
        # Also for reading a row again, which would otherwise ask for every column.
        base_manager_name = "objects"
        verbose_name = "database configuration"
        permissions = [("validate_databaseconfig", "Can validate a database configuration")]
        constraints = [
            *TenantOwned.Meta.constraints,
            models.UniqueConstraint(
                F("tenant"), Lower("name"), name="database_configs_name_of_its_own"
            ),
            models.CheckConstraint(
                condition=Q(engine__in=Engine.values), name="database_configs_engine"
            ),
            models.CheckConstraint(
                condition=Q(port__gte=1, port__lte=65535), name="database_configs_port"
            ),
            models.CheckConstraint(
                condition=Q(tls_mode__in=TlsMode.values), name="database_configs_tls_mode"
            ),
            # A path would be a socket of our own machine, a comma a list of servers.
            models.CheckConstraint(
                condition=Q(host__regex=r"^[0-9a-z.:-]+$"), name="database_configs_host"
            ),
            # By any public authority, it would be anybody's certificate.
            models.CheckConstraint(
                condition=~Q(tls_mode=TlsMode.VERIFY_CA) | ~Q(ca_certificate=""),
                name="database_configs_verify_ca",
            ),
            # How everything begins that Fernet has encrypted.
            models.CheckConstraint(
                condition=Q(secret__startswith="gAAAAA"), name="database_configs_secret"
            ),
            models.CheckConstraint(
                condition=Q(connection_version__lte=F("version")),
                name="database_configs_versions",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def status(self) -> Status:
        """Of a row that `with_state` has fetched."""
        state: str = self.state  # type: ignore[attr-defined] # annotated
        return status_after(state)

    @property
    def about(self) -> About:
        return About("database-config", self.pk, self.name)

    @classmethod
    def add(cls, tenant_id: UUID, values: Mapping[str, Any]) -> Self:
        """A new configuration; `secret` comes in as it is, and is encrypted here."""
        config = cls(tenant_id=tenant_id, **_encrypted(values))
        config.save(force_insert=True)
        return config

    def change(self, values: Mapping[str, Any]) -> list[str]:
        """Sets the given fields; returns those that were different. The caller holds the lock.

        A secret always counts as different: what it was can't be read here.
        """
        different = [
            name
            for name, value in values.items()
            if name == "secret" or getattr(self, name) != value
        ]
        if not different:
            return []
        for name, value in _encrypted(values).items():
            setattr(self, name, value)
        self.version += 1
        written = [*different, "version", "updated_at"]
        if set(different) & set(CONNECTION_FIELDS):
            self.connection_version = self.version
            written.append("connection_version")
        self.save(update_fields=written)
        return different

    def reveal_secret(self) -> str:
        """The secret, for connecting: only the table's owner can read it. Raises Undecryptable."""
        return decrypt(self.secret)


def _encrypted(values: Mapping[str, Any]) -> dict[str, Any]:
    if "secret" not in values:
        return dict(values)
    return {**values, "secret": encrypt(values["secret"])}
