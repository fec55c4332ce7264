"""Reads rows out of the database as lines of JSON, however many there are, in little memory.

The database itself writes the JSON: columns keep their names, times are RFC 3339, decimals stay
exact, and ``json_populate_record`` reads each line back into the same row.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any, Final
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from psycopg import sql

from backend.common.tenancy import owner_scope, tenant_scope
from backend.exports.ownership import Table

BLOCK: Final = 256 * 1024

_ROWS = sql.SQL(
    "COPY (SELECT row_to_json(r) FROM ("
    "SELECT {columns} FROM {table} WHERE {owner} = {tenant} ORDER BY {order}"
    ") AS r) TO STDOUT"
)
# Who has left keeps their name and address to themselves: it may be another by now.
_PEOPLE = sql.SQL(
    "COPY (SELECT row_to_json(r) FROM ("
    "SELECT id, name, email FROM {people} WHERE id IN ("
    "SELECT person_id FROM tenants_member WHERE tenant_id = {tenant} AND revoked_at IS NULL"
    ") ORDER BY id) AS r) TO STDOUT"
)
PEOPLE_COLUMNS: Final = ("id", "name", "email")


@contextmanager
def snapshot(tenant_id: UUID) -> Iterator[None]:
    """The tenant's scope, in which all reads see one moment and nothing can be written."""
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        with tenant_scope(tenant_id):
            yield


def rows_of(table: Table, tenant_id: UUID) -> Generator[bytes, None, None]:
    """The table's rows in blocks of whole lines, oldest first.

    To be closed before the scope ends: a table that is half read would block the rollback.
    """
    has_id = "id" in table.columns
    yield from _copied(
        _ROWS.format(
            columns=sql.SQL(", ").join(map(sql.Identifier, table.columns)),
            table=sql.Identifier(table.name),
            owner=sql.Identifier(table.owner),
            tenant=sql.Literal(tenant_id),
            order=sql.Identifier("id") if has_id else sql.SQL("1"),
        )
    )


def people_of(tenant_id: UUID) -> Generator[bytes, None, None]:
    """Names and addresses of the current members, as `rows_of`.

    People belong to no tenant: they are read as the owner.
    """
    people = sql.Identifier(get_user_model()._meta.db_table)
    with owner_scope():
        yield from _copied(_PEOPLE.format(people=people, tenant=sql.Literal(tenant_id)))


def _copied(statement: sql.Composed) -> Generator[bytes, None, None]:
    cursor: Any
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        block = bytearray()
        for data in copy:
            block += data
            if len(block) >= BLOCK and (end := block.rfind(b"\n") + 1):
                yield _plain(block[:end])
                del block[:end]
        if block:
            yield _plain(block)


def _plain(block: bytearray) -> bytes:
    """COPY doubles backslashes; JSON has escaped by itself all else that it would."""
    return bytes(block).replace(b"\\\\", b"\\")
