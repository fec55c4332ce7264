"""What every tenant-owned table has, and the tables behind the API's shared parts."""

from __future__ import annotations

from typing import Any, ClassVar, Self
from uuid import UUID

from django.db import models

from backend.common.identifiers import new_id


class TenantOwnedQuerySet(models.QuerySet[Any]):
    def for_tenant(self, tenant_id: UUID) -> Self:
        """Row-level security is the floor; an explicit filter is the rule, and feeds the index."""
        return self.filter(tenant_id=tenant_id)


class TenantOwned(models.Model):
    """Base of all tenant-owned models.

    The table's migration must also run `ProtectTable`, and `CompositeForeignKey` for each reference
    to another tenant-owned table (whose Django field then has ``db_constraint=False``).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant = models.ForeignKey(
        "tenants.Tenant",
        on_delete=models.RESTRICT,
        editable=False,
        related_name="+",
        # Every index begins with the tenant already.
        db_index=False,
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects: ClassVar[Any] = TenantOwnedQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["tenant", "id"], name="%(app_label)s_%(class)s_tenant_id_id"
            )
        ]


class RateCounter(models.Model):
    """One bucket's count in its current window. The table is UNLOGGED: a crash forgives."""

    bucket = models.CharField(max_length=200, primary_key=True)
    window_start = models.BigIntegerField(help_text="Unix seconds")
    count = models.IntegerField()
    expires_at = models.DateTimeField(db_index=True)


class IdempotencyKey(models.Model):
    """The reply to a write, stored in the same transaction as what was written."""

    id = models.CharField(
        max_length=64, primary_key=True, help_text="SHA-256 over app, person, tenant and key"
    )
    request_digest = models.CharField(max_length=64, help_text="SHA-256 over method, path and body")
    status = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = models.BinaryField(default=b"")
    created_at = models.DateTimeField(db_index=True)
