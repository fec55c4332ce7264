"""A tenant's account with the operator: its lock, and its ledger."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q, Sum
from django.utils import timezone

from backend.billing.amounts import AccountFacts
from backend.common.models import TenantOwned, TenantOwnedQuerySet
from backend.common.money import written


class Account(TenantOwned):
    """One row a tenant, made when it is first needed. Whoever moves money locks it first.

    The sums are kept up by the database with every fact, and recomputed by the nightly replay.
    """

    currency = models.CharField(max_length=3, editable=False)
    invoiced_minor = models.BigIntegerField(default=0, editable=False)
    credited_minor = models.BigIntegerField(default=0, editable=False)
    paid_minor = models.BigIntegerField(default=0, editable=False)
    refunded_minor = models.BigIntegerField(default=0, editable=False)
    allocated_minor = models.BigIntegerField(default=0, editable=False)

    objects: ClassVar[Any] = TenantOwnedQuerySet.as_manager()

    class Meta(TenantOwned.Meta):
        constraints = [
            *TenantOwned.Meta.constraints,
            models.UniqueConstraint(fields=["tenant"], name="billing_account_one"),
            # No allocation and no refund of what isn't there.
            models.CheckConstraint(
                condition=Q(
                    allocated_minor__lte=F("credited_minor") + F("paid_minor") - F("refunded_minor")
                ),
                name="billing_account_credit",
            ),
            models.CheckConstraint(
                condition=Q(allocated_minor__lte=F("invoiced_minor")),
                name="billing_account_due",
            ),
        ]

    def __str__(self) -> str:
        return f"Account in {self.currency}"

    @property
    def facts(self) -> AccountFacts:
        return AccountFacts(
            invoiced_minor=self.invoiced_minor,
            credited_minor=self.credited_minor,
            paid_minor=self.paid_minor,
            refunded_minor=self.refunded_minor,
            allocated_minor=self.allocated_minor,
        )

    @classmethod
    def lock(cls, tenant_id: UUID, currency: str) -> Account:
        """The tenant's account, made if it has none, locked until the transaction ends."""
        locked = cls.objects.for_tenant(tenant_id).select_for_update(no_key=True)
        found: Account | None = locked.first()
        if found is None:
            cls.objects.bulk_create(
                [cls(tenant_id=tenant_id, currency=currency)], ignore_conflicts=True
            )
            found = locked.get()
        return found


class EntryKind(models.TextChoices):
    INVOICE = "invoice", "Invoice"
    CREDIT_NOTE = "credit_note", "Credit note"
    PAYMENT = "payment", "Payment"
    REFUND = "refund", "Refund"


class EntryQuerySet(TenantOwnedQuerySet):
    def balance(self) -> int:
        """What the tenants of these rows owe; negative: what they have to their credit."""
        return self.aggregate(sum=Sum("amount_minor"))["sum"] or 0


class Entry(TenantOwned):
    """One fact in the ledger: positive is owed by the tenant, negative came from or for it.

    Append-only; each invoice, credit note, confirmed payment and confirmed refund has exactly one.
    The database adds it to the account's sums.
    """

    kind = models.CharField(max_length=16, choices=EntryKind, editable=False)
    amount_minor = models.BigIntegerField(editable=False)
    currency = models.CharField(max_length=3, editable=False)
    booked_on = models.DateField(editable=False, help_text="In the seller's time zone")
    booked_at = models.DateTimeField(default=timezone.now, editable=False)
    invoice = models.ForeignKey(
        "billing.Invoice", null=True, on_delete=models.DO_NOTHING, db_constraint=False,
        db_index=False, related_name="+", editable=False,
    )  # fmt: skip
    credit_note = models.ForeignKey(
        "billing.CreditNote", null=True, on_delete=models.DO_NOTHING, db_constraint=False,
        db_index=False, related_name="+", editable=False,
    )  # fmt: skip
    payment = models.ForeignKey(
        "billing.Payment", null=True, on_delete=models.DO_NOTHING, db_constraint=False,
        db_index=False, related_name="+", editable=False,
    )  # fmt: skip
    refund = models.ForeignKey(
        "billing.Refund", null=True, on_delete=models.DO_NOTHING, db_constraint=False,
        db_index=False, related_name="+", editable=False,
    )  # fmt: skip
    created_at = None  # type: ignore[assignment] # `booked_at` says it
    updated_at = None  # type: ignore[assignment] # a fact has no second version

    objects: ClassVar[Any] = EntryQuerySet.as_manager()

    class Meta(TenantOwned.Meta):
        verbose_name = "ledger entry"
        verbose_name_plural = "ledger entries"
        ordering = ["-booked_at", "-pk"]
        constraints = [
            *TenantOwned.Meta.constraints,
            *(
                models.UniqueConstraint(
                    fields=["tenant", kind.value],
                    condition=Q(**{f"{kind.value}__isnull": False}),
                    name=f"billing_entry_{kind.value}_once",
                )
                for kind in EntryKind
            ),
            models.CheckConstraint(
                condition=Q(
                    kind=EntryKind.INVOICE, invoice__isnull=False, credit_note__isnull=True,
                    payment__isnull=True, refund__isnull=True, amount_minor__gte=0,
                )
                | Q(
                    kind=EntryKind.CREDIT_NOTE, invoice__isnull=True, credit_note__isnull=False,
                    payment__isnull=True, refund__isnull=True, amount_minor__lt=0,
                )
                | Q(
                    kind=EntryKind.PAYMENT, invoice__isnull=True, credit_note__isnull=True,
                    payment__isnull=False, refund__isnull=True, amount_minor__lt=0,
                )
                | Q(
                    kind=EntryKind.REFUND, invoice__isnull=True, credit_note__isnull=True,
                    payment__isnull=True, refund__isnull=False, amount_minor__gt=0,
                ),
                name="billing_entry_kind",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["tenant", "-booked_at", "-id"], name="billing_entry_newest"),
            models.Index(fields=["booked_on"], name="billing_entry_day"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {written(self.amount_minor, self.currency)}"
