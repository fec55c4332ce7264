"""What a ticket's page shows: its own messages, and those of the tickets merged into it."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from backend.tickets.models import Message, Ticket


def thread(tickets: QuerySet[Any], ticket: Ticket) -> QuerySet[Any]:
    """Messages of `ticket` and of what was merged into it, as far as it is among `tickets`.

    So that a merge shows nobody what they couldn't see before.
    """
    merged = tickets.filter(tenant_id=ticket.tenant_id, merged_into_id=ticket.pk)
    of_tenant = Message.objects.for_tenant(ticket.tenant_id)
    return of_tenant.filter(ticket_id__in=[ticket.pk, *merged.values_list("pk", flat=True)])
