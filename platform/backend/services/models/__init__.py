"""Plans, which the operator offers, and services: what tenants have of them."""

from backend.services.models.change import ServiceChange
from backend.services.models.plan import (
    COUNTABLE,
    Interval,
    LimitName,
    Plan,
    PlanLimit,
    PlanOverage,
    PlanPrice,
)
from backend.services.models.service import Service, ServiceTransition, State
from backend.services.models.usage import UsageRecord

__all__ = [
    "COUNTABLE",
    "Interval",
    "LimitName",
    "Plan",
    "PlanLimit",
    "PlanOverage",
    "PlanPrice",
    "Service",
    "ServiceChange",
    "ServiceTransition",
    "State",
    "UsageRecord",
]
