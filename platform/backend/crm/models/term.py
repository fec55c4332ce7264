"""What customers are found by."""

from __future__ import annotations

from django.db import models


class CustomerTerm(models.Model):
    """A word, pair of words, address or number, and whose it is.

    Written by triggers on customers alone; the tenant role can't read it, only ask `crm_search`.
    No foreign keys: they would be checked once per term, and guard only against our own triggers.
    """

    pk = models.CompositePrimaryKey("tenant_id", "term", "customer_id")
    tenant_id = models.UUIDField(editable=False)
    term = models.TextField(db_collation="C", editable=False)
    customer_id = models.UUIDField(editable=False)

    class Meta:
        verbose_name = "search term"
        verbose_name_plural = "search terms"
        indexes = [
            models.Index(fields=["tenant_id", "customer_id", "term"], name="crm_term_by_customer")
        ]

    def __str__(self) -> str:
        return self.term
