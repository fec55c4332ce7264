"""Announcing a file and sending it along: who may, what, and how many."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from backend.common.tests.stores import local_store, s3_server, s3_store
from backend.conftest import Api, House
from backend.tickets import jobs
from backend.tickets.errors import AttachmentsUnknown, TooManyAttachmentsWaiting
from backend.tickets.models import Attachment, Message
from backend.tickets.models.attachment import LARGEST_FILE
from backend.tickets.tests.attachments import PNG, announced, put, queued, sent, stored, uploaded
from backend.tickets.tests.cast import a_ticket
from backend.tickets.workflows import announce_attachment as workflow

__all__ = ["local_store", "s3_server", "s3_store"]

Visit = Callable[..., Api]
PRINTER = {"filename": "printer.png", "content_type": "image/png", "size": len(PNG)}


@pytest.fixture(autouse=True)
def _store(local_store: Path) -> None:
    """Each test has a disk of its own."""


@pytest.mark.django_db
@pytest.mark.parametrize("store", ["local_store", "s3_store"])
def test_a_file_is_announced_and_put(
    aurora: House, visit: Visit, request: pytest.FixtureRequest, store: str
) -> None:
    request.getfixturevalue(store)
    reply = visit(aurora.person("waiter"), aurora.tenant).post("tickets/attachments/", PRINTER)
    assert reply.status_code == 201, reply.content
    body = reply.json()
    attachment = Attachment.objects.get()
    person = aurora.person("waiter")
    assert body["id"] == str(attachment.pk)
    assert (attachment.tenant_id, attachment.message_id) == (aurora.tenant.pk, None)
    assert (attachment.announced_by_kind, attachment.announced_by_id) == ("person", person.pk)
    assert {name: body[name] for name in PRINTER} == PRINTER
    upload = body["upload"]
    assert (upload["method"], upload["headers"]) == ("PUT", {"Content-Type": "image/png"})
    over = datetime.fromisoformat(upload["expires_at"])
    assert timedelta(minutes=14) < over - timezone.now() <= timedelta(minutes=15)
    assert put(upload["url"], PNG, "text/html") in (400, 403)
    assert put(upload["url"], PNG + b"!", "image/png") in (400, 403)
    assert put(upload["url"], PNG, "image/png") == 200
    assert attachment.uploaded_as in stored()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "field", "code"),
    [
        ({"size": 0}, "size", "min-value"),
        ({"size": LARGEST_FILE + 1}, "size", "max-value"),
        ({"size": "much"}, "size", "invalid"),
        ({"content_type": "text/html"}, "content_type", "invalid-choice"),
        ({"content_type": "image/svg+xml"}, "content_type", "invalid-choice"),
        ({"content_type": "application/zip"}, "content_type", "invalid-choice"),
        ({"content_type": "image/png; charset=utf-8"}, "content_type", "invalid-choice"),
        ({"filename": "printer.png.exe"}, "filename", "extension"),
        ({"filename": "printer.jpg"}, "filename", "extension"),
        ({"filename": ""}, "filename", "blank"),
        ({"filename": "x" * 1001}, "filename", "max-length"),
        ({"filename": "printer\x00.png"}, "filename", "null-characters-not-allowed"),
        ({"path": "/etc"}, "path", "unknown"),
    ],
)
def test_what_is_not_taken_is_said(
    aurora: House, given: dict[str, Any], field: str, code: str
) -> None:
    reply = aurora.app.post("tickets/attachments/", PRINTER | given)
    assert reply.status_code == 400
    assert [(each["field"], each["code"]) for each in reply.json()["errors"]] == [(field, code)]
    assert not Attachment.objects.exists()


@pytest.mark.django_db
def test_the_largest_file_is_taken(aurora: House) -> None:
    reply = aurora.app.post("tickets/attachments/", PRINTER | {"size": 20 * 1024 * 1024})
    assert reply.status_code == 201
    assert Attachment.objects.get().announced_by_id == aurora.app.app.pk


@pytest.mark.django_db
def test_a_name_is_made_harmless(aurora: House) -> None:
    given = {"filename": "..\\../\u202econ.\u200bpng"}
    reply = aurora.app.post("tickets/attachments/", PRINTER | given)
    assert reply.json()["filename"] == "_con.png"
    assert Attachment.objects.get().filename == "_con.png"


@pytest.mark.django_db
def test_who_may_not_write_announces_nothing(aurora: House) -> None:
    app = aurora.app.app
    app.scopes = ["tickets.read"]
    app.save()
    reply = aurora.app.post("tickets/attachments/", PRINTER)
    assert (reply.status_code, reply.json()["code"]) == (403, "forbidden")
    assert not Attachment.objects.exists()


@pytest.mark.django_db
def test_without_a_place_for_files_nothing_is_announced(aurora: House, settings: Any) -> None:
    settings.LOCAL_FILES = False
    reply = aurora.app.post("tickets/attachments/", PRINTER)
    assert (reply.status_code, reply.json()["code"]) == (409, "storage-not-configured")
    assert not Attachment.objects.exists()


@pytest.mark.django_db
def test_so_many_wait_for_a_message_and_no_more(
    aurora: House, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert workflow.MOST_WAITING == 50
    monkeypatch.setattr(workflow, "MOST_WAITING", 2)
    api = visit(aurora.person("owner"), aurora.tenant)
    for _ in range(2):
        assert api.post("tickets/attachments/", PRINTER).status_code == 201
    mine = list(Attachment.objects.all())
    reply = api.post("tickets/attachments/", PRINTER)
    assert (reply.status_code, reply.json()["code"]) == (409, "too-many-attachments-waiting")
    # Each person has places of their own, and what is sent leaves its place.
    assert aurora.app.post("tickets/attachments/", PRINTER).status_code == 201
    sent(a_ticket(aurora), aurora, mine)
    assert api.post("tickets/attachments/", PRINTER).status_code == 201


@pytest.mark.django_db(transaction=True)
def test_the_last_place_is_given_once(aurora: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workflow, "MOST_WAITING", 3)

    def announce(_: int) -> bool:
        try:
            announced(aurora)
        except TooManyAttachmentsWaiting:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(max_workers=6) as threads:
        assert sum(threads.map(announce, range(12))) == 3
    assert Attachment.objects.count() == 3


@pytest.mark.django_db
def test_announcing_twice_with_one_key_is_one_file(aurora: House) -> None:
    replies = [
        aurora.app.post("tickets/attachments/", PRINTER, idempotency_key="file-1").json()
        for _ in range(2)
    ]
    assert replies[0] == replies[1]
    assert Attachment.objects.count() == 1


@pytest.mark.django_db
def test_announcing_has_its_own_limit_of_requests(aurora: House, settings: Any) -> None:
    limit = settings.RATE_CLASSES["upload"].limit
    reply = aurora.app.post("tickets/attachments/", PRINTER)
    assert reply["RateLimit-Limit"] == str(limit) == "120"


# --- Sent along


@pytest.mark.django_db
def test_a_file_goes_with_one_message_and_is_looked_at_then(aurora: House) -> None:
    ticket = a_ticket(aurora)
    first, second = uploaded(aurora), uploaded(aurora)
    assert queued(jobs.CHECK_ATTACHMENT) == []
    message = sent(ticket, aurora, [first, second])
    assert set(message.attachments.all()) == {first, second}
    assert set(queued(jobs.CHECK_ATTACHMENT)) == {str(first.pk), str(second.pk)}
    with pytest.raises(AttachmentsUnknown) as refused:
        sent(ticket, aurora, [first])
    assert refused.value.extensions == {"ids": [str(first.pk)]}
    assert Message.objects.count() == 2
    assert len(queued(jobs.CHECK_ATTACHMENT)) == 2


@pytest.mark.django_db
def test_another_persons_file_is_not_sent_along(aurora: House, bluefin: House) -> None:
    ticket = a_ticket(aurora)
    theirs = [uploaded(aurora, role="waiter"), uploaded(bluefin)]
    mine = uploaded(aurora)
    for each in theirs:
        with pytest.raises(AttachmentsUnknown) as refused:
            sent(ticket, aurora, [mine, each])
        assert refused.value.extensions == {"ids": [str(each.pk)]}
    assert ticket.messages.count() == 1
    assert Attachment.objects.filter(message__isnull=False).count() == 0
    assert queued(jobs.CHECK_ATTACHMENT) == []


@pytest.mark.django_db
def test_a_file_can_be_sent_for_a_day(aurora: House) -> None:
    ticket = a_ticket(aurora)
    now = timezone.now()
    with time_machine.travel(now - timedelta(hours=24, seconds=1)):
        old = uploaded(aurora)
    with time_machine.travel(now - timedelta(hours=23, minutes=59)):
        fresh = uploaded(aurora)
    with pytest.raises(AttachmentsUnknown):
        sent(ticket, aurora, [old])
    sent(ticket, aurora, [fresh])
    assert list(Attachment.objects.filter(message__isnull=False)) == [fresh]
