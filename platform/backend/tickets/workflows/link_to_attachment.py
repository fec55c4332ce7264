from __future__ import annotations

from typing import Final
from uuid import UUID

from backend.common import files
from backend.tickets.errors import (
    AttachmentNotFound,
    AttachmentNotReady,
    AttachmentRefused,
    TicketNotFound,
)
from backend.tickets.models import Attachment, AttachmentCheck, Ticket
from backend.tickets.thread import thread
from backend.tickets.viewers import Viewer

VALID_SECONDS: Final = 300
# A check takes a second, and begins as soon as a worker is free.
LOOK_AGAIN_SECONDS: Final = 5


def link_to_attachment(viewer: Viewer, ticket_id: UUID, attachment_id: UUID) -> files.Link:
    """A link that saves a file of the ticket's thread, as far as the viewer sees that.

    Raises TicketNotFound, AttachmentNotFound, AttachmentNotReady, AttachmentRefused,
    StorageNotConfigured.
    """
    tickets = viewer.tickets()
    ticket: Ticket | None = tickets.filter(pk=ticket_id).first()
    if ticket is None:
        raise TicketNotFound
    messages = thread(tickets, ticket)
    attachments = Attachment.objects.for_tenant(viewer.tenant_id)
    attachment = attachments.filter(pk=attachment_id, message__in=messages.values("pk")).first()
    if attachment is None:
        raise AttachmentNotFound
    return link_to(attachment)


def link_to(attachment: Attachment) -> files.Link:
    """For who may see it. Raises AttachmentNotReady, AttachmentRefused, StorageNotConfigured."""
    checks = AttachmentCheck.objects.for_tenant(attachment.tenant_id)
    check = checks.filter(attachment=attachment).first()
    if check is None:
        raise AttachmentNotReady(headers={"Retry-After": str(LOOK_AGAIN_SECONDS)})
    if check.refusal:
        raise AttachmentRefused(refusal=check.refusal)
    files.require_store()
    return files.link_to(
        check.stored_as,
        filename=attachment.filename,
        content_type=attachment.content_type,
        seconds=VALID_SECONDS,
    )
