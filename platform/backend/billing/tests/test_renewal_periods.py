"""Whenever the run comes, each day after the first period is in exactly one that was billed."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from backend.billing.charges import Usage
from backend.billing.runs.renew import Bill
from backend.services.models import Service, State
from backend.services.periods import period_from
from backend.tenants.models import Tenant

TENANT = Tenant(slug="aurora", currency="EUR", language="en")


def begun(start: date, interval: str) -> Service:
    first = period_from(start, interval, start.day)
    return Service(
        tenant=TENANT,
        plan_name="House",
        state=State.ACTIVE,
        currency="EUR",
        interval=interval,
        amount_minor=4900,
        anchor_day=start.day,
        period_start=first.start,
        period_end=first.end,
    )


def billed(service: Service, today: date, returned_on: date | None = None) -> list[Any]:
    bill = Bill(TENANT, today, Usage(), (), returned_on)
    bill.add(service)
    return bill.lines


@settings(deadline=None)
@given(
    start=st.dates(date(2024, 1, 1), date(2030, 12, 31)),
    interval=st.sampled_from(["month", "year"]),
    pauses=st.lists(st.integers(0, 500), min_size=1, max_size=6),
)
def test_periods_follow_each_other_however_often_it_runs(
    start: date, interval: str, pauses: list[int]
) -> None:
    service = begun(start, interval)
    paid_until = service.period_end
    today = start
    lines = []
    for pause in pauses:
        today += timedelta(days=pause)
        lines += billed(service, today)
        assert service.period_start <= today < service.period_end or not lines
    days = [(line.period_start, line.period_end) for line in lines]
    assert all(before[1] == after[0] for before, after in pairwise(days))
    if days:
        assert days[0][0] == paid_until
        assert days[-1] == (service.period_start, service.period_end)
    else:
        assert today < paid_until
    # Once, in the end, would have come to the same.
    again = begun(start, interval)
    assert [(line.period_start, line.period_end) for line in billed(again, today)] == days


@given(
    start=st.dates(date(2024, 1, 1), date(2030, 12, 31)),
    away=st.integers(1, 400),
    later=st.integers(0, 90),
)
def test_no_day_of_a_suspension_after_the_period_is_charged(
    start: date, away: int, later: int
) -> None:
    service = begun(start, "month")
    end = service.period_end
    returned_on = end + timedelta(days=away)
    lines = billed(service, returned_on + timedelta(days=later), returned_on)
    assert lines[0].period_start == returned_on
    assert all(before.period_end == after.period_start for before, after in pairwise(lines))


@given(start=st.dates(date(2024, 1, 1), date(2030, 12, 31)), back=st.integers(0, 400))
def test_a_return_within_the_period_or_on_its_end_moves_nothing(start: date, back: int) -> None:
    service = begun(start, "month")
    end = service.period_end
    [line] = billed(service, end, end - timedelta(days=back))
    assert line.period_start == end
    assert service.anchor_day == start.day
