"""Credit notes: the one way to correct an issued invoice."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from backend.audit.recording import About
from backend.billing.models.invoice import Invoice, InvoiceLine
from backend.billing.models.issued import DocumentLine, IssuedDocument
from backend.common.models import TenantOwnedQuerySet
from backend.common.transitions import LONGEST_REASON


class CreditNote(IssuedDocument):
    """Takes back an invoice, or a part of it. Issued when it is made; amounts are positive."""

    invoice = models.ForeignKey(
        Invoice,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="credit_notes",
        editable=False,
    )
    reason = models.CharField(max_length=LONGEST_REASON, editable=False)
    issued_by = models.CharField(max_length=200, editable=False, help_text="The name as it was")

    objects: ClassVar[Any] = TenantOwnedQuerySet.as_manager()

    class Meta(IssuedDocument.Meta):
        ordering = ["-pk"]
        verbose_name = "credit note"
        constraints = [
            *IssuedDocument.Meta.constraints,
            models.UniqueConstraint(fields=["number"], name="billing_creditnote_number"),
            models.CheckConstraint(
                condition=Q(
                    ~Q(number=""),
                    sequence__isnull=False,
                    issued_on__isnull=False,
                    issued_at__isnull=False,
                ),
                name="billing_creditnote_issued",
            ),
            models.CheckConstraint(
                condition=Q(total_minor=F("net_minor") + F("tax_minor"), total_minor__gt=0),
                name="billing_creditnote_total",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="billing_creditnote_reason"),
        ]
        indexes = [
            models.Index(fields=["tenant", "-id"], name="billing_creditnote_newest"),
            models.Index(fields=["tenant", "invoice"], name="billing_creditnote_invoice"),
        ]

    @property
    def about(self) -> About:
        return About("credit-note", self.pk, str(self))


class CreditNoteLine(DocumentLine):
    """What is taken back of one line: `net_minor` of it, at most what is left."""

    credit_note = models.ForeignKey(
        CreditNote,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="lines",
        editable=False,
    )
    invoice_line = models.ForeignKey(
        InvoiceLine,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="credits",
        editable=False,
    )

    class Meta(DocumentLine.Meta):
        verbose_name = "line"
        constraints = [
            *DocumentLine.Meta.constraints,
            models.UniqueConstraint(
                fields=["tenant", "credit_note", "position"], name="billing_creditline_position"
            ),
            models.UniqueConstraint(
                fields=["tenant", "credit_note", "invoice_line"], name="billing_creditline_once"
            ),
        ]
        indexes = [models.Index(fields=["tenant", "invoice_line"], name="billing_creditline_of")]
