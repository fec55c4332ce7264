"""Files that come with mails: taken as those from the portal, or named as left out."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from procrastinate.contrib.django.models import ProcrastinateJob

from backend.common.tests.stores import local_store
from backend.conftest import House
from backend.tickets import jobs
from backend.tickets.tests.cast import a_ticket
from backend.tickets.tests.mail_cast import PNG, incoming, picture, reply

__all__ = ["incoming", "local_store"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("incoming")]


@pytest.mark.usefixtures("local_store")
def test_files_come_along_and_the_others_are_named(aurora: House) -> None:
    ticket = a_ticket(aurora)
    program = SimpleUploadedFile("run `me`.exe", b"MZ...", "application/x-msdownload")
    reply(aurora, ticket, files=(picture(), program, picture("no.png", b"<html>")))
    message = ticket.messages.latest("created_at")
    [attachment] = message.attachments.all()
    assert (attachment.filename, attachment.size) == ("till.png", len(PNG))
    assert message.body == "It is plugged in.\n\n*Left out: `run me.exe`, `no.png`.*"
    assert ProcrastinateJob.objects.filter(
        task_name=jobs.CHECK_ATTACHMENT, args__attachment_id=str(attachment.pk)
    ).exists()


@pytest.mark.usefixtures("local_store")
def test_a_picture_without_a_word_is_a_message(aurora: House) -> None:
    ticket = a_ticket(aurora)
    reply(aurora, ticket, text="\n", files=(picture(),))
    message = ticket.messages.latest("created_at")
    assert message.body == "Files, without a text."
    assert message.attachments.count() == 1


@pytest.mark.usefixtures("local_store")
def test_the_logo_of_a_signature_stays_away(aurora: House) -> None:
    ticket = a_ticket(aurora)
    large = picture("screen.png", PNG + b"\x00" * 6_000)
    shown = '{"<logo>": "attachment-1", "<screen>": "attachment-2"}'
    reply(aurora, ticket, files=(picture("logo.png"), large), fields={"content-id-map": shown})
    message = ticket.messages.latest("created_at")
    assert [each.filename for each in message.attachments.all()] == ["screen.png"]
    assert message.body == "It is plugged in."


def test_no_more_than_a_message_may_have(aurora: House, local_store: Any) -> None:
    ticket = a_ticket(aurora)
    files = tuple(picture(f"{number}.png") for number in range(35))
    reply(aurora, ticket, files=files)
    message = ticket.messages.latest("created_at")
    assert message.attachments.count() == 10
    assert message.body.endswith("`28.png`, `29.png`, 5 more files.*")


def test_without_a_place_for_files_they_are_named(aurora: House, settings: Any) -> None:
    settings.LOCAL_FILES, settings.S3_BUCKET = False, ""
    ticket = a_ticket(aurora)
    reply(aurora, ticket, files=(picture(),))
    assert ticket.messages.latest("created_at").body == (
        "It is plugged in.\n\n*Left out: `till.png`.*"
    )
