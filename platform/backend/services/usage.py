"""How much of each limit is in use: one number, which the page shows and the invoice charges.

Members: those who belong to the tenant now, and invitations that can still be accepted, each of
which keeps a place. An expired one keeps none, and needs one again to be sent again. Client apps:
those that aren't revoked. Customers: those that aren't erased. Tickets: those that aren't closed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import CharField, Count, QuerySet, Value
from django.utils import timezone

from backend.services.models import COUNTABLE, LimitName


def used(tenant_id: UUID, names: Collection[LimitName] = COUNTABLE) -> dict[LimitName, int]:
    """What the tenant has now of each. One query."""
    return used_by([tenant_id], names)[tenant_id]


def used_by(
    tenant_ids: Collection[UUID], names: Collection[LimitName] = COUNTABLE
) -> dict[UUID, dict[LimitName, int]]:
    """The same of several tenants, in one query too. Several need the owner's rights."""
    found = {tenant_id: dict.fromkeys(names, 0) for tenant_id in tenant_ids}
    first, *others = (
        rows.filter(tenant_id__in=tenant_ids)
        .order_by()
        .values("tenant_id", limit=Value(name.value, output_field=CharField()))
        .annotate(count=Count("pk"))
        for name in names
        for rows in _takes_places(name)
    )
    for row in first.union(*others, all=True) if others else first:
        found[row["tenant_id"]][LimitName(row["limit"])] += row["count"]
    return found


def _takes_places(name: LimitName) -> Iterator[QuerySet[Any]]:
    """The rows that each take one. Asked for by name: these apps build upon this one."""
    if name == LimitName.MEMBERS:
        yield apps.get_model("tenants", "Member").objects.current()
        invitations = apps.get_model("tenants", "Invitation").objects.open()
        yield invitations.filter(expires_at__gt=timezone.now())
    elif name == LimitName.CLIENT_APPS:
        yield apps.get_model("client_apps", "ClientApp").objects.current()
    elif name == LimitName.CUSTOMERS:
        yield apps.get_model("crm", "Customer").objects.present()
    elif name == LimitName.OPEN_TICKETS:
        yield apps.get_model("tickets", "Ticket").objects.unfinished()
