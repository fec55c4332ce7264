"""What a tenant owns, found in the database's own catalogue: a new table is exported by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db import connection

TENANTS: Final = "tenants_tenant"

_MACHINERY: Final = "The platform's own words about its machinery."
_NOTES_TIME: Final = "When the note was made. What it is about has times of its own."

# Whole tables that a tenant's role may not read, or that say nothing of their own.
TABLES_LEFT_OUT: Final[dict[str, str]] = {
    "crm_customerterm": "Derived from the customers, to search by; it can be made anew from them.",
    "tickets_internalnote": "What support's people tell each other.",
    "tickets_replyaddress": "Proves from whom a mail is: see its digest.",
    "tickets_ticketassignment": "Who of support's people looks after a ticket.",
    "tickets_ticketcounter": "Derived from the tickets: the highest of their numbers.",
    "tickets_ticketterm": "Derived from the tickets, to search by; it can be made anew from them.",
    "tenants_isolationprobe": "Holds nothing: to try that businesses are kept apart.",
}
# Columns that the role may not read, or that nobody should carry about.
COLUMNS_LEFT_OUT: Final[dict[tuple[str, str], str]] = {
    ("billing_payment", "details"): "What the payment provider needs to go on with a payment.",
    ("client_apps_appkey", "digest"): "Proves an app's key. The key itself is stored nowhere.",
    ("database_configs_databaseconfig", "secret"): "A password: given to be used, not passed on.",
    ("exports_tenantexport", "diagnostics"): _MACHINERY,
    ("tenants_provisioningstep", "created_at"): _NOTES_TIME,
    ("tenants_provisioningstep", "updated_at"): _NOTES_TIME,
    ("tenants_provisioningstep", "diagnostics"): _MACHINERY,
    ("tenants_invitation", "digest"): "Proves a mailed link, which could still be opened.",
}
NOT_READABLE: Final = "The platform keeps this to itself."


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose rows are exported; `owner` is the column that says whose a row is."""

    name: str
    owner: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A table, or one column of it, that isn't exported."""

    table: str
    column: str | None
    why: str


@dataclass(frozen=True, slots=True)
class Ownership:
    tables: tuple[Table, ...]
    left_out: tuple[LeftOut, ...]


_COLUMNS = """
    SELECT c.relname, a.attname, has_column_privilege(c.oid, a.attnum, 'SELECT')
    FROM pg_class AS c
    JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relnamespace = 'public'::regnamespace
      AND c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND (c.relname = %s OR EXISTS (
          SELECT FROM pg_attribute AS t
          WHERE t.attrelid = c.oid AND t.attname = 'tenant_id' AND NOT t.attisdropped))
    ORDER BY c.relname, a.attnum
"""


def find_ownership() -> Ownership:
    """The tables and columns that the present role may read: to be asked in a tenant's scope."""
    with connection.cursor() as cursor:
        cursor.execute(_COLUMNS, [TENANTS])
        found = cursor.fetchall()
    columns: dict[str, list[str]] = {}
    left_out: list[LeftOut] = []
    for table, column, readable in found:
        if table in TABLES_LEFT_OUT:
            continue
        kept = columns.setdefault(table, [])
        if readable and (table, column) not in COLUMNS_LEFT_OUT:
            kept.append(column)
        else:
            why = COLUMNS_LEFT_OUT.get((table, column), NOT_READABLE)
            left_out.append(LeftOut(table, column, why))
    return Ownership(
        tables=tuple(
            Table(name, "id" if name == TENANTS else "tenant_id", tuple(kept))
            for name, kept in columns.items()
            if kept
        ),
        left_out=tuple(
            [LeftOut(table, None, why) for table, why in sorted(TABLES_LEFT_OUT.items())] + left_out
        ),
    )
