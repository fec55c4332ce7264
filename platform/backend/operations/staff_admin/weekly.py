"""How many tickets were opened, and how many answers sent, week by week.

Both are only added to, and with the present time: what a week came to is read once by a process,
and then known. So the start page costs no more after years than after weeks.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any, Final, NamedTuple

from django.db.models import Count
from django.db.models.functions import TruncWeek
from django.utils import timezone

from backend.common.identifiers import earliest_id
from backend.tickets.models import Message, Side, Ticket


class Week(NamedTuple):
    opened: int
    answers: int


# The present week, and the one before it: what was begun then may be committed now.
CHANGING: Final = 2
_known: dict[date, Week] = {}


def weekly(mondays: Sequence[date]) -> dict[date, Week]:
    """`mondays` are those of weeks without a gap, until the present one. Two queries."""
    settled = mondays[:-CHANGING]
    if all(monday in _known for monday in settled):
        return {monday: _known[monday] for monday in settled} | _read(mondays[-CHANGING:])
    found = _read(mondays)
    _known.clear()
    _known.update({monday: found[monday] for monday in settled})
    return found


def forget() -> None:
    """For tests, whose tickets don't last."""
    _known.clear()


def _read(mondays: Sequence[date]) -> dict[date, Week]:
    opened = _counted(Ticket.objects.all(), mondays[0])
    answers = _counted(Message.objects.filter(side=Side.STAFF), mondays[0])
    return {each: Week(opened.get(each, 0), answers.get(each, 0)) for each in mondays}


def _counted(rows: Any, first: date) -> dict[date, int]:
    """By the Mondays. Keys are made in the order of time, and have an index."""
    begin = datetime.combine(first, time.min, tzinfo=timezone.get_current_timezone())
    found = (
        rows.filter(pk__gte=earliest_id(begin))
        .order_by()
        .annotate(week=TruncWeek("created_at"))
        .values_list("week")
        .annotate(Count("pk"))
    )
    return {week.date(): number for week, number in found}
