"""A place for files, exports made at once, and what is inside their archives."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.files.storage import default_storage
from django.db import connection

from backend.common.tenancy import owner_scope
from backend.common.tests.stores import local_store, s3_server, s3_store
from backend.conftest import Api, House
from backend.exports.models import Failure, TenantExport, TenantExportTransition
from backend.exports.workflows.make_archive import make_archive

__all__ = ["local_store", "s3_server", "s3_store"]


@pytest.fixture(autouse=True)
def kept(local_store: Path) -> Path:
    """Every test keeps its files in a directory of its own."""
    return local_store


@dataclass
class Unpacked:
    """An archive's files, read back."""

    files: dict[str, bytes]

    @property
    def manifest(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.files["manifest.json"])
        return found

    def rows(self, name: str) -> list[dict[str, Any]]:
        """The rows of a table, or of `people`."""
        path = f"{name}.ndjson" if name == "people" else f"tables/{name}.ndjson"
        return [json.loads(line) for line in self.files[path].decode().split("\n")[:-1]]


def nothing() -> None:
    """A worker that isn't asked to stop."""


def ask(house: House, api: Api | None = None) -> TenantExport:
    """An export that waits for its job."""
    response = (api or house.app).post("tenant/exports/")
    assert response.status_code == 201, response.content
    found: TenantExport = TenantExport.objects.get(pk=response.json()["id"])
    return found


def made(house: House) -> TenantExport:
    """An export that is ready."""
    export = ask(house)
    make_archive(export.pk, check=nothing)
    export.refresh_from_db()
    assert export.state == "ready", export.diagnostics
    return export


def unpacked(export: TenantExport) -> Unpacked:
    with default_storage.open(export.archive) as file, ZipFile(io.BytesIO(file.read())) as archive:
        assert archive.testzip() is None
        return Unpacked({name: archive.read(name) for name in archive.namelist()})


def stored(root: Path) -> list[str]:
    """All files in the store."""
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def query(sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
    """Asked as the owner of the database, past every policy."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def steps(export: TenantExport) -> list[str]:
    with owner_scope():
        return [str(each) for each in TenantExportTransition.objects.filter(export=export)]


def put_in_state(export: TenantExport, state: str, **facts: Any) -> TenantExport:
    """Brings a waiting export on its way by the verbs that it has, with made-up figures."""
    if state == "failed":
        export.fail(Failure.STORE, "NoSuchBucket at https://internal.example")
    elif state != "waiting":
        attempt = export.begin()
        if state in ("ready", "expired"):
            export.finish(attempt, tables=14, rows=4812, bytes=183_220, sha256="c0ffee11" * 8)
        if state == "expired":
            export.expire()
    if facts:
        TenantExport.objects.filter(pk=export.pk).update(**facts)
    export.refresh_from_db()
    return export
