"""What happened once and must not happen twice: notifications, reminders, suspensions."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from backend.billing.models.invoice import Invoice
from backend.billing.models.money import Method
from backend.common.identifiers import new_id
from backend.common.models import TenantOwned
from backend.common.transitions import LONGEST_REASON


class GatewayEvent(models.Model):
    """A gateway's notification, by the id that it has there: a second one finds it and is done.

    Global: it is received before it is known whose it is. Kept without its body.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    method = models.CharField(max_length=16, choices=Method, editable=False)
    event_id = models.CharField(max_length=255, editable=False, help_text="The gateway's own")
    kind = models.CharField(max_length=64, editable=False, help_text="In the gateway's words")
    outcome = models.CharField(max_length=64, editable=False, help_text="What came of it")
    received_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        verbose_name = "notification"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["method", "event_id"], name="billing_event_once"),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.event_id}"


class Reminder(TenantOwned):
    """That an overdue invoice was reminded of: each level once."""

    invoice = models.ForeignKey(
        Invoice,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="reminders",
        editable=False,
    )
    level = models.PositiveSmallIntegerField(editable=False, help_text="From 1")
    updated_at = None  # type: ignore[assignment] # a fact has no second version

    class Meta(TenantOwned.Meta):
        ordering = ["-pk"]
        constraints = [
            *TenantOwned.Meta.constraints,
            models.UniqueConstraint(
                fields=["tenant", "invoice", "level"], name="billing_reminder_once"
            ),
            models.CheckConstraint(condition=Q(level__gte=1), name="billing_reminder_level"),
        ]

    def __str__(self) -> str:
        return f"Reminder {self.level}"


class OverdueSuspension(TenantOwned):
    """That a tenant was suspended for what it hadn't paid: only then paying brings it back.

    Lifted by paying, or by staff who reactivated or archived the tenant themselves.
    """

    reason = models.CharField(max_length=LONGEST_REASON, editable=False)
    lifted_at = models.DateTimeField(null=True, editable=False)

    class Meta(TenantOwned.Meta):
        ordering = ["-pk"]
        constraints = [
            *TenantOwned.Meta.constraints,
            models.UniqueConstraint(
                fields=["tenant"],
                condition=Q(lifted_at__isnull=True),
                name="billing_suspension_one_standing",
            ),
        ]

    def __str__(self) -> str:
        return self.reason
