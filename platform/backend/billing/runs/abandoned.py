"""Payments that somebody began and left: they won't come, and shouldn't be waited for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import reduce
from operator import or_
from typing import Any, Final
from uuid import UUID

from django.db.models import Q

from backend.billing.models import Payment
from backend.billing.models.money import Method
from backend.billing.runs.batches import BY, Outcome
from backend.billing.runs.when import When
from backend.billing.workflows.issue_invoices import lock_accounts
from backend.billing.workflows.take_payment import LEFT, fail_payment
from backend.common.money import written
from backend.tenants.models import Tenant

# A card is typed at once or never. Stripe's page is open for a day, and it tells of its end for
# three more. A transfer is looked for by staff.
GIVEN_UP_AFTER: Final[Mapping[Method, timedelta]] = {
    Method.CARD: timedelta(days=1),
    Method.STRIPE: timedelta(days=4),
}


def tenants_with_abandoned(when: When) -> list[UUID]:
    left = _abandoned(when).order_by("tenant_id")
    return list(left.values_list("tenant_id", flat=True).distinct())


def give_up(tenant_ids: Sequence[UUID], when: When) -> list[Outcome]:
    """Fails them. What comes in for one after all is booked as a payment of its own."""
    tenants = Tenant.objects.in_bulk(tenant_ids)
    lock_accounts(tenants)
    told: dict[UUID, list[str]] = {}
    # Read once they are locked: whoever has paid meanwhile has been waited for.
    for payment in _abandoned(when).filter(tenant_id__in=tenants).order_by("tenant_id", "pk"):
        fail_payment(payment, by=BY, failure=LEFT)
        amount = written(payment.amount_minor, payment.currency)
        said = f"Payment {payment}: given up, {amount} by {payment.get_method_display()}"
        told.setdefault(payment.tenant_id, []).append(said)
    return [Outcome(tenants[key].slug, tuple(lines)) for key, lines in told.items()]


def _abandoned(when: When) -> Any:
    """Not those of which Stripe has said that the money is on its way: it tells of them again."""
    old = reduce(
        or_,
        (Q(method=method, created_at__lt=when.now - age) for method, age in GIVEN_UP_AFTER.items()),
    )
    return Payment.objects.pending().filter(old).exclude(details__has_key="waiting")
