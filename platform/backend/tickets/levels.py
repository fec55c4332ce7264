"""How soon staff should answer: by the tenant's plan, else by what holds for everybody."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import F, Q

from backend.common.tenancy import owner_scope
from backend.services.models import Plan, Service
from backend.tickets.models import Priority, ServiceLevel

# Where staff have set no level at all.
HOURS: Final = {Priority.LOW: 72, Priority.NORMAL: 24, Priority.HIGH: 8, Priority.URGENT: 2}


def hours_of(tenant_id: UUID) -> dict[Priority, int]:
    """For each priority the hours within which the tenant is answered. One query."""
    services = Service.objects.for_tenant(tenant_id).in_use().filter(is_addon=False)
    with owner_scope():
        plans = Plan.objects.filter(pk__in=services.values("plan_id"))
        levels = ServiceLevel.objects.filter(Q(plan__isnull=True) | Q(plan__in=plans))
        # A plan's own come last, and so replace what holds for everybody.
        rows = list(
            levels.order_by(F("plan").asc(nulls_first=True)).values_list(
                "priority", "answer_within_hours"
            )
        )
    return HOURS | {Priority(priority): hours for priority, hours in rows}


def answer_due(tenant_id: UUID, priority: str, since: datetime) -> datetime:
    """When a message that came at `since` should have its answer."""
    return since + timedelta(hours=hours_of(tenant_id)[Priority(priority)])
