from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.core.files import File

from backend.common import files
from backend.common.actor import Actor
from backend.tickets.contents import found_in
from backend.tickets.file_names import NameUnfit, harmless
from backend.tickets.kinds import BY_EXTENSION, Kind
from backend.tickets.models import Attachment
from backend.tickets.models.attachment import LARGEST_FILE
from backend.tickets.workflows.announce_attachment import Announcement, add_announced

NO_SUCH_KIND: Final = "Files of this kind aren't taken."


class FileUnfit(Exception):
    """The file isn't taken, and nothing was stored. Says why, in words for who sent it."""


def store_attachment(tenant_id: UUID, file: File[Any], *, by: Actor) -> Attachment:
    """A file that is here already, to be sent along with a message as one that was announced.

    It came with a form of staff's or a mail. Its kind is what its name says: what programs say
    depends on what else is installed. Not in a transaction: the store is slow, and whatever happens
    then, the purge finds the file. Raises FileUnfit, StorageNotConfigured, StoreFailed.
    """
    files.require_store()
    name = file.name or ""
    kind = BY_EXTENSION.get(name.rpartition(".")[2].lower())
    if kind is None:
        raise FileUnfit(NO_SUCH_KIND)
    announced = Announcement(_named(name, kind), kind.content_type, file.size)
    if not 1 <= announced.size <= LARGEST_FILE:
        raise FileUnfit("A file may have 20 MB, and isn't empty.")
    if found_in(file, kind) != kind.content_type:
        raise FileUnfit("The file isn't what its name says it is.")
    attachment = add_announced(tenant_id, announced, by=by)
    files.put(attachment.uploaded_as, file)
    return attachment


def _named(name: str, kind: Kind) -> str:
    try:
        return harmless(name, kind)
    except NameUnfit as error:
        raise FileUnfit(NO_SUCH_KIND) from error
