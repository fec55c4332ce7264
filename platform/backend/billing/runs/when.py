"""Which day it is for a run: a tenant's own for its services, the seller's for what is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from backend.billing.models import Seller
from backend.tenants.models import Tenant

# Before UTC's day begins, it has in the easternmost time zone for this long.
_EASTERNMOST: Final = timedelta(hours=14)


@dataclass(frozen=True, slots=True)
class When:
    """One moment for the whole of a run."""

    now: datetime

    @property
    def latest(self) -> date:
        """No tenant is further: narrows down what has to be looked at."""
        return (self.now.astimezone(UTC) + _EASTERNMOST).date()

    def today_of(self, who: Tenant | Seller) -> date:
        return self.day_of(who, self.now)

    def hour_of(self, who: Tenant | Seller) -> int:
        return self.now.astimezone(ZoneInfo(who.time_zone)).hour

    @staticmethod
    def day_of(who: Tenant | Seller, moment: datetime) -> date:
        return moment.astimezone(ZoneInfo(who.time_zone)).date()
