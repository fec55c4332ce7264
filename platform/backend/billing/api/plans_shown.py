"""The catalogue, as replies have it. Read as the owner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.db.models import Prefetch
from django.utils.translation import get_language

from backend.common.abilities import SERVICES_MANAGE
from backend.common.caller import Caller
from backend.services.models import LimitName, Plan, PlanPrice, Service, ServiceChange
from backend.services.models.service import IN_USE

_ORDER: Final = {name.value: position for position, name in enumerate(LimitName)}


def plans_shown(caller: Caller, tenant_id: UUID, currency: str) -> list[dict[str, Any]]:
    """What is offered in the currency, as `can` of it concerns this tenant. Six queries."""
    prices = PlanPrice.objects.filter(currency=currency).prefetch_related("overages")
    plans = Plan.objects.offered().prefetch_related("limits", Prefetch("prices", prices))
    mine = _Subscribed(tenant_id) if caller.can(SERVICES_MANAGE) else None
    # Only a reply tells the portal who reads it: what it asks in is the browser's language.
    language = caller.person.language if caller.person else get_language()
    return [
        {
            "key": plan.key,
            "name": plan.name,
            "summary": plan.summary_in(language),
            "is_addon": plan.is_addon,
            "prices": [_price_shown(price) for price in plan.prices.all()],
            "limits": [
                {"limit": limit.name, "value": limit.value}
                for limit in sorted(plan.limits.all(), key=lambda limit: _ORDER[limit.name])
            ],
            "can": mine.actions(plan) if mine else [],
        }
        for plan in plans
        if plan.prices.all()
    ]


def _price_shown(price: PlanPrice) -> dict[str, Any]:
    return {
        "interval": price.interval,
        "amount_minor": price.amount_minor,
        "currency": price.currency,
        "overages": [
            {"limit": each.name, "unit_amount_minor": each.unit_amount_minor}
            for each in sorted(price.overages.all(), key=lambda each: _ORDER[each.name])
        ],
    }


class _Subscribed:
    """What the tenant has already: what it can have besides, or instead. Two queries."""

    def __init__(self, tenant_id: UUID) -> None:
        self.services: Sequence[Service] = list(Service.objects.for_tenant(tenant_id).current())
        planned = ServiceChange.objects.for_tenant(tenant_id).planned()
        self.planned = set(planned.values_list("service_id", flat=True))
        self.plan = next((each for each in self.services if not each.is_addon), None)
        self.of_plan: Mapping[UUID, Service] = {each.plan_id: each for each in self.services}

    def actions(self, plan: Plan) -> list[str]:
        if plan.is_addon:
            service = self.of_plan.get(plan.pk)
            may_subscribe = service is None and self.plan is not None
        else:
            service = self.plan
            may_subscribe = service is None
        if may_subscribe:
            return ["subscribe"]
        return ["switch"] if service and self._may_switch(service, plan) else []

    def _may_switch(self, service: Service, plan: Plan) -> bool:
        """To another plan, or to another interval of the same."""
        if service.state not in IN_USE or service.pk in self.planned:
            return False
        return any(
            plan.pk != service.plan_id or price.interval != service.interval
            for price in plan.prices.all()
        )
