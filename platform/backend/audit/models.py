"""The audit trail."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from backend.audit.actions import ACTIONS
from backend.common.identifiers import new_id
from backend.common.models import TenantOwnedQuerySet


class AuditEvent(models.Model):
    """Something that somebody did. Append-only, by privilege and by trigger.

    Without a tenant it is about a person who is a member of none, and only staff see it. Names are
    copied, and ids point nowhere by constraint: an event outlives what it is about.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant = models.ForeignKey(
        "tenants.Tenant",
        null=True,
        editable=False,
        on_delete=models.RESTRICT,
        related_name="+",
        db_index=False,
    )
    action = models.CharField(max_length=40, choices=sorted(ACTIONS.items()), editable=False)
    by_kind = models.CharField(
        "by", max_length=8, editable=False, help_text="person, app, staff or system"
    )
    by_name = models.CharField("name", max_length=254, editable=False)
    by_id = models.UUIDField(null=True, editable=False)
    address = models.GenericIPAddressField(null=True, editable=False)
    about_kind = models.CharField(max_length=40, blank=True, editable=False)
    about_id = models.UUIDField(null=True, editable=False)
    about_name = models.CharField("about", max_length=254, blank=True, editable=False)
    data = models.JSONField(default=dict, editable=False, help_text="Small facts; no secrets")
    request_id = models.CharField(max_length=128, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[Any] = TenantOwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "id"], name="audit_event_tenant_id_id"),
        ]
        indexes = [
            models.Index(fields=["tenant", "action", "id"], name="audit_event_action"),
            models.Index(fields=["tenant", "by_id", "id"], name="audit_event_by"),
        ]
        # Keys are made in the order of time.
        ordering = ["-id"]
        verbose_name = "event"

    def __str__(self) -> str:
        return f"{self.by_name}: {self.get_action_display()}"
