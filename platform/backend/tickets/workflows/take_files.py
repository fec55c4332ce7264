from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.core.files.base import ContentFile

from backend.common.actor import Actor
from backend.common.files import StorageNotConfigured
from backend.tickets.incoming.mail import File
from backend.tickets.kinds import BY_CONTENT_TYPE
from backend.tickets.models.attachment import MOST_OF_A_MESSAGE
from backend.tickets.workflows.store_attachment import FileUnfit, store_attachment


def take_files(
    tenant_id: UUID, given: Sequence[File], *, by: Actor
) -> tuple[list[UUID], list[str]]:
    """Attachments of the files that came with a mail, and the names of those that aren't taken.

    Not in a transaction: of files that get no message the purge knows. Raises StoreFailed.
    """
    taken: list[UUID] = []
    left_out: list[str] = []
    for file in given:
        name = _name_of(file)
        if len(taken) == MOST_OF_A_MESSAGE:
            left_out.append(name)
            continue
        try:
            stored = store_attachment(tenant_id, ContentFile(file.content, name=name), by=by)
        except (FileUnfit, StorageNotConfigured):
            left_out.append(name)
        else:
            taken.append(stored.pk)
    return taken, left_out


def _name_of(file: File) -> str:
    """With the extension of what it says it is where it has none, such as `image.png`."""
    name = file.filename or file.content_type.partition("/")[0]
    kind = BY_CONTENT_TYPE.get(file.content_type)
    return f"{name}.{kind.extensions[0]}" if kind and "." not in name else name
