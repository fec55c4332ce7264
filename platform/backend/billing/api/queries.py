"""Reading the query string of lists, and what all queries of billing ask alike."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Final

from django.db import connection
from django.db.models import Case, DateField, Q, Value, When
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.dateparse import parse_date
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from backend.billing.models.invoice import State
from backend.common.api.pagination import invalid

LONGEST_QUERY: Final = 200


def day_parameter(name: str, description: str) -> OpenApiParameter:
    return OpenApiParameter(name, OpenApiTypes.DATE, description=description)


def read_day(request: Request, name: str) -> date | None:
    """A date from the query string, `2026-11-20`; 400 for what is none."""
    raw = request.query_params.get(name, "")
    if not raw:
        return None
    try:
        found = parse_date(raw)
    except ValueError:
        found = None
    if found is None:
        raise invalid(name, "invalid", "A date is expected, such as 2026-11-20.")
    return found


def read_choice(request: Request, name: str, choices: Collection[str]) -> str:
    raw: str = request.query_params.get(name, "")
    if raw and raw not in choices:
        raise invalid(name, "invalid", f"One of {', '.join(choices)} is expected.")
    return raw


def read_text(request: Request, name: str) -> str:
    """Words to search for; 400 for what can't stand on an invoice."""
    text: str = request.query_params.get(name, "").strip()
    if len(text) > LONGEST_QUERY:
        raise invalid(name, "max-length", f"At most {LONGEST_QUERY} characters are expected.")
    if "\x00" in text:
        raise invalid(name, "invalid", "Null characters are not allowed.")
    return text


def seller_day(at: datetime) -> RawSQL:
    """The seller's date at a time: as the tenant role, which sees nothing else of the seller.

    A sub-select is asked once for all rows, where the function alone is asked once for each.
    """
    return RawSQL("SELECT billing_seller_day(%s)", [at], output_field=DateField())


def seller_today() -> RawSQL:
    return seller_day(timezone.now())


def read_seller_today() -> date:
    """One query. Where nobody sells yet there is nothing to date, and any day will do."""
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT billing_seller_day(%s)", [now])
        found: date | None = cursor.fetchone()[0]
    return found or now.date()


def overdue(today: RawSQL) -> Q:
    """Open invoices that should have been paid before today."""
    return Q(state=State.OPEN, due_on__lt=today)


def is_overdue(today: RawSQL) -> Case:
    return Case(When(overdue(today), then=Value(True)), default=Value(False))
