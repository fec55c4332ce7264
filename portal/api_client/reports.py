"""Figures for the dashboard."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import msgspec

from portal.api_client import paths
from portal.api_client.calls import Calls
from portal.api_client.customers import CustomerItem


class DayCount(msgspec.Struct, frozen=True, kw_only=True):
    date: date
    count: int


class UpcomingBirthday(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    name: str
    birthday: date
    days: int
    """Days from today, 0 for today."""


class Attention(msgspec.Struct, frozen=True, kw_only=True):
    """Something that somebody should look at."""

    code: str
    count: int
    import_id: UUID | None = None


class Dashboard(msgspec.Struct, frozen=True, kw_only=True):
    customers_total: int
    customers_new_30d: int
    customers_new_previous_30d: int
    new_by_day: tuple[DayCount, ...]
    recent_customers: tuple[CustomerItem, ...]
    upcoming_birthdays: tuple[UpcomingBirthday, ...]
    attention: tuple[Attention, ...]


class Reports:
    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def dashboard(self) -> Dashboard:
        return self._calls.fetch(paths.GET_DASHBOARD, Dashboard)
