"""A catalogue for development: three plans and an add-on, in every currency that tenants have.

Limits are generous: nothing that somebody tries out should be in the way of anything else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.db.models import Q

from backend.common.money import as_minor
from backend.services.models import Interval, LimitName, Plan, PlanLimit, PlanOverage, PlanPrice

MEMBERS, APPS = LimitName.MEMBERS, LimitName.CLIENT_APPS
CUSTOMERS, REQUESTS = LimitName.CUSTOMERS, LimitName.API_REQUESTS
TICKETS = LimitName.OPEN_TICKETS
# A year costs ten months.
MONTHS: Final[Mapping[Interval, int]] = {Interval.MONTH: 1, Interval.YEAR: 10}


@dataclass(frozen=True)
class DemoPlan:
    """`prices` are of a month by tier of currency, in whole units; none: it isn't for sale.

    `per_person`: what each person above the limit costs a month; none: there is no more than that.
    """

    key: str
    name: str
    summary: str
    summary_de: str
    limits: Mapping[LimitName, int]
    prices: tuple[int, ...] = ()
    per_person: tuple[int, ...] = ()
    is_addon: bool = False
    is_default: bool = False


# Currencies of about the same worth have the same prices.
TIERS: Final = (
    ("EUR", "USD", "CHF", "GBP"),
    ("AUD", "CAD", "NZD"),
    ("PLN", "RON"),
    ("DKK", "NOK", "SEK"),
    ("CZK",),
    ("ISK",),
    ("HUF",),
)
PLANS: Final = (
    DemoPlan(
        key="trial",
        name="Trial",
        summary="For those who look around first",
        summary_de="Für alle, die sich erst einmal umsehen",
        limits={MEMBERS: 25, APPS: 25, TICKETS: 25},
        is_default=True,
    ),
    DemoPlan(
        key="starter",
        name="Starter",
        summary="For one small place that is run by its owners",
        summary_de="Für ein kleines Lokal, das die Besitzer selbst führen",
        limits={MEMBERS: 10, APPS: 5, CUSTOMERS: 5_000, TICKETS: 25, REQUESTS: 600},
        prices=(19, 29, 79, 199, 479, 2_900, 7_900),
    ),
    DemoPlan(
        key="house",
        name="House",
        summary="For a restaurant with a team and regular guests",
        summary_de="Für ein Restaurant mit Team und Stammgästen",
        limits={MEMBERS: 25, APPS: 20, CUSTOMERS: 50_000, TICKETS: 100, REQUESTS: 1_200},
        prices=(49, 79, 199, 499, 1_190, 7_490, 19_900),
        per_person=(3, 5, 12, 30, 75, 450, 1_200),
    ),
    DemoPlan(
        key="group",
        name="Group",
        summary="For several restaurants under one roof",
        summary_de="Für mehrere Restaurants unter einem Dach",
        limits={MEMBERS: 100, APPS: 100, REQUESTS: 3_000},
        prices=(129, 199, 549, 1_349, 3_190, 19_900, 51_900),
        per_person=(2, 3, 8, 20, 50, 300, 800),
    ),
    DemoPlan(
        key="extra-people",
        name="Extra people",
        summary="Ten more people on any plan",
        summary_de="Zehn Personen mehr, zu jedem Tarif",
        limits={MEMBERS: 10},
        prices=(9, 14, 39, 99, 229, 1_390, 3_590),
        is_addon=True,
    ),
)


def load(say: Callable[[str], object]) -> None:
    """Makes the plans that aren't there: what somebody has changed or withdrawn stays so."""
    made = [_make(position, demo) for position, demo in enumerate(PLANS)]
    if names := [name for name in made if name]:
        say(f"Plans: {', '.join(names)}")


def _make(position: int, demo: DemoPlan) -> str:
    if Plan.objects.filter(Q(key=demo.key) | Q(name=demo.name)).exists():
        return ""
    plan = Plan.objects.create(
        key=demo.key,
        name=demo.name,
        summary=demo.summary,
        summary_de=demo.summary_de,
        is_addon=demo.is_addon,
        # Somebody may have made another the default.
        is_default=demo.is_default and not Plan.objects.filter(is_default=True).exists(),
        position=position,
    )
    PlanLimit.objects.bulk_create(
        PlanLimit(plan=plan, name=name, value=value) for name, value in demo.limits.items()
    )
    prices = [
        PlanPrice(plan=plan, currency=currency, interval=interval, amount_minor=amount)
        for (currency, interval), amount in _amounts(demo.prices).items()
    ]
    PlanPrice.objects.bulk_create(prices)
    per_person = _amounts(demo.per_person)
    PlanOverage.objects.bulk_create(
        PlanOverage(
            price=price,
            name=MEMBERS,
            unit_amount_minor=per_person[price.currency, price.interval],
        )
        for price in prices
        if per_person
    )
    return demo.name


def _amounts(by_tier: tuple[int, ...]) -> dict[tuple[str, str], int]:
    """In the smallest unit, by currency and interval; nothing for nothing."""
    return {
        (currency, interval): as_minor(Decimal(whole * months), currency)
        for whole, currencies in zip(by_tier, TIERS, strict=bool(by_tier))
        for currency in currencies
        for interval, months in MONTHS.items()
    }
