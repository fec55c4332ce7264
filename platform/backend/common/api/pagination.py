"""Keyset pages: a cursor names the last row seen, so page 1,000 costs what page 1 does."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson
from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_datetime
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request

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
        found = parse_datetime(raw)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise invalid("updated_since", "invalid", "An RFC 3339 time with an offset is expected.")
    return found


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

    def slice(self, rows: QuerySet[Any, dict[str, Any]]) -> list[dict[str, Any]]:
        """This page of `rows`, a ``values()`` queryset that includes the sort fields. One query."""
        descending = self.descending != self.backwards
        if self.start is not None:
            try:
                rows = rows.filter(self._after(rows, self.start, descending))
            except (ValueError, TypeError, OverflowError) as error:
                raise invalid("cursor", "invalid", "This cursor is not one of ours.") from error
        sign = "-" if descending else ""
        found = list(rows.order_by(*(sign + field for field in self.fields))[: self.limit + 1])
        self._more = len(found) > self.limit
        found = found[: self.limit]
        return found[::-1] if self.backwards else found

    def _after(self, rows: QuerySet[Any, Any], start: list[Any], descending: bool) -> Q:
        """Rows beyond `start`: ``a > x OR (a = x AND b > y)``, bounded so that an index serves."""
        sign = "lt" if descending else "gt"
        values = [
            self._parse(rows, field, value) for field, value in zip(self.fields, start, strict=True)
        ]
        if len(self.fields) == 1:
            return Q(**{f"{self.fields[0]}__{sign}": values[0]})
        first, last = self.fields
        return Q(**{f"{first}__{sign}e": values[0]}) & (
            Q(**{f"{first}__{sign}": values[0]}) | Q(**{f"{last}__{sign}": values[1]})
        )

    @staticmethod
    def _parse(rows: QuerySet[Any, Any], field: str, value: str) -> Any:
        kind = rows.query.resolve_ref(field).output_field.get_internal_type()
        if kind == "UUIDField":
            return UUID(value)
        if kind == "DateTimeField":
            return datetime.fromisoformat(value)
        return value

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
