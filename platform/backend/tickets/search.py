"""Asks the database's own search. What it finds by, and why so, is in ``migrations/sql``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from backend.tickets.viewers import Viewer

LONGEST_QUERY: Final = 200
# Of all tenants' tickets staff are shown those with the latest activity.
MOST_FOR_STAFF: Final = 1000


class Match(NamedTuple):
    """A ticket, and its place in the results."""

    last_message_at: datetime
    id: UUID


def search(
    viewer: Viewer,
    q: str,
    *,
    states: Sequence[str] | None = None,
    department_id: UUID | None = None,
    unread: bool = False,
    start: Match | None = None,
    backwards: bool = False,
    most: int,
) -> list[Match]:
    """The viewer's tickets with the number `q`, or with words that begin with all those of `q`.

    The latest activity first, from beyond `start` on; or backwards, from before it. One query, in
    the tenant's scope.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT last_message_at, id FROM tickets_search(%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                q,
                None if viewer.sees_all else viewer.id,
                None if states is None else list(states),
                department_id,
                viewer.id if unread else None,
                start.last_message_at if start else None,
                start.id if start else None,
                backwards,
                most,
            ],
        )
        return [Match(*row) for row in cursor.fetchall()]


def among_all_tenants(tickets: QuerySet[Any], q: str) -> QuerySet[Any]:
    """Those of `tickets` that match `q`, whosever they are: for staff alone.

    Of very many matches only those with the latest activity.
    """
    if not q.strip():
        return tickets
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM tickets_find(NULL, %s, NULL, NULL, NULL, NULL, NULL, NULL, false, %s)",
            [q, MOST_FOR_STAFF],
        )
        return tickets.filter(pk__in=[row[0] for row in cursor.fetchall()])
