"""Who looks at a tenant's tickets, and which of them are theirs to see: the one rule for it."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

from django.db.models import QuerySet

from backend.common.abilities import (
    BILLING_READ,
    ROLE_ABILITIES,
    SERVICES_READ,
    STATE_ABILITIES,
    TICKETS_READ,
    TICKETS_READ_ALL,
    TICKETS_WRITE,
)
from backend.common.caller import Caller
from backend.tickets.models import Ticket


@dataclass(frozen=True, slots=True)
class Viewer:
    """A person or an app of the tenant: `id` is theirs, `abilities` what they may do there."""

    tenant_id: UUID
    id: UUID
    abilities: Set[str]

    @classmethod
    def of(cls, caller: Caller) -> Self:
        """Who calls, in the tenant of the call."""
        assert caller.tenant_id is not None  # the view requires a tenant
        whose = caller.person.id if caller.person else caller.app_id
        return cls(caller.tenant_id, whose, caller.abilities)

    @classmethod
    def of_member(cls, member: Any) -> Self:
        """A member where no request asks: `member.tenant` is fetched."""
        abilities = ROLE_ABILITIES[member.role] & STATE_ABILITIES[member.tenant.state]
        return cls(member.tenant_id, member.person_id, abilities)

    @property
    def sees_all(self) -> bool:
        return TICKETS_READ_ALL in self.abilities

    @property
    def may_read(self) -> bool:
        return TICKETS_READ in self.abilities

    @property
    def may_write(self) -> bool:
        return TICKETS_WRITE in self.abilities

    @property
    def sees_invoices(self) -> bool:
        return BILLING_READ in self.abilities

    @property
    def sees_services(self) -> bool:
        return SERVICES_READ in self.abilities

    def tickets(self) -> QuerySet[Any]:
        """Everybody's for who looks after the business; for others those that they opened."""
        rows = Ticket.objects.for_tenant(self.tenant_id)
        return rows if self.sees_all else rows.filter(opened_by_id=self.id)
