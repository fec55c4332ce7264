"""What tests of the runs begin with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import time_machine
from django.utils import timezone

from backend.billing.models import Invoice
from backend.billing.runs.batches import Outcome
from backend.billing.runs.steps import STEPS, run
from backend.billing.runs.when import When
from backend.billing.tests.cast import SYSTEM
from backend.billing.workflows.order_service import order_service
from backend.conftest import House
from backend.services.catalogue import offered_price
from backend.services.models import Service
from backend.services.models.service import Terms
from backend.tenants.days import today_of


@contextmanager
def at(moment: str) -> Iterator[None]:
    """`at("2026-03-01 09:00")` in UTC, standing still; without a time at noon."""
    day, _, hour = moment.partition(" ")
    when = datetime.combine(
        date.fromisoformat(day), time.fromisoformat(hour or "12:00"), ZoneInfo("UTC")
    )
    with time_machine.travel(when, tick=False):
        yield


def done(*steps: str, dry_run: bool = False) -> list[Outcome]:
    """Runs these steps, or all, and returns what they did or failed at."""
    found = run(steps or list(STEPS), When(timezone.now()), dry_run=dry_run)
    return [outcome for _, outcome in found if outcome.told or outcome.failure]


def active(house: House, plan: str = "house", interval: str = "month") -> Service:
    """A service that begins today, as if staff had begun it: no invoice for its first period."""
    price = offered_price(plan, house.tenant.currency, interval)
    service = Service.order(house.tenant.pk, Terms.of(price), by=SYSTEM)
    service.activate(today_of(house.tenant), by=SYSTEM)
    return service


def ordered(house: House, plan: str = "house") -> tuple[Service, Invoice]:
    """A pending service and its open invoice."""
    service, invoice = order_service(house.tenant, plan, "month", by=SYSTEM)
    assert invoice
    return service, invoice


def lines_of(invoice: Invoice) -> list[tuple[str, int]]:
    """Texts and net amounts."""
    return [(line.description, line.net_minor) for line in invoice.lines.order_by("position")]
