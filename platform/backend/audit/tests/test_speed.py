"""A page of the trail costs the same, however long the trail is."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.db import connection

from backend.conftest import Api, House

EVENTS = """
    INSERT INTO audit_auditevent (id, tenant_id, action, by_kind, by_name, about_kind, about_name,
                                  data, request_id, created_at)
    SELECT gen_random_uuid(), %s,
           CASE WHEN n %% 50 = 0 THEN 'member.joined' ELSE 'session.started' END,
           'person', 'Giulia', '', '', '{}', '', now()
    FROM generate_series(1, %s) n
"""

# What another process may take of the few milliseconds; reading 100,000 rows takes far more.
A_BUSY_MACHINE = 0.005


def seconds(read: Callable[[], object]) -> float:
    def once() -> float:
        begun = time.perf_counter()
        read()
        return time.perf_counter() - begun

    return min(once() for _ in range(15))


def test_100_000_events_list_as_fast_as_100(
    aurora: House, bluefin: House, visit: Callable[..., Api]
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(EVENTS, [aurora.tenant.id, 100])
        cursor.execute(EVENTS, [bluefin.tenant.id, 100_000])
        cursor.execute("ANALYZE audit_auditevent")
    few = visit(aurora.person("owner"), aurora.tenant)
    many = visit(bluefin.person("owner"), bluefin.tenant)

    for query in ("", "?action=member"):
        path = f"audit-events/{query}"
        assert few.get(path).json()["results"]
        allowed = 2 * seconds(lambda: few.get(path)) + A_BUSY_MACHINE  # noqa: B023
        assert seconds(lambda: many.get(path)) < allowed  # noqa: B023
