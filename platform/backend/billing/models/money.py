"""Money in: payments, and what they were used for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Final, Self

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from backend.audit.recording import About, record
from backend.billing.models.credit_note import CreditNote
from backend.billing.models.invoice import Invoice
from backend.common.actor import Actor
from backend.common.models import TenantOwned, TenantOwnedQuerySet
from backend.common.transitions import Transition, TransitionRecord, change_state


class Method(models.TextChoices):
    """How money comes: each has a gateway in `backend.billing.gateways`."""

    TRANSFER = "transfer", "Bank transfer"
    CARD = "card", "Test card"
    STRIPE = "stripe", "Stripe"


class State(models.TextChoices):
    PENDING = "pending", "Pending"
    CONFIRMED = "confirmed", "Confirmed"
    FAILED = "failed", "Failed"


TRANSITIONS: Final = {
    "confirm": Transition({State.PENDING}, State.CONFIRMED),
    "fail": Transition({State.PENDING}, State.FAILED),
}


class PaymentQuerySet(TenantOwnedQuerySet):
    def confirmed(self) -> Self:
        return self.filter(state=State.CONFIRMED)

    def pending(self) -> Self:
        return self.filter(state=State.PENDING)


class Payment(TenantOwned):
    """Money from a tenant, from the moment that it was announced.

    `reference` is what the payer writes on a transfer; `gateway_reference` what the gateway calls
    it: the bank's own words for a transfer. The amount is what came in, once it is confirmed.
    """

    TRANSITIONS: ClassVar = TRANSITIONS

    method = models.CharField(max_length=16, choices=Method, editable=False)
    state = models.CharField(
        max_length=24, choices=State, default=State.PENDING, editable=False, db_index=False
    )
    amount_minor = models.BigIntegerField(editable=False)
    currency = models.CharField(max_length=3, editable=False)
    reference = models.CharField(max_length=24, editable=False)
    gateway_reference = models.CharField(max_length=255, blank=True, editable=False)
    failure = models.CharField(max_length=64, blank=True, editable=False, help_text="A code")
    details = models.JSONField(
        default=dict, editable=False, help_text="What the gateway needs to go on"
    )
    begun_by = models.CharField(max_length=200, editable=False, help_text="The name as it was")
    begun_by_id = models.UUIDField(null=True, editable=False, help_text="The person or app")
    settled_at = models.DateTimeField(null=True, editable=False)

    objects: ClassVar[Any] = PaymentQuerySet.as_manager()

    class Meta(TenantOwned.Meta):
        ordering = ["-pk"]
        constraints = [
            *TenantOwned.Meta.constraints,
            models.CheckConstraint(
                condition=Q(method__in=Method.values), name="billing_payment_method"
            ),
            models.CheckConstraint(
                condition=Q(state__in=State.values), name="billing_payment_state"
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0, amount_minor__lte=10**12),
                name="billing_payment_amount",
            ),
            models.UniqueConstraint(fields=["reference"], name="billing_payment_reference"),
            # One payment of the gateway's is one of ours, however often we are told of it.
            models.UniqueConstraint(
                fields=["method", "gateway_reference"],
                condition=~Q(gateway_reference=""),
                name="billing_payment_gateway_once",
            ),
            models.CheckConstraint(
                condition=Q(state=State.PENDING, settled_at__isnull=True)
                | Q(~Q(state=State.PENDING), settled_at__isnull=False),
                name="billing_payment_settled",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "-id"], name="billing_payment_newest"),
            models.Index(
                fields=["method", "id"],
                condition=Q(state=State.PENDING),
                name="billing_payment_pending",
            ),
        ]
        permissions = [
            ("record_payment", "Can record a transfer that came in"),
            ("confirm_payment", "Can confirm a payment, or say that it failed"),
            ("refund_payment", "Can refund a payment"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def about(self) -> About:
        return About("payment", self.pk, self.reference)

    def change_state(
        self, verb: str, *, by: Actor, reason: str = "", also: Sequence[str] = ()
    ) -> PaymentTransition:
        """For the workflows, which do what belongs to it. Raises TransitionRefused."""
        self.settled_at = timezone.now()
        with transaction.atomic():
            changed = change_state(
                self,
                verb,
                by=by,
                reason=reason,
                record=PaymentTransition,
                also=["settled_at", *also],
                about={"tenant_id": self.tenant_id, "payment": self},
            )
            record(
                f"payment.{verb}",
                tenant_id=self.tenant_id,
                by=by,
                about=self.about,
                data={
                    "amount_minor": self.amount_minor,
                    "currency": self.currency,
                    "method": self.method,
                    "reason": changed.reason,
                },
            )
        assert isinstance(changed, PaymentTransition)
        return changed


class PaymentTransition(TransitionRecord):
    """A change of a payment's state, and who made it."""

    payment = models.ForeignKey(
        Payment,
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
                fields=["tenant", "payment", "-changed_at"], name="billing_pay_transition_order"
            )
        ]


class PaymentTarget(TenantOwned):
    """An invoice that a payment was begun for: it is settled first once the money is there."""

    payment = models.ForeignKey(
        Payment,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="targets",
        editable=False,
    )
    invoice = models.ForeignKey(
        Invoice,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
        editable=False,
    )
    updated_at = None  # type: ignore[assignment] # a fact has no second version

    class Meta(TenantOwned.Meta):
        constraints = [
            *TenantOwned.Meta.constraints,
            models.UniqueConstraint(
                fields=["tenant", "payment", "invoice"], name="billing_target_once"
            ),
        ]
        indexes = [models.Index(fields=["tenant", "invoice"], name="billing_target_invoice")]


class Allocation(TenantOwned):
    """A sum that settles an invoice, or a part of it. Append-only.

    What settled it is named where it was one thing: a payment or a credit note; neither where it
    was credit that the tenant had. The database adds it to the invoice and to the account, and
    refuses more than there is, and more than is due.
    """

    invoice = models.ForeignKey(
        Invoice,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="allocations",
        editable=False,
    )
    amount_minor = models.BigIntegerField(editable=False)
    payment = models.ForeignKey(
        Payment,
        null=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="allocations",
        editable=False,
    )
    credit_note = models.ForeignKey(
        CreditNote,
        null=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="allocations",
        editable=False,
    )
    updated_at = None  # type: ignore[assignment] # a fact has no second version

    class Meta(TenantOwned.Meta):
        ordering = ["pk"]
        constraints = [
            *TenantOwned.Meta.constraints,
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0), name="billing_allocation_amount"
            ),
            models.CheckConstraint(
                condition=Q(payment__isnull=True) | Q(credit_note__isnull=True),
                name="billing_allocation_source",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "invoice"], name="billing_allocation_invoice"),
            models.Index(fields=["tenant", "payment"], name="billing_allocation_payment"),
        ]
