"""Invoices: drafts that change, and issued ones that never do."""

from __future__ import annotations

from typing import Any, ClassVar, Final, Self

from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q

from backend.audit.recording import About, record
from backend.billing.amounts import still_due, totals
from backend.billing.models.issued import DocumentLine, IssuedDocument
from backend.common.actor import Actor
from backend.common.models import TenantOwnedQuerySet
from backend.common.transitions import Transition, TransitionRecord, change_state
from backend.services.models import State as ServiceState


class State(models.TextChoices):
    DRAFT = "draft", "Draft"
    OPEN = "open", "Open"
    PAID = "paid", "Paid"
    VOID = "void", "Void"


TRANSITIONS: Final = {
    "issue": Transition({State.DRAFT}, State.OPEN),
    "settle": Transition({State.OPEN}, State.PAID),
    "void": Transition({State.OPEN}, State.VOID, needs_reason=True),
}


class LineKind(models.TextChoices):
    """What a line charges or gives back; `manual` is what staff wrote."""

    PERIOD = "period", "A period of a service"
    UNUSED = "unused", "The rest of a period that isn't used"
    REMAINING = "remaining", "The rest of a period on other terms"
    OVERAGE = "overage", "Use above a limit"
    MANUAL = "manual", "Written by staff"


class InvoiceQuerySet(TenantOwnedQuerySet):
    def issued(self) -> Self:
        return self.exclude(state=State.DRAFT)

    def open(self) -> Self:
        return self.filter(state=State.OPEN)

    def owed(self) -> Self:
        """Open for what the tenant has had. An order that waits to begin lapses by itself."""
        orders = InvoiceLine.objects.filter(
            tenant=OuterRef("tenant"), invoice=OuterRef("pk"), service__state=ServiceState.PENDING
        )
        return self.open().filter(~Exists(orders))

    def oldest_due_first(self) -> Self:
        return self.order_by("due_on", "sequence", "pk")


class Invoice(IssuedDocument):
    """What the tenant owes for its services, or for what staff wrote.

    A draft has no number, no dates and no copies; its amounts are a forecast. `allocated_minor` is
    the sum of the allocations to it, kept up by the database: it is paid when that is its total.
    """

    TRANSITIONS: ClassVar = TRANSITIONS

    state = models.CharField(
        max_length=24, choices=State, default=State.DRAFT, editable=False, db_index=False
    )
    due_on = models.DateField(null=True, editable=False)
    note = models.CharField(max_length=500, blank=True, help_text="Stands above the lines")
    allocated_minor = models.BigIntegerField(default=0, editable=False)

    objects: ClassVar[Any] = InvoiceQuerySet.as_manager()

    class Meta(IssuedDocument.Meta):
        ordering = ["-pk"]
        constraints = [
            *IssuedDocument.Meta.constraints,
            models.UniqueConstraint(
                fields=["number"], condition=~Q(number=""), name="billing_invoice_number"
            ),
            models.CheckConstraint(
                condition=Q(state__in=State.values), name="billing_invoice_state"
            ),
            models.CheckConstraint(
                condition=Q(
                    state=State.DRAFT,
                    number="",
                    sequence__isnull=True,
                    issued_on__isnull=True,
                    issued_at__isnull=True,
                    due_on__isnull=True,
                )
                | Q(
                    ~Q(state=State.DRAFT),
                    ~Q(number=""),
                    sequence__isnull=False,
                    issued_on__isnull=False,
                    issued_at__isnull=False,
                    due_on__gte=F("issued_on"),
                ),
                name="billing_invoice_issued",
            ),
            models.CheckConstraint(
                condition=Q(total_minor=F("net_minor") + F("tax_minor")),
                name="billing_invoice_total",
            ),
            models.CheckConstraint(
                condition=Q(state=State.DRAFT) | Q(total_minor__gte=0),
                name="billing_invoice_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(allocated_minor__gte=0) & Q(allocated_minor__lte=F("total_minor"))
                | Q(state=State.DRAFT, allocated_minor=0),
                name="billing_invoice_allocated",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.PAID) | Q(allocated_minor=F("total_minor")),
                name="billing_invoice_paid",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "-issued_at", "-id"],
                condition=~Q(state=State.DRAFT),
                name="billing_invoice_latest",
            ),
            models.Index(
                fields=["tenant", "due_on"],
                condition=Q(state=State.OPEN),
                name="billing_invoice_open",
            ),
            # The runs' way to what is overdue, over all tenants.
            models.Index(
                fields=["due_on", "tenant"],
                condition=Q(state=State.OPEN),
                name="billing_invoice_due",
            ),
        ]
        permissions = [
            ("issue_invoice", "Can issue an invoice"),
            ("void_invoice", "Can void an invoice"),
            ("credit_invoice", "Can credit an invoice"),
            ("send_invoice", "Can send an invoice again"),
        ]

    @property
    def about(self) -> About:
        return About("invoice", self.pk, str(self))

    @property
    def due_minor(self) -> int:
        """What is still to be paid of it."""
        return still_due(self.total_minor, self.allocated_minor) if self.state == State.OPEN else 0

    def calculate(self, lines: list[InvoiceLine]) -> None:
        """Sets the totals from the lines', which the caller has calculated."""
        found = totals((line.tax_percent, line.amounts) for line in lines)
        self.net_minor, self.tax_minor = found.net_minor, found.tax_minor
        self.total_minor = found.total_minor

    def change_state(self, verb: str, *, by: Actor, reason: str = "") -> InvoiceTransition:
        """For the workflows, which do what belongs to it. Raises TransitionRefused."""
        with transaction.atomic():
            changed = change_state(
                self,
                verb,
                by=by,
                reason=reason,
                record=InvoiceTransition,
                about={"tenant_id": self.tenant_id, "invoice": self},
            )
            record(
                f"invoice.{verb}",
                tenant_id=self.tenant_id,
                by=by,
                about=self.about,
                data={
                    "total_minor": self.total_minor,
                    "currency": self.currency,
                    "reason": changed.reason,
                },
            )
        assert isinstance(changed, InvoiceTransition)
        return changed


class InvoiceLine(DocumentLine):
    """One line of an invoice. Of a service, it says for which days: `[period_start, period_end)`.

    The charge for a period is unique, however often a run is begun.
    """

    invoice = models.ForeignKey(
        Invoice,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="lines",
        editable=False,
    )
    kind = models.CharField(
        max_length=16, choices=LineKind, default=LineKind.MANUAL, editable=False
    )
    service = models.ForeignKey(
        "services.Service",
        null=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
        editable=False,
    )
    limit = models.CharField(max_length=32, blank=True, editable=False, help_text="Of an overage")
    period_start = models.DateField(null=True, editable=False)
    period_end = models.DateField(null=True, editable=False, help_text="The first day after it")

    class Meta(DocumentLine.Meta):
        verbose_name = "line"
        constraints = [
            *DocumentLine.Meta.constraints,
            models.UniqueConstraint(
                fields=["tenant", "invoice", "position"], name="billing_line_position"
            ),
            models.UniqueConstraint(
                fields=["tenant", "service", "kind", "limit", "period_start"],
                condition=Q(kind__in=[LineKind.PERIOD, LineKind.OVERAGE]),
                name="billing_line_period_once",
            ),
            models.CheckConstraint(condition=Q(kind__in=LineKind.values), name="billing_line_kind"),
            models.CheckConstraint(condition=Q(unit_price_minor__gte=0), name="billing_line_price"),
            models.CheckConstraint(
                condition=Q(tax_percent__gte=0, tax_percent__lte=100), name="billing_line_percent"
            ),
            models.CheckConstraint(
                condition=Q(kind=LineKind.MANUAL, service__isnull=True)
                | Q(~Q(kind=LineKind.MANUAL), service__isnull=False),
                name="billing_line_service",
            ),
            models.CheckConstraint(
                condition=Q(period_start__isnull=True, period_end__isnull=True)
                | Q(period_end__gt=F("period_start")),
                name="billing_line_period",
            ),
        ]


class InvoiceTransition(TransitionRecord):
    """A change of an invoice's state, and who made it."""

    invoice = models.ForeignKey(
        Invoice,
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
                fields=["tenant", "invoice", "-changed_at"], name="billing_inv_transition_order"
            )
        ]
