"""One line of an import on its way: what it says, whom it means, what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ErrorDetail, ValidationError

from backend.crm.csv_files import TAG_SEPARATOR, Row
from backend.crm.customer_input import CustomerInput
from backend.crm.models import Customer

_FAULTS: Final[Mapping[str, str | Promise]] = {
    "unclosed-quote": _("A quotation mark is not closed."),
    "too-many-cells": _("There are more cells than columns."),
}


@dataclass(slots=True)
class Line:
    row: Row
    values: dict[str, Any] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    sort_name: str = ""
    customer: Customer | None = None
    outcome: str = "failed"
    errors: list[dict[str, str]] = field(default_factory=list)

    @property
    def name(self) -> str:
        return str(self.values.get("name", ""))

    @property
    def email(self) -> str:
        return str(self.values.get("email", ""))

    def fail(self, field: str, code: str, detail: str | Promise) -> None:
        self.errors.append({"field": field, "code": code, "detail": str(detail)})

    def report(self) -> dict[str, Any]:
        """As it is stored. The name stays only where there is no customer to read it from."""
        failed = bool(self.errors)
        customer_id: UUID | None = self.customer.pk if self.customer and not failed else None
        return {
            "line": self.row.line,
            "outcome": "failed" if failed else self.outcome,
            "name": self.row.values.get("name", "")[:200] if failed else "",
            "customer_id": str(customer_id) if customer_id else None,
            "errors": self.errors,
        }


def read_lines(rows: Sequence[Row]) -> list[Line]:
    """The rows as lines, with what is wrong about each by itself."""
    shape = CustomerInput(partial=True)
    return [_read(row, shape) for row in rows]


def _read(row: Row, shape: CustomerInput) -> Line:
    line = Line(row)
    if row.fault:
        line.fail("", row.fault, _FAULTS[row.fault])
    given: dict[str, Any] = dict(row.values)
    if "tags" in given:
        given["tags"] = [tag for tag in given["tags"].split(TAG_SEPARATOR) if tag.strip()]
    try:
        line.values = dict(shape.run_validation(given))
    except ValidationError as error:
        for name, detail in _flat(error.detail):
            line.fail(name, str(detail.code).replace("_", "-"), str(detail))
    line.tags = line.values.pop("tags", [])
    return line


def _flat(detail: Any, name: str = "") -> Iterator[tuple[str, ErrorDetail]]:
    if isinstance(detail, Mapping):
        for key, value in detail.items():
            yield from _flat(value, name or str(key))
    elif isinstance(detail, list):
        for value in detail:
            yield from _flat(value, name)
    else:
        yield name, detail
