"""Files on their way into the store: announced to the platform, put where it says."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import IO, Final, cast

from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.api_client.errors import Conflict, Invalid
from portal.api_client.store import StoreRefused, store
from portal.api_client.tickets import Announced, AttachmentRules, Tickets
from portal.tickets.forms import MOST_FILES, MessageForm

CONFLICTS: Final[dict[str, str | Promise]] = {
    "storage-not-configured": gettext_lazy(
        "Files can’t be taken here at the moment. Your message can be sent without them."
    ),
    "too-many-attachments-waiting": gettext_lazy(
        "Too many of your files wait for a message that never came. Please try again tomorrow, or "
        "send your message without further files."
    ),
}


class FileRefused(Exception):
    """A file that can't go along. Says why, in a sentence for its sender."""


def take_along(form: MessageForm, tickets: Tickets, left_out: Iterable[str]) -> None:
    """Puts the form's new files into the store; what doesn't work is said on the form.

    What does is kept by the form, whatever becomes of the rest of it.
    """
    form.full_clean()
    new_files = form.new_files
    for name in left_out:
        text = _("“%(file)s” is larger than 20 MB, or all your files together than 25 MB.")
        form.add_error("uploads", text % {"file": name})
    if not new_files:
        return
    if len(form.kept) + len(new_files) > MOST_FILES:
        form.add_error("uploads", _("A message takes at most 10 files."))
        return
    rules = tickets.options().attachments
    for number, file in enumerate(new_files):
        try:
            form.keep(_upload(file, tickets, rules, f"{form.key}-{number}"))
        except FileRefused as refused:
            form.add_error("uploads", str(refused))
            # Announced or not: the next attempt is a new one.
            form.renew_key()


def announce(
    tickets: Tickets, rules: AttachmentRules, *, filename: str, size: int, key: str
) -> Announced:
    """Raises FileRefused."""
    content_type = rules.content_type_of(filename)
    if not content_type:
        known = ", ".join(dict.fromkeys(each.extension.lstrip(".") for each in rules.kinds))
        text = _("“%(file)s” is of a kind that isn’t taken. Possible are: %(kinds)s.")
        raise FileRefused(text % {"file": filename, "kinds": known})
    try:
        return tickets.announce(
            filename=filename,
            content_type=content_type,
            size=size,
            # The same file of the same form is announced once, however often it is sent.
            idempotency_key=f"{key[:80]}-{sha256(f'{size} {filename}'.encode()).hexdigest()[:16]}",
        )
    except Invalid as error:
        why = " ".join(each.detail for each in error.errors)
        raise FileRefused(f"“{filename}”: {why}") from error
    except Conflict as conflict:
        if conflict.code not in CONFLICTS:
            raise
        raise FileRefused(str(CONFLICTS[conflict.code])) from conflict


def _upload(file: UploadedFile, tickets: Tickets, rules: AttachmentRules, key: str) -> Announced:
    name, size = file.name or "", file.size or 0
    if not size:
        raise FileRefused(_("“%(file)s” is empty.") % {"file": name})
    announced = announce(tickets, rules, filename=name, size=size, key=key)
    upload = announced.upload
    try:
        store().put(upload.url, upload.headers, cast("IO[bytes]", file.file), size)
    except StoreRefused as error:
        text = _("“%(file)s” couldn’t be taken. Please choose it again.")
        raise FileRefused(text % {"file": name}) from error
    return announced
