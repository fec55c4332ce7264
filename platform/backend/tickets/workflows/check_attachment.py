"""Looks at a file that was sent along: what it finds is kept, and of a good file what it saw."""

from __future__ import annotations

import hashlib
from io import BufferedRandom
from tempfile import TemporaryFile
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction

from backend.common import files
from backend.tickets import jobs
from backend.tickets.contents import found_in
from backend.tickets.kinds import BY_CONTENT_TYPE
from backend.tickets.models import Attachment, AttachmentCheck, Refusal

log = structlog.get_logger(__name__)


def check_attachment(attachment_id: UUID) -> None:
    """Accepts or refuses it, once. May be killed at any point, and called again.

    A refused file is deleted. Raises StoreFailed, Attachment.DoesNotExist.
    """
    attachment = Attachment.objects.get(pk=attachment_id)
    check = _check_of(attachment) or _check(attachment)
    if check.refusal:
        files.delete(attachment.uploaded_as)


def clear_upload(attachment_id: UUID) -> None:
    """Deletes what lies where the file came in, once it can't be replaced there any more.

    Raises StoreFailed, Attachment.DoesNotExist.
    """
    files.delete(Attachment.objects.get(pk=attachment_id).uploaded_as)


def _check_of(attachment: Attachment) -> AttachmentCheck | None:
    rows = AttachmentCheck.objects.for_tenant(attachment.tenant_id)
    found: AttachmentCheck | None = rows.filter(attachment_id=attachment.pk).first()
    return found


def _check(attachment: Attachment) -> AttachmentCheck:
    with TemporaryFile() as file:
        check = _look(attachment, file)
        if not check.refusal:
            # Under a name that nobody was given to put anything at: the upload can be replaced
            # while its address lasts.
            files.put(check.stored_as, file)
    return _keep(attachment, check)


def _look(attachment: Attachment, file: BufferedRandom) -> AttachmentCheck:
    """Brings the file here, and says what it is. Not saved."""

    def found(refusal: str = "", **facts: Any) -> AttachmentCheck:
        return AttachmentCheck(
            tenant_id=attachment.tenant_id, attachment=attachment, refusal=refusal, **facts
        )

    try:
        # First: the store may be one that takes files of any size.
        size = files.size(attachment.uploaded_as)
        if size == attachment.size:
            size = files.fetch(attachment.uploaded_as, file, most=attachment.size + 1)
    except files.FileMissing:
        return found(Refusal.MISSING)
    if size != attachment.size:
        return found(Refusal.SIZE, found_size=size)
    kind = BY_CONTENT_TYPE.get(attachment.content_type)
    found_type = found_in(file, kind) if kind else ""
    file.seek(0)
    return found(
        "" if kind and found_type == kind.content_type else Refusal.KIND,
        found_type=found_type,
        found_size=size,
        sha256=hashlib.file_digest(file, "sha256").hexdigest(),
    )


def _keep(attachment: Attachment, check: AttachmentCheck) -> AttachmentCheck:
    """What counts: another worker may have been quicker, if this one was believed dead."""
    with transaction.atomic():
        AttachmentCheck.objects.bulk_create([check], ignore_conflicts=True)
        kept = _check_of(attachment)
        assert kept is not None
        if kept.pk == check.pk:
            jobs.queue_clearing(attachment.pk, at=attachment.uploaded_by)
    if not check.refusal and (kept.refusal or kept.stored_as != check.stored_as):
        files.delete(check.stored_as)
    log.info("attachment checked", attachment=str(attachment.pk), refusal=kept.refusal)
    return kept
