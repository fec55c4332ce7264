"""Money back to tenants."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from backend.audit.recording import record
from backend.billing.models.money import Payment, State
from backend.common.actor import Actor
from backend.common.models import TenantOwned
from backend.common.money import written
from backend.common.transitions import (
    LONGEST_REASON,
    Transition,
    TransitionRecord,
    change_state,
)

TRANSITIONS: Final = {
    "confirm": Transition({State.PENDING}, State.CONFIRMED),
    "fail": Transition({State.PENDING}, State.FAILED),
}


class Refund(TenantOwned):
    """Money back to the tenant, the way it came: out of its credit, through one payment's gateway.

    Pending until the gateway has said so; meanwhile the workflow reserves it, under the account's
    lock. Never more than the payment in all.
    """

    TRANSITIONS: ClassVar = TRANSITIONS

    payment = models.ForeignKey(
        Payment,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="refunds",
        editable=False,
    )
    state = models.CharField(
        max_length=24, choices=State, default=State.PENDING, editable=False, db_index=False
    )
    amount_minor = models.BigIntegerField(editable=False)
    currency = models.CharField(max_length=3, editable=False)
    reason = models.CharField(max_length=LONGEST_REASON, editable=False)
    gateway_reference = models.CharField(max_length=255, blank=True, editable=False)
    failure = models.CharField(max_length=64, blank=True, editable=False, help_text="A code")
    begun_by = models.CharField(max_length=200, editable=False, help_text="The name as it was")
    settled_at = models.DateTimeField(null=True, editable=False)

    class Meta(TenantOwned.Meta):
        ordering = ["-pk"]
        constraints = [
            *TenantOwned.Meta.constraints,
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="billing_refund_amount"),
            models.CheckConstraint(
                condition=Q(state__in=State.values), name="billing_refund_state"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="billing_refund_reason"),
            models.CheckConstraint(
                condition=Q(state=State.PENDING, settled_at__isnull=True)
                | Q(~Q(state=State.PENDING), settled_at__isnull=False),
                name="billing_refund_settled",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "payment"], name="billing_refund_payment")]

    def __str__(self) -> str:
        return written(self.amount_minor, self.currency)

    def change_state(
        self, verb: str, *, by: Actor, reason: str = "", also: Sequence[str] = ()
    ) -> RefundTransition:
        """For the workflows, which do what belongs to it. Raises TransitionRefused."""
        self.settled_at = timezone.now()
        with transaction.atomic():
            changed = change_state(
                self,
                verb,
                by=by,
                reason=reason,
                record=RefundTransition,
                also=["settled_at", *also],
                about={"tenant_id": self.tenant_id, "refund": self},
            )
            record(
                f"refund.{verb}",
                tenant_id=self.tenant_id,
                by=by,
                about=self.payment.about,
                data={
                    "amount_minor": self.amount_minor,
                    "currency": self.currency,
                    "reason": self.reason,
                },
            )
        assert isinstance(changed, RefundTransition)
        return changed


class RefundTransition(TransitionRecord):
    """A change of a refund's state, and who made it."""

    refund = models.ForeignKey(
        Refund,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="transitions",
        editable=False,
    )

    class Meta(TransitionRecord.Meta):
        verbose_name = "transition"
        ordering = ["-changed_at", "-pk"]
        indexes = [
            models.Index(
                fields=["tenant", "refund", "-changed_at"], name="billing_ref_transition_order"
            )
        ]
