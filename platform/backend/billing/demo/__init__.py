"""What two restaurants were charged and paid in the last year, for development.

It happened as it would have: by the workflows, at the times of a clock that is put back. So the
ledger adds up, and nothing in it is told from what somebody adds.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.db import transaction

from backend.billing import jobs
from backend.billing.demo.aurora import Aurora
from backend.billing.demo.bluefin import Bluefin
from backend.billing.models import NumberSeries, Seller
from backend.common import clock
from backend.common.tenancy import owner_scope
from backend.services.models import Service
from backend.tenants.models import State, Tenant

SELLER: Final = {
    "name": "Tavola Betriebs GmbH",
    "street": "Lindengasse 5",
    "postcode": "1070",
    "city": "Wien",
    "country": "AT",
    "vat_id": "ATU13585627",
    "registration": "FN 123456 a, Handelsgericht Wien",
    "email": "billing@tavola.test",
    "phone": "+43 1 5550100",
    "iban": "AT611904300234573201",
    "bic": "BKAUATWW",
    "bank": "Beispielbank",
    "reminder_days": [3, 10, 17],
    # Nobody pays in an installation that is left alone for a month, and it should still work then.
    "suspension_days": None,
}
STORIES: Final = (Aurora, Bluefin)


@transaction.atomic
def load(say: Callable[[str], object]) -> None:
    """Says who sells, and makes the past of the demo tenants that have none.

    Only before anything was invoiced: numbers are in the order of their dates.
    """
    with owner_scope():
        if not Seller.objects.exists():
            Seller.objects.create(**SELLER)
            say(f"Seller {SELLER['name']}")
        if NumberSeries.objects.exists() or Service.objects.exists():
            return
        tenants = {tenant.slug: tenant for tenant in Tenant.objects.filter(state=State.ACTIVE)}
        stories = [story(tenants[story.slug]) for story in STORIES if story.slug in tenants]
        steps = [step for story in stories for step in story.steps()]
        # As they would have followed each other, whosever they are.
        for step in sorted(steps, key=lambda each: each.at):
            with clock.at(step.at), jobs.telling_nobody():
                step.do()
        for story in stories:
            say(f"  a year of invoices of {story.tenant}")
