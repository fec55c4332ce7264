from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.utils import timezone

from backend.audit.recording import About, record
from backend.common import files
from backend.common.actor import Actor
from backend.common.caller import TenantRef
from backend.exports.errors import ExportExpired, ExportNotFound, ExportNotReady
from backend.exports.models import CONTENT_TYPE, State, TenantExport, archive_name, file_name

VALID: Final = timedelta(minutes=5)


def link_to_archive(tenant: TenantRef, export_id: UUID, *, by: Actor) -> files.Link:
    """A link for five minutes, at most until the archive is deleted; puts it on record.

    Raises ExportNotFound, ExportNotReady, ExportExpired, StorageNotConfigured.
    """
    rows = TenantExport.objects.for_tenant(tenant.id).filter(pk=export_id)
    found = rows.values("state", "attempt", "created_at", "expires_at").first()
    if found is None:
        raise ExportNotFound
    now = timezone.now()
    if found["state"] == State.EXPIRED or (
        found["state"] == State.READY and found["expires_at"] <= now
    ):
        raise ExportExpired
    if found["state"] != State.READY:
        raise ExportNotReady(state=found["state"])
    files.require_store()
    name = file_name(tenant.slug, found["created_at"])
    link = files.link_to(
        archive_name(tenant.id, export_id, found["attempt"]),
        filename=name,
        content_type=CONTENT_TYPE,
        seconds=max(1, int(min(VALID, found["expires_at"] - now).total_seconds())),
    )
    record("export.downloaded", tenant_id=tenant.id, by=by, about=About("export", export_id, name))
    return link
