"""Whether the database's tables are all there, and each tenant-owned one behind its policy."""

from __future__ import annotations

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from backend.common.protection import POLICY

# A table with a tenant that has no row-level security, or other policies than ours alone.
_UNPROTECTED = """
    SELECT c.relname
    FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped
    LEFT JOIN pg_policy p ON p.polrelid = c.oid
    WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace
    GROUP BY c.oid, c.relname, c.relrowsecurity
    HAVING NOT c.relrowsecurity OR count(p.oid) <> 1 OR NOT coalesce(bool_and(
        p.polname = %s AND p.polcmd = '*'
        AND starts_with(
            pg_get_expr(p.polqual, c.oid), '(tenant_id = ( SELECT current_tenant_id()')
        AND starts_with(
            pg_get_expr(p.polwithcheck, c.oid), '(tenant_id = ( SELECT current_tenant_id()')
    ), false)
    ORDER BY 1
"""
_TENANT_OWNED = """
    SELECT c.relname
    FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped
    WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace
        AND has_column_privilege(%s, c.oid, a.attnum, 'SELECT')
    ORDER BY 1
"""


def pending_migrations() -> list[str]:
    """What this code's `migrate` would still apply. A newer database's extra rows don't count."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def unprotected_tables() -> list[str]:
    """Tables with a `tenant_id` whose rows are not kept apart as `ProtectTable` does it."""
    return _names(_UNPROTECTED, POLICY)


def tenant_owned_tables(role: str) -> list[str]:
    """Tables with a `tenant_id` that `role` may read."""
    return _names(_TENANT_OWNED, role)


def _names(statement: str, parameter: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [parameter])
        return [name for (name,) in cursor.fetchall()]
