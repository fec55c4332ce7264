"""The days that a price pays for."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.services.periods import Period, period_from


@pytest.mark.parametrize(
    ("start", "interval", "anchor", "end"),
    [
        (date(2026, 1, 15), "month", 15, date(2026, 2, 15)),
        (date(2026, 12, 31), "month", 31, date(2027, 1, 31)),
        (date(2026, 1, 31), "month", 31, date(2026, 2, 28)),
        (date(2026, 2, 28), "month", 31, date(2026, 3, 31)),
        (date(2024, 2, 29), "year", 29, date(2025, 2, 28)),
        (date(2027, 2, 28), "year", 29, date(2028, 2, 29)),
    ],
)
def test_it_ends_on_its_anchor_or_the_months_last_day(
    start: date, interval: str, anchor: int, end: date
) -> None:
    assert period_from(start, interval, anchor) == Period(start, end)


@given(st.dates(date(2020, 1, 1), date(2060, 1, 1)), st.sampled_from(["month", "year"]))
def test_periods_follow_one_another_and_keep_their_day(start: date, interval: str) -> None:
    period = period_from(start, interval, start.day)
    for _ in range(30):
        following = period_from(period.end, interval, start.day)
        assert following.start == period.end
        assert following.end > following.start
        last = (following.end + timedelta(days=1)).day == 1
        assert following.end.day == start.day or (last and following.end.day < start.day)
        period = following


def test_days_are_counted_from_the_day_on() -> None:
    june = Period(date(2026, 6, 1), date(2026, 7, 1))
    assert june.days == 30
    assert june.days_left(date(2026, 6, 1)) == 30
    assert june.days_left(date(2026, 6, 30)) == 1
    assert june.days_left(date(2026, 7, 1)) == 0
    assert june.days_left(date(2026, 8, 1)) == 0
    assert june.days_left(date(2026, 5, 1)) == 30
