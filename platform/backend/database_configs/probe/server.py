"""What there is to ask of a server that has let us in."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from statistics import median
from typing import Any, Final

import psycopg
from psycopg import sql

from backend.database_configs.probe.checks import OLDEST_VERSION, SLOW_MS, Check

Connection = psycopg.Connection[Any]

ROUND_TRIPS: Final = 5
# So that one that hangs is noticed before the whole look is given up.
_LIMITS: Final = (
    "SET statement_timeout = '5s'",
    "SET lock_timeout = '2s'",
    "SET search_path = pg_catalog, pg_temp",
)
_RIGHTS: Final = """
    SELECT rolsuper, rolbypassrls, rolcreaterole,
           has_database_privilege(current_database(), 'CREATE'),
           pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on'
    FROM pg_roles WHERE rolname = current_user
"""
# Two rows of two tenants; the owner of a table is exempt unless forced.
_TABLE: Final = (
    "CREATE TEMPORARY TABLE tavola_probe (tenant integer NOT NULL) ON COMMIT DROP",
    "INSERT INTO tavola_probe VALUES (1), (2)",
    "ALTER TABLE tavola_probe ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE tavola_probe FORCE ROW LEVEL SECURITY",
    "CREATE POLICY tavola_probe ON tavola_probe"
    " USING (tenant = current_setting('tavola.probe')::integer)",
    "SELECT set_config('tavola.probe', '1', true)",
)


def look_at_version(connection: Connection) -> Check:
    """As the server says it while connecting; costs no query."""
    number = connection.info.server_version
    major, minor = divmod(number, 10_000)
    # Until 10 there were two numbers before the dot of minor versions.
    version = f"{major}.{minor}" if major >= 10 else f"{major}.{minor // 100}.{minor % 100}"
    figures = {"version": version, "number": number, "least": OLDEST_VERSION}
    return Check("version", "supported" if major >= OLDEST_VERSION else "too-old", figures)


def look_at_server(connection: Connection) -> Iterator[Check]:
    """The checks `latency`, `privileges` and `rls`."""
    yield _asked("latency", lambda: _latency(connection))
    yield _asked("privileges", lambda: _privileges(connection))
    yield _asked("rls", lambda: _rls(connection))


def _asked(code: str, look: Callable[[], Check]) -> Check:
    try:
        return look()
    except psycopg.errors.QueryCanceled:
        return Check(code, "timed-out")
    except psycopg.Error as error:
        # The state alone: the text may repeat whatever the server has been told.
        if error.sqlstate:
            return Check(code, "refused", {"sqlstate": error.sqlstate})
        return Check(code, "broken-off")


def _latency(connection: Connection) -> Check:
    for statement in _LIMITS:
        connection.execute(statement)
    took = []
    for _ in range(ROUND_TRIPS):
        began = time.perf_counter()
        connection.execute("SELECT 1")
        took.append(time.perf_counter() - began)
    milliseconds = round(median(took) * 1000, 1)
    figures = {"median_ms": milliseconds, "round_trips": ROUND_TRIPS}
    return Check("latency", "slow" if milliseconds > SLOW_MS else "quick", figures)


def _privileges(connection: Connection) -> Check:
    superuser, _, may_create_roles, may_create_schemas, read_only = _row(connection, _RIGHTS)
    figures = {
        "is_superuser": superuser,
        "can_create_schemas": may_create_schemas,
        "can_create_roles": superuser or may_create_roles,
        "is_read_only": read_only,
    }
    if read_only:
        reason = "read-only"
    elif not may_create_schemas:
        reason = "no-schemas"
    elif superuser:
        reason = "more-than-needed"
    else:
        reason = "sufficient" if may_create_roles else "no-roles"
    return Check("privileges", reason, figures)


def _rls(connection: Connection) -> Check:
    superuser, exempt, *_ = _row(connection, _RIGHTS)
    try:
        with connection.transaction(force_rollback=True):
            for statement in _TABLE:
                connection.execute(statement)
            if superuser:
                _become_somebody(connection)
            elif exempt:
                return Check("rls", "bypassed")
            seen = connection.execute("SELECT tenant FROM tavola_probe ORDER BY 1").fetchall()
    except psycopg.errors.InsufficientPrivilege:
        return Check("rls", "not-allowed")
    except (psycopg.errors.SyntaxError, psycopg.errors.FeatureNotSupported):
        return Check("rls", "unsupported")
    return Check("rls", "filters" if seen == [(1,)] else "ineffective")


def _become_somebody(connection: Connection) -> None:
    """A superuser is exempt; a role of this transaction isn't, and goes with it."""
    role = sql.Identifier(f"tavola_probe_{secrets.token_hex(8)}")
    for statement in (
        "CREATE ROLE {} NOLOGIN",
        "GRANT SELECT ON tavola_probe TO {}",
        "SET LOCAL ROLE {}",
    ):
        connection.execute(sql.SQL(statement).format(role))


def _row(connection: Connection, query: str) -> tuple[Any, ...]:
    row = connection.execute(query).fetchone()
    if row is None:
        raise psycopg.DataError
    return row
