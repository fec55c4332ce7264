"""Files that staff send along: they come with a form, and by the same rules."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from backend.common import files
from backend.common.actor import Actor
from backend.common.tests.stores import local_store
from backend.conftest import House
from backend.tickets.errors import AttachmentsUnknown
from backend.tickets.models import Attachment, Side, Via
from backend.tickets.tests.attachments import PNG, get, looked_at, sent, stored
from backend.tickets.tests.cast import a_ticket, support
from backend.tickets.workflows.link_to_attachment import link_to
from backend.tickets.workflows.store_attachment import FileUnfit, store_attachment
from backend.tickets.workflows.write_message import write_message

__all__ = ["local_store"]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _store(local_store: Path) -> None:
    """Each test has a disk of its own."""


def form_file(name: str, content: bytes, said: str = "application/octet-stream") -> Any:
    return SimpleUploadedFile(name, content, said)


def test_it_goes_with_their_answer_and_is_looked_at(aurora: House) -> None:
    ticket = a_ticket(aurora)
    by = Actor.staff(support())
    file = form_file("..\\Plan B.PNG", PNG)
    attachment = store_attachment(aurora.tenant.pk, file, by=by)
    assert (attachment.filename, attachment.content_type) == ("Plan B.PNG", "image/png")
    assert (attachment.announced_by_kind, attachment.announced_by_id) == ("staff", by.id)
    assert attachment.size == len(PNG)
    write_message(
        aurora.tenant.pk,
        ticket.pk,
        "Like this.",
        side=Side.STAFF,
        by=by,
        via=Via.ADMIN,
        attachments=[attachment.pk],
    )
    assert looked_at(attachment).refusal == ""
    status, headers, content = get(link_to(attachment).url)
    assert (status, content) == (200, PNG)
    assert headers["Content-Disposition"] == 'attachment; filename="Plan B.PNG"'


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("plan.html", b"<html>", "Files of this kind aren't taken."),
        ("plan", PNG, "Files of this kind aren't taken."),
        ("plan.png.exe", PNG, "Files of this kind aren't taken."),
        ("plan.png/", PNG, "Files of this kind aren't taken."),
        ("plan.png", b"<html>", "The file isn't what its name says it is."),
        ("plan.png", b"", "A file may have 20 MB, and isn't empty."),
        ("plan.png", PNG + bytes(20 * 1024 * 1024), "A file may have 20 MB, and isn't empty."),
    ],
)
def test_what_is_not_taken_is_said_at_once(
    aurora: House, name: str, content: bytes, said: str
) -> None:
    file = form_file("x", content)
    # As it would be without Django's own care.
    file._name = name
    with pytest.raises(FileUnfit, match=said):
        store_attachment(aurora.tenant.pk, file, by=Actor.staff(support()))
    assert not Attachment.objects.exists()
    assert stored() == []


def test_without_a_place_for_files_nothing_is_stored(aurora: House, settings: Any) -> None:
    settings.LOCAL_FILES = False
    with pytest.raises(files.StorageNotConfigured):
        store_attachment(aurora.tenant.pk, form_file("a.png", PNG), by=Actor.staff(support()))
    assert not Attachment.objects.exists()


def test_a_store_that_fails_leaves_what_the_purge_finds(
    aurora: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(name: str, file: Any) -> None:
        raise files.StoreFailed

    monkeypatch.setattr(files, "put", away)
    with pytest.raises(files.StoreFailed):
        store_attachment(aurora.tenant.pk, form_file("a.png", PNG), by=Actor.staff(support()))
    assert Attachment.objects.get().message_id is None


def test_no_member_sends_staffs_file_along(aurora: House) -> None:
    attachment = store_attachment(
        aurora.tenant.pk, form_file("a.png", PNG), by=Actor.staff(support())
    )
    with pytest.raises(AttachmentsUnknown):
        sent(a_ticket(aurora), aurora, [attachment])
