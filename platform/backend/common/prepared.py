"""Querysets that are compiled once.

Django builds and compiles a queryset anew for each request: for a list with a sub-select that is
more work than all else the endpoint does. What differs from request to request are a few values. So
the queryset is built once with marks in their place, and its SQL is kept with their positions.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import connection
from django.db.models import QuerySet
from psycopg.types.datetime import TimestamptzLoader


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a value belongs among a statement's parameters."""

    name: str


def mark(kind: type) -> Any:
    """A value of the type that occurs nowhere else."""
    if issubclass(kind, UUID):
        return uuid4()
    if issubclass(kind, datetime):
        return datetime(1, 1, 2, tzinfo=UTC) + timedelta(microseconds=secrets.randbelow(10**15))
    if issubclass(kind, str):
        return secrets.token_hex(16)
    raise TypeError(f"Values of type {kind.__name__} can't be left open in a prepared query.")


@dataclass(frozen=True, slots=True)
class PreparedQuery:
    """A ``values()`` queryset as SQL, with slots for the values that differ."""

    sql: str
    parameters: tuple[Any, ...]
    columns: tuple[str, ...]

    @classmethod
    def of(cls, build: Callable[..., QuerySet[Any, Any]], **kinds: type) -> PreparedQuery:
        """Compiles ``build(**values)``; `kinds` are the types of the values left open.

        Raises TypeError for what can't be prepared: a value that vanishes on the way into the SQL,
        or a column that Django would convert after reading.
        """
        marks = {name: mark(kind) for name, kind in kinds.items()}
        query = build(**marks).query
        compiler = query.get_compiler(connection=connection)
        sql, parameters = compiler.as_sql()
        if compiler.get_converters([column for column, _, _ in compiler.select]):
            raise TypeError("A column of this queryset needs converting after it is read.")
        names = {value: name for name, value in marks.items()}
        found = tuple(Slot(names[each]) if _is(each, names) else each for each in parameters)
        if lost := set(kinds) - {each.name for each in found if isinstance(each, Slot)}:
            raise TypeError(f"Not to be found in the SQL: {', '.join(sorted(lost))}.")
        return cls(sql=sql, parameters=found, columns=tuple(query.selected or ()))

    def fetch(self, values: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The rows for these values. One query."""
        parameters = [
            values[each.name] if isinstance(each, Slot) else each for each in self.parameters
        ]
        with connection.cursor() as cursor:
            # Django's own loader moves each time into a time zone, in Python. Ours are UTC already.
            cursor.cursor.adapters.register_loader("timestamptz", TimestamptzLoader)
            cursor.execute(self.sql, parameters)
            return [dict(zip(self.columns, row, strict=True)) for row in cursor.fetchall()]


def _is(value: Any, names: Mapping[Any, str]) -> bool:
    return isinstance(value, (UUID, datetime, str)) and value in names
