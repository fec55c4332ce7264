"""What stands on lines, in the invoice's language. Frozen with the invoice."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from django.utils import translation
from django.utils.formats import date_format

from backend.services.models import LimitName
from backend.services.periods import Period

_TEXTS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "first-month": "{plan}, first month from its beginning",
        "first-year": "{plan}, first year from its beginning",
        "period": "{plan}, {start} to {end}",
        "unused": "{plan}, not used from {start} to {end}",
        "remaining": "{plan}, from {start} to {end}",
        "overage": "{plan}, {limit} above those included, {start} to {end}",
        "not-begun": "{plan} was cancelled before it began",
        LimitName.MEMBERS: "people",
        LimitName.CLIENT_APPS: "apps",
        LimitName.CUSTOMERS: "customers",
        LimitName.OPEN_TICKETS: "open tickets",
    },
    "de": {
        "first-month": "{plan}, erster Monat ab Beginn",
        "first-year": "{plan}, erstes Jahr ab Beginn",
        "period": "{plan}, {start} bis {end}",
        "unused": "{plan}, nicht genutzt von {start} bis {end}",
        "remaining": "{plan}, von {start} bis {end}",
        "overage": "{plan}, {limit} über die enthaltenen hinaus, {start} bis {end}",
        "not-begun": "{plan} wurde vor Beginn gekündigt",
        LimitName.MEMBERS: "Personen",
        LimitName.CLIENT_APPS: "Apps",
        LimitName.CUSTOMERS: "Gäste",
        LimitName.OPEN_TICKETS: "offene Tickets",
    },
}


def describe(
    kind: str, language: str, *, plan: str, period: Period | None = None, limit: str = ""
) -> str:
    """A line's text. `kind` is a `LineKind`, or "first-month", "first-year" and "not-begun"
    without a period."""
    texts = _TEXTS[language]
    days = {}
    if period:
        days = {
            "start": day_in(language, period.start),
            "end": day_in(language, period.end - timedelta(days=1)),
        }
    return texts[kind].format(plan=plan, limit=texts.get(limit, ""), **days)


def day_in(language: str, day: date) -> str:
    with translation.override(language):
        return date_format(day, "DATE_FORMAT")
