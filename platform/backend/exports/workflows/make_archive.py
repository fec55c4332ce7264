from __future__ import annotations

import hashlib
from collections.abc import Callable
from tempfile import TemporaryFile
from uuid import UUID

import structlog
from django.db import DatabaseError

from backend.common import files
from backend.common.transitions import TransitionRefused
from backend.exports.models import MOST_ATTEMPTS, Failure, TenantExport, archive_name
from backend.exports.progress import Overtaken, Progress
from backend.exports.workflows.give_up import give_up
from backend.exports.workflows.write_archive import write_archive

log = structlog.get_logger(__name__)


def make_archive(export_id: UUID, *, check: Callable[[], None]) -> None:
    """Makes the archive that was asked for. May be killed at any point, and called again.

    `check` is called between the rows, and raises when the worker has to stop. What fails is raised
    for another attempt, until there were enough of them: then the export has failed.
    """
    export = TenantExport.objects.select_related("tenant").get(pk=export_id)
    if export.attempt >= MOST_ATTEMPTS:
        give_up(export, Failure.INTERRUPTED, f"{export.attempt} attempts were interrupted.")
        return
    try:
        attempt = export.begin()
    except TransitionRefused:
        # Done, or given up: a job that was rescued although its worker lived.
        return
    try:
        export.delete_files(before=attempt)
        _make(export, attempt, check)
    except (Overtaken, TransitionRefused):
        log.warning("export overtaken", export=str(export_id), attempt=attempt)
        files.delete(archive_name(export.tenant_id, export_id, attempt))
    except (files.StoreFailed, OSError) as error:
        _again_or_never(export, Failure.STORE, error)
    except DatabaseError as error:
        _again_or_never(export, Failure.READING, error)


def _make(export: TenantExport, attempt: int, check: Callable[[], None]) -> None:
    with TemporaryFile() as file:
        with Progress(export, attempt) as progress:

            def watch(done: int, total: int, rows: int) -> None:
                check()
                progress.note(done, total, rows)

            written = write_archive(export, file, watch)
        size = file.tell()
        file.seek(0)
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        name = archive_name(export.tenant_id, export.pk, attempt)
        files.put(name, file)
        if (stored := files.size(name)) != size:
            raise files.StoreFailed(f"Of {size} bytes {stored} were stored.")
    export.finish(attempt, tables=written.tables, rows=written.rows, bytes=size, sha256=sha256)


def _again_or_never(export: TenantExport, failure: Failure, error: Exception) -> None:
    if export.attempt < MOST_ATTEMPTS:
        raise error
    give_up(export, failure, f"{type(error).__name__}: {error}")
