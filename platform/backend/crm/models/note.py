"""Notes on customers."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual

from backend.common.models import TenantOwned

LONGEST_NOTE: Final = 5000


class CustomerNote(TenantOwned):
    """What somebody wrote about a customer. The author's name is copied, to outlive membership."""

    customer = models.ForeignKey(
        "crm.Customer",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    author = models.ForeignKey(
        "tenants.Member",
        null=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
        editable=False,
    )
    author_name = models.CharField("author", max_length=200, editable=False)
    body = models.TextField("body", max_length=LONGEST_NOTE)

    class Meta(TenantOwned.Meta):
        verbose_name = "note"
        verbose_name_plural = "notes"
        constraints = [
            *TenantOwned.Meta.constraints,
            models.CheckConstraint(condition=Q(body__regex=r"\S"), name="crm_customernote_body"),
            models.CheckConstraint(
                condition=LessThanOrEqual(Length("body"), LONGEST_NOTE),
                name="crm_customernote_length",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "customer", "created_at", "id"], name="crm_customernote_by_age"
            )
        ]

    def __str__(self) -> str:
        return self.body[:60]
