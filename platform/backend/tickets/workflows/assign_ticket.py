from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q, QuerySet

from backend.audit.recording import record
from backend.common.actor import Actor
from backend.tickets.errors import AssigneeUnfit
from backend.tickets.models import TicketAssignment
from backend.tickets.workflows.write_message import lock_ticket, refuse_finished

REPLIES: Final = {
    "permission__content_type__app_label": "tickets",
    "permission__codename": "reply_ticket",
}


def who_may_reply() -> QuerySet[Any]:
    """Those of the staff who answer tickets, by name."""
    own = {f"user_permissions__{name.partition('__')[2]}": value for name, value in REPLIES.items()}
    groups = {
        f"groups__permissions__{name.partition('__')[2]}": value for name, value in REPLIES.items()
    }
    people = get_user_model().objects.filter(is_staff=True, is_active=True)
    able = people.filter(Q(is_superuser=True) | Q(**own) | Q(**groups))
    return people.filter(pk__in=able.values("pk")).order_by("name", "email")


def assign_ticket(tenant_id: UUID, ticket_id: UUID, assignee: Any | None, *, by: Actor) -> bool:
    """Somebody of the staff looks after it from now on, or nobody. Says whether that is new.

    Raises TicketNotFound, TicketClosed, TicketMerged, AssigneeUnfit.
    """
    with transaction.atomic():
        ticket = lock_ticket(tenant_id, ticket_id)
        refuse_finished(ticket)
        if assignee and not who_may_reply().filter(pk=assignee.pk).exists():
            raise AssigneeUnfit
        present = TicketAssignment.objects.for_tenant(tenant_id).filter(ticket=ticket)
        before = present.values_list("assignee_id", flat=True).first()
        if before == (assignee.pk if assignee else None):
            return False
        present.delete()
        if assignee:
            TicketAssignment.objects.create(
                tenant_id=tenant_id, ticket=ticket, assignee=assignee, assigned_by=by.name
            )
        record(
            "ticket.assigned",
            tenant_id=tenant_id,
            by=by,
            about=ticket.about(),
            data={"assignee": assignee.name or assignee.email} if assignee else {},
        )
        return True
