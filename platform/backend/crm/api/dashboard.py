"""The report behind the dashboard: how the tenant's customers are doing, and what wants a look."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from backend.common.abilities import CUSTOMERS_IMPORT, CUSTOMERS_READ
from backend.common.api import ApiView
from backend.common.api.examples import examples
from backend.common.caller import Caller
from backend.crm.api import serializers
from backend.crm.models import Customer, CustomerImport
from backend.crm.models.customer import LIST_FIELDS, CustomerQuerySet

DAYS: Final = 30
MOST_RECENT: Final = 5
MOST_BIRTHDAYS: Final = 5


class Dashboard(ApiView):
    abilities: ClassVar = {"GET": CUSTOMERS_READ}

    @extend_schema(
        operation_id="reports_dashboard",
        responses=serializers.DashboardShape,
        examples=examples("reports-dashboard"),
    )
    def get(self, request: Request) -> Response:
        """Figures of the last 30 days and what needs attention."""
        zone = ZoneInfo(self.tenant.time_zone)
        today = timezone.now().astimezone(zone).date()
        customers = Customer.objects.for_tenant(self.tenant_id).present()
        total = customers.count()
        by_day = _new_by_day(customers, today, zone)
        days = [today - timedelta(days=ago) for ago in range(2 * DAYS - 1, -1, -1)]
        counts = [{"date": day, "count": by_day.get(day, 0)} for day in days]
        recent = customers.with_tags().order_by("-created_at", "-pk")
        return Response(
            {
                "customers_total": total,
                "customers_new_30d": sum(each["count"] for each in counts[DAYS:]),
                "customers_new_previous_30d": sum(each["count"] for each in counts[:DAYS]),
                "new_by_day": counts[DAYS:],
                "recent_customers": list(recent.values(*LIST_FIELDS, "tags")[:MOST_RECENT]),
                "upcoming_birthdays": _upcoming_birthdays(customers, today),
                "attention": _attention(self.caller, self.tenant_id, customers, total),
            }
        )


def _new_by_day(customers: QuerySet[Customer], today: date, zone: ZoneInfo) -> dict[date, int]:
    start = datetime.combine(today - timedelta(days=2 * DAYS - 1), datetime.min.time(), tzinfo=zone)
    rows = (
        customers.filter(created_at__gte=start)
        .annotate(day=TruncDate("created_at", tzinfo=zone))
        .values("day")
        .annotate(count=Count("*"))
        .order_by()
    )
    return dict(rows.values_list("day", "count"))


def _upcoming_birthdays(customers: Any, today: date) -> list[dict[str, Any]]:
    """The next few: those later this year, then, around New Year, those early in the next."""
    key = today.month * 100 + today.day
    born = customers.filter(birthday__isnull=False).order_by("birthday_key", "pk")
    fields = ("id", "name", "birthday")
    this_year = born.filter(birthday_key__gte=key).values(*fields)[:MOST_BIRTHDAYS]
    next_year = born.filter(birthday_key__lt=key).values(*fields)[:MOST_BIRTHDAYS]
    upcoming = [
        row | {"days": _days_until(row["birthday"], today)}
        for row in this_year.union(next_year, all=True)
    ]
    upcoming.sort(key=lambda row: row["days"])
    return [row for row in upcoming if row["days"] <= DAYS][:MOST_BIRTHDAYS]


def _days_until(birthday: date, today: date) -> int:
    for year in (today.year, today.year + 1):
        # Who was born on 29 February is congratulated on the 28th of other years.
        is_leap = (birthday.month, birthday.day) == (2, 29) and not _is_leap_year(year)
        day = birthday.replace(year=year, day=28 if is_leap else birthday.day)
        if day >= today:
            return (day - today).days
    raise AssertionError("one of two birthdays is ahead")


def _is_leap_year(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _attention(
    caller: Caller, tenant_id: UUID, customers: CustomerQuerySet, total: int
) -> list[dict[str, Any]]:
    if total == 0:
        return [{"code": "no-customers", "count": 0, "import_id": None}]
    found = []
    # To others its report is closed.
    if caller.can(CUSTOMERS_IMPORT) and (latest := _latest_import(tenant_id)):
        found.append(
            {"code": "import-failed-rows", "count": latest["failed"], "import_id": latest["pk"]}
        )
    if unreachable := customers.unreachable().count():
        found.append({"code": "customers-without-contact", "count": unreachable, "import_id": None})
    return found


def _latest_import(tenant_id: UUID) -> dict[str, Any] | None:
    """The last import, if it is recent and has rows that failed."""
    imports = CustomerImport.objects.for_tenant(tenant_id).order_by("-created_at", "-pk")
    latest: Any = imports.values("pk", "failed", "created_at").first()
    if latest is None or not latest["failed"]:
        return None
    is_recent = timezone.now() - latest["created_at"] < timedelta(days=DAYS)
    return latest if is_recent else None
