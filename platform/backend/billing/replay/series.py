"""Numbers without gaps: looked at by the database, which sends only what is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.db import connection

from backend.billing.models.numbers import Kind
from backend.billing.replay.checks import Difference

_TABLES: Final = {Kind.INVOICE: "billing_invoice", Kind.CREDIT_NOTE: "billing_creditnote"}
_JUMPS: Final = """
    SELECT year, before, sequence FROM (
        SELECT extract(year FROM issued_on)::int AS year, sequence,
            lag(sequence, 1, 0) OVER (
                PARTITION BY extract(year FROM issued_on) ORDER BY sequence
            ) AS before
        FROM {table} WHERE sequence IS NOT NULL
    ) AS numbered WHERE sequence <> before + 1 ORDER BY year, sequence
"""
_LAST: Final = """
    SELECT coalesce(series.year, issued.year), coalesce(series.last, 0), coalesce(issued.last, 0)
    FROM (SELECT year, last FROM billing_numberseries WHERE kind = %s) AS series
    FULL JOIN (
        SELECT extract(year FROM issued_on)::int AS year, max(sequence) AS last
        FROM {table} WHERE sequence IS NOT NULL GROUP BY 1
    ) AS issued ON issued.year = series.year
    WHERE series.last IS DISTINCT FROM issued.last
    ORDER BY 1
"""


def check_series() -> Iterator[Difference]:
    """Each year's numbers go up by one, and the series knows the last."""
    for kind, table in _TABLES.items():
        with connection.cursor() as cursor:
            cursor.execute(_JUMPS.format(table=table))
            for year, before, sequence in cursor.fetchall():
                about = f"{kind.label} of {year} after {before}"
                yield Difference("number series", about, sequence, before + 1)
            cursor.execute(_LAST.format(table=table), [kind.value])
            for year, stored, last in cursor.fetchall():
                yield Difference("last number", f"{kind.label} of {year}", stored, last)
