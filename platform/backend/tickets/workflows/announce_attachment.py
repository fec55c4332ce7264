from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import connection

from backend.common import files
from backend.common.actor import Actor
from backend.tickets.errors import TooManyAttachmentsWaiting
from backend.tickets.models import Attachment
from backend.tickets.models.attachment import UPLOAD_WITHIN

# Of one person or app: five messages with as many files as one may have.
MOST_WAITING: Final = 50


@dataclass(frozen=True, slots=True)
class Announcement:
    """`filename` is harmless already, `content_type` one of the kinds, `size` in bytes."""

    filename: str
    content_type: str
    size: int


def announce_attachment(
    tenant_id: UUID, announced: Announcement, *, by: Actor
) -> tuple[Attachment, files.Upload]:
    """A file that will be put into the store, and where to put it within a quarter of an hour.

    Raises StorageNotConfigured, TooManyAttachmentsWaiting.
    """
    files.require_store()
    _require_place(tenant_id, by)
    attachment = add_announced(tenant_id, announced, by=by)
    upload = files.upload_to(
        attachment.uploaded_as,
        content_type=attachment.content_type,
        size=attachment.size,
        seconds=int(UPLOAD_WITHIN.total_seconds()),
    )
    return attachment, upload


def add_announced(tenant_id: UUID, announced: Announcement, *, by: Actor) -> Attachment:
    attachment: Attachment = Attachment.objects.create(
        tenant_id=tenant_id,
        announced_by_kind=by.kind,
        announced_by_id=by.id,
        filename=announced.filename,
        content_type=announced.content_type,
        size=announced.size,
    )
    return attachment


def _require_place(tenant_id: UUID, by: Actor) -> None:
    """The last place is given once: two who announce at once come one after the other."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext('tickets.attachments'), hashtext(%s))",
            [str(by.id)],
        )
    waiting = Attachment.objects.for_tenant(tenant_id).filter(
        message__isnull=True, announced_by_id=by.id
    )
    if waiting.count() >= MOST_WAITING:
        raise TooManyAttachmentsWaiting
