from __future__ import annotations

import structlog

from backend.common import files
from backend.common.transitions import TransitionRefused
from backend.exports.models import Failure, TenantExport

log = structlog.get_logger(__name__)


def give_up(export: TenantExport, failure: Failure, diagnostics: str) -> None:
    """The export has failed: what there was of it is deleted, and a new one can be asked for."""
    try:
        export.delete_files()
    except files.StoreFailed:
        log.exception("export left files behind", export=str(export.pk))
    try:
        export.fail(failure, diagnostics)
    except TransitionRefused:
        return
    log.error("export failed", export=str(export.pk), failure=str(failure))
