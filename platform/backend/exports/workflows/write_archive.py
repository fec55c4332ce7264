from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from typing import IO, Any

from django.db import connection

from backend.exports.archive import FORMAT, VERSION, Archive, Part
from backend.exports.models import TenantExport
from backend.exports.ownership import LeftOut, Ownership, find_ownership
from backend.exports.reading import PEOPLE_COLUMNS, people_of, rows_of, snapshot

Watch = Callable[[int, int, int], None]
"""Told the tables done, the tables in all and the rows so far; may raise to stop the work."""

FORMER_PEOPLE = "Names and addresses of people who have left the business are theirs."


@dataclass(frozen=True, slots=True)
class Written:
    tables: int
    rows: int


def write_archive(export: TenantExport, file: IO[bytes], watch: Watch) -> Written:
    """Everything that the export's tenant owns, as it is at this moment, into `file`.

    Read under the tenant's own role, in one read-only transaction. Memory stays flat however many
    rows there are.
    """
    tenant_id = export.tenant_id
    with snapshot(tenant_id):
        made_at = _now()
        ownership = find_ownership()
        total = len(ownership.tables) + 1
        described: list[dict[str, Any]] = []
        rows = 0
        with Archive(file, made_at=made_at) as archive:
            archive.add_readme()
            for done, table in enumerate(ownership.tables):
                with closing(rows_of(table, tenant_id)) as blocks:
                    watched = _watched(blocks, watch, done, total, rows)
                    part = archive.add(f"tables/{table.name}.ndjson", watched)
                described.append(_described(part, table.name, table.columns))
                rows += part.rows
            with closing(people_of(tenant_id)) as blocks:
                part = archive.add("people.ndjson", blocks)
            described.append(_described(part, None, PEOPLE_COLUMNS))
            rows += part.rows
            archive.add_manifest(
                {
                    "format": FORMAT,
                    "version": VERSION,
                    "made_at": made_at.isoformat(),
                    "export": str(export.pk),
                    "tenant": {
                        "id": str(tenant_id),
                        "slug": export.tenant.slug,
                        "name": export.tenant.name,
                    },
                    "rows": rows,
                    "files": described,
                    "left_out": _left_out(ownership),
                }
            )
    return Written(tables=total, rows=rows)


def _now() -> Any:
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        return cursor.fetchone()[0]


def _watched(
    blocks: Iterable[bytes], watch: Watch, done: int, total: int, rows: int
) -> Iterator[bytes]:
    watch(done, total, rows)
    for block in blocks:
        yield block
        rows += block.count(b"\n")
        watch(done, total, rows)


def _described(part: Part, table: str | None, columns: tuple[str, ...]) -> dict[str, Any]:
    return {**asdict(part), "table": table, "columns": list(columns)}


def _left_out(ownership: Ownership) -> list[dict[str, Any]]:
    former = LeftOut("people", None, FORMER_PEOPLE)
    return [asdict(each) for each in (*ownership.left_out, former)]
