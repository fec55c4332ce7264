"""The yardstick: the same list with nothing but WSGI, psycopg and orjson.

It identifies the app, counts the rate, enters the tenant and answers 50 customers by the same
statements as the platform. No router, no validation, no errors, no logs, no limits that it would
keep: nobody should serve this. It only says what the work itself costs.
"""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

import orjson
import psycopg
from psycopg.rows import dict_row

DATABASE_URL = os.environ["DATABASE_URL"]
TENANT_ROLE = os.environ["TENANT_ROLE"]
PERIOD = 60

IDENTIFY = "SELECT app_scopes, tenant_id FROM identify_caller(%s, %s, NULL, NULL, false)"
COUNT = """
    INSERT INTO common_ratecounter AS counter (bucket, window_start, count, expires_at)
    VALUES (%s, %s, 1, to_timestamp(%s))
    ON CONFLICT (bucket) DO UPDATE SET
        count = CASE WHEN counter.window_start < excluded.window_start
                     THEN 1 ELSE counter.count + 1 END,
        window_start = greatest(counter.window_start, excluded.window_start),
        expires_at = greatest(counter.expires_at, excluded.expires_at)
    RETURNING count, window_start
"""
ENTER = "SELECT set_config('role', %s, true), set_config('app.tenant_id', %s, true)"
LIST = """
    SELECT id, name, email, phone, company, language, version, created_at, updated_at,
        ARRAY(
            SELECT tag.name FROM crm_customertag carried
            JOIN crm_tag tag ON tag.id = carried.tag_id AND tag.tenant_id = carried.tenant_id
            WHERE carried.tenant_id = customer.tenant_id AND carried.customer_id = customer.id
            ORDER BY tag.key
        ) AS tags
    FROM crm_customer customer
    WHERE tenant_id = %s AND erased_at IS NULL
    ORDER BY sort_name, id LIMIT 51
"""

_own = threading.local()


def connection() -> psycopg.Connection[dict[str, Any]]:
    """This thread's connection. Client-side binding, as Django's."""
    if not hasattr(_own, "connection"):
        _own.connection = psycopg.connect(
            DATABASE_URL,
            autocommit=True,
            row_factory=dict_row,
            cursor_factory=psycopg.ClientCursor,
        )
    found: psycopg.Connection[dict[str, Any]] = _own.connection
    return found


def application(
    environ: dict[str, Any], start_response: Callable[[str, list[tuple[str, str]]], Any]
) -> Iterable[bytes]:
    database = connection()
    app_id = UUID(environ["HTTP_X_APP_ID"])
    digest = hashlib.sha256(environ["HTTP_AUTHORIZATION"][7:].encode()).hexdigest()
    caller = database.execute(IDENTIFY, [app_id, digest]).fetchone()
    if caller is None or "customers.read" not in caller["app_scopes"]:
        start_response("401 Unauthorized", [("Content-Length", "0")])
        return []
    start = int(time.time()) // PERIOD * PERIOD
    bucket = f"bare:{app_id}:{caller['tenant_id']}"
    counted = database.execute(COUNT, [bucket, start, start + PERIOD]).fetchone()
    with database.transaction():
        database.execute(ENTER, [TENANT_ROLE, str(caller["tenant_id"])])
        rows = database.execute(LIST, [caller["tenant_id"]]).fetchall()
    body = orjson.dumps({"results": rows[:50], "more": len(rows) > 50, "rate": counted})
    start_response(
        "200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    )
    return [body]
