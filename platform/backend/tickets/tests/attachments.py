"""Files on their way: announced, put into the store, sent along, looked at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import urllib3
from django.core.files.storage import default_storage
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from backend.common import files
from backend.common.tenancy import tenant_scope
from backend.conftest import House
from backend.tickets.models import Attachment, AttachmentCheck, Message, Side, Ticket, Via
from backend.tickets.tests.cast import as_member
from backend.tickets.tests.specimens import png
from backend.tickets.workflows.announce_attachment import Announcement, announce_attachment
from backend.tickets.workflows.check_attachment import check_attachment
from backend.tickets.workflows.write_message import write_message

LOCAL = "http://localhost:8000"
PNG = png()


def put(url: str, content: bytes, content_type: str) -> int:
    """As a browser does: over the wire to S3, to ourselves otherwise. The status."""
    if not url.startswith(LOCAL):
        headers = {"Content-Type": content_type}
        reply = urllib3.request("PUT", url, body=content, headers=headers, retries=False)
        return int(reply.status)
    path = url.removeprefix(LOCAL)
    return int(Client().generic("PUT", path, content, content_type).status_code)


def get(url: str) -> tuple[int, Any, bytes]:
    """Status, headers and body of what a link leads to."""
    if not url.startswith(LOCAL):
        reply = urllib3.request("GET", url, timeout=10, retries=False)
        return reply.status, reply.headers, reply.data
    response = Client().get(url.removeprefix(LOCAL))
    return response.status_code, response.headers, response.getvalue()


def announced(
    house: House,
    content: bytes = PNG,
    content_type: str = "image/png",
    filename: str = "printer.png",
    role: str = "owner",
) -> tuple[Attachment, files.Upload]:
    """By the house's person of this role, in the portal."""
    what = Announcement(filename, content_type, len(content))
    with tenant_scope(house.tenant.pk):
        return announce_attachment(house.tenant.pk, what, by=as_member(house, role))


def uploaded(house: House, content: bytes = PNG, **how: Any) -> Attachment:
    """Announced, and put into the store."""
    attachment, upload = announced(house, content, **how)
    assert put(upload.url, content, attachment.content_type) == 200
    return attachment


def sent(
    ticket: Ticket, house: House, attachments: Sequence[Attachment], role: str = "owner"
) -> Message:
    """A message of the house's person with these files."""
    with tenant_scope(house.tenant.pk):
        return write_message(
            house.tenant.pk,
            ticket.pk,
            "See here.",
            side=Side.CUSTOMER,
            by=as_member(house, role),
            via=Via.PORTAL,
            attachments=[each.pk for each in attachments],
        )


def attached(ticket: Ticket, house: House, content: bytes = PNG, **how: Any) -> Attachment:
    """Uploaded and sent along, and not looked at yet."""
    attachment = uploaded(house, content, **how)
    sent(ticket, house, [attachment], role=how.get("role", "owner"))
    attachment.refresh_from_db()
    return attachment


def looked_at(attachment: Attachment) -> AttachmentCheck:
    """By its job."""
    check_attachment(attachment.pk)
    found: AttachmentCheck = AttachmentCheck.objects.get(attachment=attachment)
    return found


def stored() -> list[str]:
    """The names of all files of tickets, where they come in and where they are kept."""

    def below(folder: str) -> list[str]:
        try:
            folders, names = default_storage.listdir(folder)
        except FileNotFoundError:
            return []
        inner = [name for each in folders for name in below(f"{folder}/{each}")]
        return sorted(inner + [f"{folder}/{name}" for name in names])

    return below("tickets") + below("uploads/tickets")


def queued(task: str) -> list[str]:
    """The ids of the attachments for which such a job waits."""
    jobs = ProcrastinateJob.objects.filter(task_name=task, status="todo").order_by("id")
    return [job.args["attachment_id"] for job in jobs]
