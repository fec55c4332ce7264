"""What can be subscribed to."""

from __future__ import annotations

from backend.services.errors import PlanNotFound
from backend.services.models import PlanPrice


def offered_price(plan_key: str, currency: str, interval: str) -> PlanPrice:
    """The present price of an offered plan, with the plan fetched. Raises PlanNotFound.

    Plans are global: ask as the owner.
    """
    found = (
        PlanPrice.objects.filter(
            plan__key=plan_key,
            plan__withdrawn_at__isnull=True,
            currency=currency,
            interval=interval,
        )
        .select_related("plan")
        .prefetch_related("overages")
        .first()
    )
    if found is None:
        raise PlanNotFound
    return found
