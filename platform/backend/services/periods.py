"""The days that a price pays for. Pure arithmetic of dates.

A period begins on its anchor day, or on the last day of a month that is too short for it: begun on
31 January, the next ones begin on 28 February and 31 March.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Final

_MONTHS: Final = {"month": 1, "year": 12}


@dataclass(frozen=True, slots=True)
class Period:
    """The days from `start` to before `end`."""

    start: date
    end: date

    @property
    def days(self) -> int:
        return (self.end - self.start).days

    def days_left(self, day: date) -> int:
        """From `day` on, with itself: all of them before the period, none after it."""
        return min(max((self.end - day).days, 0), self.days)


def period_from(start: date, interval: str, anchor_day: int) -> Period:
    """The period of an `interval` ("month" or "year") that begins at `start`."""
    return Period(start, _months_after(start, _MONTHS[interval], anchor_day))


def _months_after(day: date, months: int, anchor_day: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(anchor_day, monthrange(year, month + 1)[1]))
