"""The files that were made of invoices and credit notes."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from backend.billing.models.credit_note import CreditNote
from backend.billing.models.invoice import Invoice
from backend.common.models import TenantOwned


class Document(TenantOwned):
    """A PDF in the private store, under `name`. Made once; the same facts would make it again."""

    invoice = models.ForeignKey(
        Invoice, null=True, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False,
        related_name="documents", editable=False,
    )  # fmt: skip
    credit_note = models.ForeignKey(
        CreditNote, null=True, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False,
        related_name="documents", editable=False,
    )  # fmt: skip
    name = models.CharField(max_length=255, editable=False, help_text="In the store")
    size = models.PositiveIntegerField(editable=False, help_text="Bytes")
    sha256 = models.CharField(max_length=64, editable=False)
    updated_at = None  # type: ignore[assignment] # a fact has no second version

    class Meta(TenantOwned.Meta):
        constraints = [
            *TenantOwned.Meta.constraints,
            models.UniqueConstraint(
                fields=["tenant", "invoice"],
                condition=Q(invoice__isnull=False),
                name="billing_document_invoice_once",
            ),
            models.UniqueConstraint(
                fields=["tenant", "credit_note"],
                condition=Q(credit_note__isnull=False),
                name="billing_document_note_once",
            ),
            models.CheckConstraint(
                condition=Q(invoice__isnull=True, credit_note__isnull=False)
                | Q(invoice__isnull=False, credit_note__isnull=True),
                name="billing_document_of_one",
            ),
        ]

    def __str__(self) -> str:
        return self.name
