"""100,000 customers in one tenant are listed and searched as fast as 100 are, within two times."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from backend.common.tenancy import owner_scope
from backend.conftest import Api, House

# Names as they occur: a few of them very often, "ma" before a quarter of all.
FILL = """
    INSERT INTO crm_customer
        (id, tenant_id, name, email, phone, company, language, address, birthday, version,
         created_at, updated_at)
    SELECT
        gen_random_uuid(), %(tenant)s, first || ' ' || last,
        lower(first) || '.' || n || '@example.com', '+39 055 ' || lpad(n::text, 7, '0'),
        CASE WHEN n %% 10 = 0 THEN 'Hotel ' || last ELSE '' END, 'it', '',
        CASE WHEN n %% 2 = 0 THEN date '1950-01-01' + n %% 18000 END, 1,
        now() - n * interval '7 minutes', now() - n * interval '7 minutes'
    FROM (
        SELECT n,
            (ARRAY['Maria', 'Marco', 'Matteo', 'Martina', 'Giulia', 'Luca', 'Paolo', 'Anna',
                   'Robert', 'Mathilde', 'John', 'Klaus', 'Chiara', 'Elena', 'Franco', 'Sofia']
            )[1 + n * 7 %% 16] AS first,
            (ARRAY['Rossi', 'Russo', 'Ferrari', 'Esposito', 'Bianchi', 'Romano', 'Schmidt',
                   'Rosetti', 'Smith', 'Marino', 'Greco']
            )[1 + n * 5 %% 11] || (ARRAY['', 'son', 'i', 'ez', 'ov'])[1 + n / 11 %% 5] AS last
        FROM generate_series(1, %(count)s) AS n
    ) AS guests
"""
TAG = """
    WITH vip AS (
        INSERT INTO crm_tag (id, tenant_id, name, created_at, updated_at)
        VALUES (gen_random_uuid(), %(tenant)s, 'VIP', now(), now()) RETURNING id
    )
    INSERT INTO crm_customertag (id, tenant_id, customer_id, tag_id, created_at, updated_at)
    SELECT gen_random_uuid(), %(tenant)s, c.id, vip.id, now(), now()
    FROM crm_customer AS c, vip WHERE c.tenant_id = %(tenant)s AND c.phone LIKE '%%5'
"""
TABLES = "crm_customer, crm_customerterm, crm_customertag, crm_tag"
PATHS = [
    "",
    "?order=-created",
    "?order=created&limit=200",
    "?updated_since=2020-01-01T00:00:00Z",
    "?tag=vip",
    "?tag=vip&order=-created",
    "?q=m",
    "?q=ma",
    "?q=maria",
    "?q=maria ros",
    "?q=ros mar",
    "?q=m r",
    "?q=hotel rossi mathilde",
    "?q=nobody",
    "?q=maria nobody",
    "?q=maria.1",
    "?q=055 00000",
    "?q=%2B39 055 0000077",
    "?q=ma&tag=vip",
]


def fill(house: House, count: int) -> None:
    parameters = {"tenant": house.tenant.id, "count": count}
    with owner_scope(), connection.cursor() as cursor:
        cursor.execute(FILL, parameters)
        cursor.execute(TAG, parameters)


def processor_time() -> Callable[[], float]:
    """A clock in milliseconds of work, ours and PostgreSQL's, that stands still while others work.

    Where the server's processes can't be seen, a clock on the wall.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        server = Path(f"/proc/{cursor.fetchone()[0]}/schedstat")
    try:
        server.read_text()
    except OSError:
        return lambda: time.perf_counter() * 1e3
    return lambda: time.process_time() * 1e3 + int(server.read_text().split()[0]) / 1e6


def cost(call: Callable[[], Any], clock: Callable[[], float], runs: int = 20) -> float:
    """Of many runs the least disturbed: noise only ever adds."""
    found = []
    for _ in range(runs):
        start = clock()
        call()
        found.append(clock() - start)
    return min(found)


def listing(api: Api, query: str) -> Callable[[], list[Any]]:
    def call() -> list[Any]:
        response = api.get("crm/customers/" + query.replace(" ", "%20"))
        assert response.status_code == 200
        found: list[Any] = response.json()["results"]
        return found

    return call


@pytest.fixture
def swept(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Set up before the test's transaction and torn down after it, which leaves traces behind.

    Rolled-back rows still fill the files, and ANALYZE's estimates survive a rollback.
    """
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(f"VACUUM (ANALYZE) {TABLES}")


def test_lists_and_searches_do_not_slow_down(swept: None, aurora: House, bluefin: House) -> None:
    fill(aurora, 100_000)
    fill(bluefin, 100)
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {TABLES}")
    clock = processor_time()
    figures = {}
    for path in PATHS:
        small, large = listing(bluefin.app, path), listing(aurora.app, path)
        quick, slow = cost(small, clock), cost(large, clock)
        if slow > 2 * quick:
            slow = min(slow, cost(large, clock, runs=100))
        figures[path] = (len(small()), quick, len(large()), slow)
    report = "".join(
        f"\n{path or '(all)':38} {few:3} {quick:6.1f} ms {many:3} {slow:6.1f} ms"
        for path, (few, quick, many, slow) in figures.items()
    )
    sys.stdout.write(report)
    assert all(slow <= 2 * quick for _, quick, _, slow in figures.values()), report
