"""Keyset pages: a cursor names the last row seen, so page 1,000 costs what page 1 does."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final, TypeVar
from uuid import UUID

import orjson
from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_datetime
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request

from backend.common.prepared import PreparedQuery, mark

Rows = QuerySet[Any, dict[str, Any]]
Row = TypeVar("Row")
DEFAULT_LIMIT: Final = 50
MOST: Final = 200
_LONGEST_CURSOR = 1000


def invalid(field: str, code: str, detail: str) -> ValidationError:
    """A 400 on one query parameter."""
    return ValidationError({field: [ErrorDetail(detail, code)]})


def read_limit(request: Request) -> int:
    """`?limit=`: how many rows at most, 1 to 200."""
    raw = request.query_params.get("limit", "")
    if not raw:
        return DEFAULT_LIMIT
    if not (raw.isascii() and raw.isdigit() and len(raw) <= 4 and 1 <= int(raw) <= MOST):
        raise invalid("limit", "invalid", f"A whole number from 1 to {MOST} is expected.")
    return int(raw)


def read_updated_since(request: Request) -> datetime | None:
    """`?updated_since=`: an RFC 3339 time with its offset."""
    raw = request.query_params.get("updated_since", "")
    if not raw:
        return None
    try:
        return _instant(parse_datetime(raw))
    except ValueError as error:
        raise invalid(
            "updated_since", "invalid", "An RFC 3339 time with an offset is expected."
        ) from error


def _instant(found: datetime | None) -> datetime:
    """The time in UTC; ValueError where that can't be said, which PostgreSQL would stumble over."""
    if found is None or found.tzinfo is None:
        raise ValueError
    try:
        return found.astimezone(UTC)
    except OverflowError as error:
        raise ValueError from error


def encode_cursor(values: Sequence[Any]) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(list(values))).decode().rstrip("=")


def decode_cursor(raw: str, length: int) -> list[Any]:
    """The values inside a cursor; a cursor that was made up or cut is a 400."""
    try:
        if len(raw) > _LONGEST_CURSOR:
            raise ValueError
        found = orjson.loads(base64.urlsafe_b64decode(raw + "=" * (-len(raw) % 4)))
        if (
            not isinstance(found, list)
            or len(found) != length
            or not all(isinstance(value, str) and "\x00" not in value for value in found)
        ):
            raise ValueError
    except (ValueError, binascii.Error) as error:
        raise invalid("cursor", "invalid", "This cursor is not one of ours.") from error
    return found


def _kinds(rows: Rows, fields: Sequence[str]) -> tuple[type, ...]:
    """The Python types of sort fields."""
    known = {"UUIDField": UUID, "DateTimeField": datetime}
    outputs = (rows.query.resolve_ref(field).output_field for field in fields)
    return tuple(known.get(output.get_internal_type(), str) for output in outputs)


def _page_of(
    rows: Rows, fields: Sequence[str], descending: bool, start: Sequence[Any] | None, limit: int
) -> Rows:
    """The rows from `start` on, and one more than asked for, which tells whether there are more."""
    if start is not None:
        rows = rows.filter(_beyond(fields, start, descending))
    sign = "-" if descending else ""
    return rows.order_by(*(sign + field for field in fields))[: limit + 1]


def _beyond(fields: Sequence[str], start: Sequence[Any], descending: bool) -> Q:
    """``a > x OR (a = x AND b > y)``, bounded so that an index serves."""
    sign = "lt" if descending else "gt"
    if len(fields) == 1:
        return Q(**{f"{fields[0]}__{sign}": start[0]})
    first, last = fields
    return Q(**{f"{first}__{sign}e": start[0]}) & (
        Q(**{f"{first}__{sign}": start[0]}) | Q(**{f"{last}__{sign}": start[1]})
    )


@dataclass(frozen=True, slots=True)
class _PreparedPage:
    query: PreparedQuery
    kinds: tuple[type, ...]


@lru_cache(maxsize=1024)
def _prepare(
    build: Callable[..., Rows],
    given: tuple[tuple[str, type], ...],
    fields: tuple[str, ...],
    descending: bool,
    started: bool,
    limit: int,
) -> _PreparedPage:
    kinds = _kinds(build(**{name: mark(kind) for name, kind in given}), fields)
    starts = {f"start{index}": kind for index, kind in enumerate(kinds)} if started else {}

    def build_page(**values: Any) -> Rows:
        start = [values.pop(name) for name in starts] if started else None
        return _page_of(build(**values), fields, descending, start, limit)

    return _PreparedPage(PreparedQuery.of(build_page, **dict(given), **starts), kinds)


class KeysetPage:
    """One page of a list.

    `orders` maps the words of ``?order=`` to the sort fields, whose last must be unique. All fields
    of one order run the same way. A cursor holds the direction, the order and the row to start at.
    """

    def __init__(
        self, request: Request, *, orders: Mapping[str, tuple[str, ...]], default: str
    ) -> None:
        self.limit = read_limit(request)
        self.order = request.query_params.get("order", "") or default
        if self.order not in orders:
            raise invalid("order", "invalid", f"One of {', '.join(orders)} is expected.")
        self.fields = tuple(field.lstrip("-") for field in orders[self.order])
        self.descending = orders[self.order][0].startswith("-")
        self.backwards = False
        self.start: list[Any] | None = None
        if raw := request.query_params.get("cursor", ""):
            direction, order, *start = decode_cursor(raw, 2 + len(self.fields))
            if order != self.order or direction not in ("next", "previous"):
                raise invalid("cursor", "invalid", "This cursor belongs to another order.")
            self.backwards = direction == "previous"
            self.start = start
        self._more = False

    def slice(self, rows: Rows) -> list[dict[str, Any]]:
        """This page of `rows`, a ``values()`` queryset that includes the sort fields. One query."""
        start = self._read_start(_kinds(rows, self.fields))
        page = _page_of(rows, self.fields, self._reads_descending, start, self.limit)
        return self._cut(list(page))

    def slice_prepared(self, build: Callable[..., Rows], **given: Any) -> list[dict[str, Any]]:
        """This page of ``build(**given)``, as `slice`, but compiled only once.

        `build` must be a function of a module that makes the same queryset for the same arguments,
        whatever their values. One query.
        """
        kinds = tuple((name, type(value)) for name, value in given.items())
        prepared = _prepare(
            build, kinds, self.fields, self._reads_descending, self.start is not None, self.limit
        )
        start = self._read_start(prepared.kinds)
        values = given | {f"start{index}": value for index, value in enumerate(start or ())}
        return self._cut(prepared.query.fetch(values))

    @property
    def _reads_descending(self) -> bool:
        return self.descending != self.backwards

    def _cut(self, found: list[Row]) -> list[Row]:
        self._more = len(found) > self.limit
        found = found[: self.limit]
        return found[::-1] if self.backwards else found

    def _read_start(self, kinds: Sequence[type]) -> list[Any] | None:
        """The values in the cursor, as what they are; 400 for a cursor that was made up."""
        if self.start is None:
            return None
        readers: dict[type, Callable[[str], Any]] = {
            UUID: UUID,
            datetime: lambda text: _instant(datetime.fromisoformat(text)),
        }
        try:
            return [
                readers.get(kind, str)(value) for kind, value in zip(kinds, self.start, strict=True)
            ]
        except ValueError as error:
            raise invalid("cursor", "invalid", "This cursor is not one of ours.") from error

    def envelope(self, rows: Sequence[Mapping[str, Any]], **more: Any) -> dict[str, Any]:
        """The reply: rows, the cursors of the neighbouring pages, and what else belongs to it."""
        has_next = self._more if not self.backwards else self.start is not None
        has_previous = self._more if self.backwards else self.start is not None
        return {
            "results": rows,
            "next_cursor": self._cursor("next", rows[-1]) if rows and has_next else None,
            "previous_cursor": self._cursor("previous", rows[0]) if rows and has_previous else None,
            **more,
        }

    def _cursor(self, direction: str, row: Mapping[str, Any]) -> str:
        values = [row[field] for field in self.fields]
        return encode_cursor(
            [
                direction,
                self.order,
                *(v.isoformat() if isinstance(v, datetime) else str(v) for v in values),
            ]
        )
