"""Plans that limit, and tenants that have subscribed to them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from backend.common.actor import Actor
from backend.conftest import House
from backend.services.models import Plan, Service
from backend.services.models.service import Terms

FIRST_DAY = date(2026, 3, 1)


def make_plan(key: str, *, is_addon: bool = False, is_default: bool = False, **limits: int) -> Plan:
    """At 10.00 a month, in euros."""
    plan = Plan.objects.create(key=key, name=key.title(), is_addon=is_addon, is_default=is_default)
    plan.prices.create(currency="EUR", interval="month", amount_minor=1000)
    for name, value in limits.items():
        plan.limits.create(name=name, value=value)
    return plan


def subscribe(house: House, plan: Plan, **overage_minor: int) -> Service:
    """A service in use, as if it had been paid."""
    terms = Terms(plan, "EUR", "month", 1000, overage_minor)
    service = Service.order(house.tenant.pk, terms, by=Actor.system())
    service.activate(FIRST_DAY, by=Actor.system())
    return service


@pytest.fixture
def limited(aurora: House) -> Any:
    """`limited(members=5)`: Aurora's plan includes so much of it."""

    def subscribe_to(**limits: int) -> Service:
        return subscribe(aurora, make_plan("small", **limits))

    return subscribe_to
