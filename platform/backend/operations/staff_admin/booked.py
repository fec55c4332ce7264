"""What was booked as invoiced and as paid, month by month.

The ledger is only added to, and with the present day: what a month came to is read once by a
process, and then known. So the start page costs no more after years than after weeks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from django.db.models import Sum
from django.db.models.functions import TruncMonth

from backend.billing.models import Entry
from backend.billing.models.account import EntryKind

# Of a month by its first day: what was booked by currency and kind, all at least 0.
Sums = Mapping[tuple[str, str], int]
KINDS: Final = (EntryKind.INVOICE, EntryKind.PAYMENT)
# The present month, and the one before it: what was begun then may be committed now.
CHANGING: Final = 2
_known: dict[date, Sums] = {}


def booked(months: Sequence[date]) -> dict[date, Sums]:
    """`months` are the first days of months without a gap, until the present one. One query."""
    settled = months[:-CHANGING]
    if all(month in _known for month in settled):
        found = {month: _known[month] for month in settled} | _read(months[-CHANGING:])
    else:
        found = _read(months)
        _known.clear()
        _known.update({month: found[month] for month in settled})
    return found


def forget() -> None:
    """For tests, whose ledgers don't last."""
    _known.clear()


def _read(months: Sequence[date]) -> dict[date, Sums]:
    sums = (
        Entry.objects.filter(booked_on__gte=months[0], kind__in=KINDS)
        .order_by()
        .annotate(month=TruncMonth("booked_on"))
        .values_list("month", "currency", "kind")
        .annotate(Sum("amount_minor"))
    )
    found: dict[date, dict[tuple[str, str], int]] = defaultdict(dict)
    for month, currency, kind, amount in sums:
        found[month][currency, kind] = abs(int(amount))
    return {month: found[month] for month in months}
