"""The rows of lists of customers: compiled once, one query each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any, Final
from uuid import UUID

from django.db.models.expressions import RawSQL
from rest_framework.response import Response

from backend.common.api import KeysetPage
from backend.common.api.pagination import Rows
from backend.common.caller import Caller
from backend.common.prepared import PreparedQuery
from backend.crm.api.permissions import list_actions
from backend.crm.api.queries import ORDERS, TAGGED_ORDERS, SearchPage
from backend.crm.models import Customer
from backend.crm.models.customer import LIST_FIELDS

SHOWN_FIELDS: Final = frozenset({*LIST_FIELDS, "tags"})


def listed(tenant_id: UUID, since: datetime | None = None, tag: str = "") -> Rows:
    """All rows of a list, to be cut into pages."""
    customers = Customer.objects.for_tenant(tenant_id).with_tags()
    customers = customers.filter(updated_at__gte=since) if since else customers.present()
    orders = ORDERS
    if tag:
        customers, orders = customers.tagged(tenant_id, tag), TAGGED_ORDERS
    rows: Rows = customers.values(*LIST_FIELDS, "tags", *_added_fields(orders))
    return rows


def listed_unreachable(tenant_id: UUID, tag: str = "") -> Rows:
    """As `listed`, but only those without any contact."""
    customers: Any = listed(tenant_id, tag=tag)
    rows: Rows = customers.unreachable()
    return rows


def found(page: SearchPage, tenant_id: UUID, q: str, tag: str) -> list[dict[str, Any]]:
    """The rows of a page of matches, in their order, each with the `term` that matched."""
    matches = page.find(q, tag)
    if not matches:
        return []
    ids = ",".join(str(match.id) for match in matches)
    rows = _prepared_rows().fetch({"tenant_id": tenant_id, "ids": f"{{{ids}}}"})
    by_id = {row["id"]: row for row in rows}
    return [by_id[match.id] | {"term": match.term} for match in matches if match.id in by_id]


@cache
def _prepared_rows() -> PreparedQuery:
    return PreparedQuery.of(_rows_of, tenant_id=UUID, ids=str)


def _rows_of(tenant_id: UUID, ids: str) -> Rows:
    """The rows of these ids, which come as an array literal: one value, however many."""
    wanted = RawSQL("SELECT unnest(%s::uuid[])", [ids])
    customers = Customer.objects.for_tenant(tenant_id).with_tags().filter(pk__in=wanted)
    rows: Rows = customers.values(*LIST_FIELDS, "tags")
    return rows


def page_reply(page: KeysetPage, rows: list[dict[str, Any]], caller: Caller) -> Response:
    """The reply, without what the rows carry for the cursors alone."""
    reply = page.envelope(rows, can=list_actions(caller))
    only_for_cursors = set(rows[0]) - SHOWN_FIELDS if rows else ()
    for row in rows:
        for field in only_for_cursors:
            del row[field]
    return Response(reply)


def _added_fields(orders: Mapping[str, tuple[str, ...]]) -> list[str]:
    """What rows must carry for their cursors besides what they show."""
    sorted_by = {field.lstrip("-") for order in orders.values() for field in order}
    return sorted(sorted_by - set(LIST_FIELDS))
