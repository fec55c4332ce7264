"""The lines that a service's past and next periods come to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Final, Self
from uuid import UUID

from django.db import connection

from backend.billing.amounts import above, prorated
from backend.billing.models import InvoiceLine
from backend.billing.models.invoice import LineKind
from backend.billing.models.issued import Unit
from backend.billing.wording import describe
from backend.services.models import Interval, Service, UsageRecord
from backend.services.periods import Period

UNITS: Final = {Interval.MONTH: Unit.MONTH, Interval.YEAR: Unit.YEAR}
_INCLUDED: Final = """
    SELECT tenant.id, limits.name, limits.included
    FROM unnest(%s::uuid[]) AS tenant (id), services_limits_of(tenant.id) AS limits
    WHERE limits.overage_minor IS NOT NULL
"""


def period_line(service: Service, period: Period, language: str) -> InvoiceLine:
    """The price of a whole period."""
    return InvoiceLine(
        kind=LineKind.PERIOD,
        service=service,
        description=describe("period", language, plan=service.plan_name, period=period),
        unit=UNITS[Interval(service.interval)],
        unit_price_minor=service.amount_minor,
        period_start=period.start,
        period_end=period.end,
    )


class Usage:
    """What tenants had of each limit that can be exceeded, day by day, and what is included.

    Included is what their plans and add-ons came to before the run ended or changed any of them.
    """

    def __init__(self) -> None:
        self._included: dict[tuple[UUID, str], int] = {}
        self._by_day: dict[tuple[UUID, str], list[tuple[date, int]]] = defaultdict(list)

    @classmethod
    def of(cls, services: Sequence[Service]) -> Self:
        """Two queries; none where nothing can be exceeded."""
        usage = cls()
        since = {
            service.tenant_id: service.period_start
            for service in services
            if service.overage_minor and service.period_start and not service.is_addon
        }
        if since:
            with connection.cursor() as cursor:
                cursor.execute(_INCLUDED, [list(since)])
                usage._included = {(row[0], row[1]): row[2] for row in cursor.fetchall()}
            records = UsageRecord.objects.filter(
                tenant_id__in=since, day__gte=min(since.values())
            ).values_list("tenant_id", "name", "day", "value")
            for tenant_id, name, day, value in records:
                usage._by_day[tenant_id, name].append((day, value))
        return usage

    def lines(
        self, service: Service, period: Period, language: str, *, until: date | None = None
    ) -> Iterator[InvoiceLine]:
        """What was above the limits in a period that is over: a line for each.

        One that ends sooner is charged for its days `until` then, at that part of the price.
        """
        if service.is_addon:
            # What it includes is added to the plan's, which has the price of what is above both.
            return
        part = Period(period.start, until or period.end)
        for limit, price in sorted(service.overage_minor.items()):
            key = service.tenant_id, limit
            if key not in self._included:
                continue
            values = [value for day, value in self._by_day[key] if part.start <= day < part.end]
            units = above(self._included[key], values)
            unit_price = prorated(price, part.days, period.days)
            if units and unit_price:
                yield InvoiceLine(
                    kind=LineKind.OVERAGE,
                    service=service,
                    limit=limit,
                    description=describe(
                        "overage", language, plan=service.plan_name, period=part, limit=limit
                    ),
                    quantity=Decimal(units),
                    unit_price_minor=unit_price,
                    period_start=part.start,
                    period_end=part.end,
                )
