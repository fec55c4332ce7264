"""How much a tenant may have, by its plan and add-ons, and whether there is room for more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import connection
from django.db.models import Sum

from backend.common.tenancy import current_tenant_id
from backend.services.errors import LimitReached
from backend.services.models import LimitName, Plan, PlanLimit, Service
from backend.services.usage import used

_OF_SCOPE: Final = "SELECT name, included, overage_minor FROM services_limits()"
_OF_TENANT: Final = "SELECT name, included, overage_minor FROM services_limits_of(%s)"


@dataclass(frozen=True, slots=True)
class Limit:
    """`overage_minor` is what each unit above `included` costs for an interval of the plan's
    service; without a price there is nothing above it."""

    included: int
    overage_minor: int | None

    @property
    def is_hard(self) -> bool:
        return self.overage_minor is None


@dataclass(frozen=True, slots=True)
class Room:
    """What there may be and what there is; since a smaller plan it may be more."""

    included: int
    used: int

    @property
    def left(self) -> int:
        return max(self.included - self.used, 0)


def limits_of(tenant_id: UUID) -> dict[LimitName, Limit]:
    """The tenant's limits; of what isn't named there is no end. One round trip.

    Within the tenant's scope, or with the owner's rights.
    """
    with connection.cursor() as cursor:
        if current_tenant_id() == tenant_id:
            cursor.execute(_OF_SCOPE)
        else:
            cursor.execute(_OF_TENANT, [tenant_id])
        return {
            LimitName(name): Limit(included, overage_minor)
            for name, included, overage_minor in cursor.fetchall()
        }


def included_with(tenant_id: UUID, plan: Plan) -> dict[LimitName, int]:
    """What would be included with another plan, and the add-ons as they are. Two queries.

    Needs the owner's rights.
    """
    addons = Service.objects.for_tenant(tenant_id).in_use().filter(is_addon=True)
    rows = PlanLimit.objects.filter(plan_id__in=addons.values("plan_id"))
    more = dict(rows.order_by().values_list("name").annotate(Sum("value")))
    return {LimitName(each.name): each.value + more.get(each.name, 0) for each in plan.limits.all()}


def room(tenant_id: UUID, name: LimitName) -> Room | None:
    """What is left of a limit, for this transaction alone until it ends. None: there is no end.

    Who has asked for the same one waits, and then counts what has been added meanwhile. Nobody
    waits where nothing is limited, or more is paid for.
    """
    limit = limits_of(tenant_id).get(name)
    if limit is None or not limit.is_hard:
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext('services.limit'), hashtext(%s))",
            [f"{tenant_id} {name.value}"],
        )
    return Room(limit.included, used(tenant_id, [name])[name])


def require(tenant_id: UUID, name: LimitName, more: int = 1) -> None:
    """Raises LimitReached unless there is room for `more`; for none: if there is too much already.

    Within the transaction that adds them.
    """
    found = room(tenant_id, name)
    if found and found.used + more > found.included:
        raise LimitReached(limit=name.value, included=found.included, used=found.used)
