"""What tickets are found by."""

from __future__ import annotations

from django.db import models


class TicketTerm(models.Model):
    """A word of a ticket's subject or messages, and whose it is.

    Written by triggers alone; the tenant role can't read it, only ask `tickets_search`. No foreign
    keys: they would be checked once per word, and guard only against our own triggers.
    """

    pk = models.CompositePrimaryKey("tenant_id", "term", "ticket_id")
    tenant_id = models.UUIDField(editable=False)
    term = models.TextField(db_collation="C", editable=False)
    ticket_id = models.UUIDField(editable=False)

    class Meta:
        verbose_name = "search term"
        verbose_name_plural = "search terms"
        indexes = [
            models.Index(fields=["tenant_id", "ticket_id", "term"], name="tickets_term_of_ticket"),
            # For staff, who search across tenants.
            models.Index(fields=["term", "ticket_id"], name="tickets_term_of_anybody"),
        ]

    def __str__(self) -> str:
        return self.term
