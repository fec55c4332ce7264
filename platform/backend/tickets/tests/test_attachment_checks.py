"""What a look at a file that was sent along finds, whatever happens to the store and the worker."""

from __future__ import annotations

import hashlib
import io
import os
import signal
import subprocess
import sys
import tracemalloc
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.files.storage import default_storage
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from backend.common import files
from backend.common.tests.stores import local_store, s3_server, s3_store
from backend.conftest import House, database_address
from backend.operations.tests.test_jobs import due_now, queue, work
from backend.tickets import jobs
from backend.tickets.kinds import DOCX
from backend.tickets.models import Attachment, AttachmentCheck
from backend.tickets.models.attachment import LARGEST_FILE
from backend.tickets.tests.attachments import (
    PNG,
    announced,
    attached,
    looked_at,
    put,
    queued,
    sent,
    stored,
)
from backend.tickets.tests.cast import a_ticket
from backend.tickets.tests.specimens import BAD, GOOD, office, png
from backend.tickets.workflows import check_attachment as workflow
from backend.tickets.workflows.check_attachment import check_attachment, clear_upload

__all__ = ["local_store", "queue", "s3_server", "s3_store"]


@pytest.fixture(autouse=True)
def _store(local_store: Path) -> None:
    """Each test has a disk of its own."""


@pytest.mark.django_db
@pytest.mark.parametrize("store", ["local_store", "s3_store"])
def test_a_file_that_is_what_it_says_is_kept(
    aurora: House, request: pytest.FixtureRequest, store: str
) -> None:
    request.getfixturevalue(store)
    attachment = attached(a_ticket(aurora), aurora)
    check = looked_at(attachment)
    assert (check.refusal, check.found_type, check.found_size) == ("", "image/png", len(PNG))
    assert check.sha256 == hashlib.sha256(PNG).hexdigest()
    assert check.tenant_id == aurora.tenant.pk
    assert attachment.stored_as == check.stored_as
    assert files.read(check.stored_as) == PNG
    [job] = ProcrastinateJob.objects.filter(task_name=jobs.CLEAR_UPLOAD)
    assert job.args == {"attachment_id": str(attachment.pk)}
    # When the address for putting it is over for good.
    assert job.scheduled_at == attachment.created_at + timedelta(minutes=30)
    clear_upload(attachment.pk)
    assert check.stored_as in stored()
    assert attachment.uploaded_as not in stored()


@pytest.mark.django_db
@pytest.mark.parametrize(("content_type", "content"), [GOOD[4], GOOD[7], GOOD[12], GOOD[-1]])
def test_each_kind_is_looked_at_in_its_way(
    aurora: House, content_type: str, content: bytes
) -> None:
    attachment = attached(a_ticket(aurora), aurora, content, content_type=content_type)
    assert looked_at(attachment).refusal == ""


@pytest.mark.django_db
@pytest.mark.parametrize(("content_type", "content"), [BAD[0], BAD[3], BAD[5], BAD[15], BAD[-3]])
def test_a_file_that_is_something_else_is_refused_and_deleted(
    aurora: House, content_type: str, content: bytes
) -> None:
    attachment = attached(a_ticket(aurora), aurora, content, content_type=content_type)
    check = looked_at(attachment)
    assert (check.refusal, check.found_size) == ("kind", len(content))
    assert check.found_type not in ("", content_type)
    assert check.sha256 == hashlib.sha256(content).hexdigest()
    assert stored() == []
    with pytest.raises(AttachmentCheck.DoesNotExist):
        attachment.stored_as  # noqa: B018 - asks


@pytest.mark.django_db
@pytest.mark.parametrize("store", ["local_store", "s3_store"])
def test_a_file_that_never_came_is_refused(
    aurora: House, request: pytest.FixtureRequest, store: str
) -> None:
    request.getfixturevalue(store)
    attachment, _ = announced(aurora)
    sent(a_ticket(aurora), aurora, [attachment])
    check = looked_at(attachment)
    assert (check.refusal, check.found_size, check.sha256) == ("missing", None, "")


@pytest.mark.django_db
@pytest.mark.parametrize("content", [PNG[:-1], PNG + b"!", PNG * 500_000])
def test_a_store_that_takes_another_length_is_noticed(
    aurora: House, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    attachment, _ = announced(aurora)
    files.put(attachment.uploaded_as, io.BytesIO(content))
    sent(a_ticket(aurora), aurora, [attachment])
    monkeypatch.setattr(files, "fetch", None)
    check = looked_at(attachment)
    assert (check.refusal, check.found_size) == ("size", len(content))
    assert stored() == []


@pytest.mark.django_db
def test_a_file_that_grows_while_it_is_fetched_is_refused(
    aurora: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    attachment = attached(a_ticket(aurora), aurora)
    monkeypatch.setattr(files, "size", lambda name: len(PNG))
    Path(default_storage.path(attachment.uploaded_as)).write_bytes(PNG * 1000)
    check = looked_at(attachment)
    assert (check.refusal, check.found_size) == ("size", len(PNG) + 1)


@pytest.mark.django_db
def test_what_is_put_after_the_look_reaches_nobody(aurora: House, s3_store: None) -> None:
    """The address for putting outlives the look; on S3 it takes a second file."""
    attachment, upload = announced(aurora)
    assert put(upload.url, PNG, "image/png") == 200
    sent(a_ticket(aurora), aurora, [attachment])
    check = looked_at(attachment)
    bad = b"<html>".ljust(len(PNG))
    assert put(upload.url, bad, "image/png") == 200
    check_attachment(attachment.pk)
    assert files.read(check.stored_as) == PNG
    assert files.read(attachment.uploaded_as) == bad
    clear_upload(attachment.pk)
    assert check.stored_as in stored()
    assert attachment.uploaded_as not in stored()


@pytest.mark.django_db
def test_looking_twice_is_looking_once(aurora: House, monkeypatch: pytest.MonkeyPatch) -> None:
    attachment = attached(a_ticket(aurora), aurora)
    first = looked_at(attachment)
    monkeypatch.setattr(files, "fetch", None)
    assert looked_at(attachment).pk == first.pk
    assert queued(jobs.CLEAR_UPLOAD) == [str(attachment.pk)]


@pytest.mark.django_db
def test_a_worker_believed_dead_changes_nothing(
    aurora: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It wakes up with the file as it was put later, when another worker has decided."""
    attachment = attached(a_ticket(aurora), aurora)
    plain = workflow._look

    def overtaken(*args: Any) -> AttachmentCheck:
        monkeypatch.setattr(workflow, "_look", plain)
        check_attachment(attachment.pk)
        Path(default_storage.path(attachment.uploaded_as)).write_bytes(later)
        return plain(*args)

    later = bytes([*PNG[:30], PNG[30] ^ 1, *PNG[31:]])
    monkeypatch.setattr(workflow, "_look", overtaken)
    check_attachment(attachment.pk)
    check = AttachmentCheck.objects.get()
    assert check.sha256 == hashlib.sha256(PNG).hexdigest()
    assert stored() == [check.stored_as, attachment.uploaded_as]
    assert queued(jobs.CLEAR_UPLOAD) == [str(attachment.pk)]


# Kills itself just before its n-th step: a call of the store, or a statement.
CHILD = """
import os, signal, sys
import django
django.setup()
from uuid import UUID
from django.conf import settings
from django.db import connection
from backend.common import files
from backend.tickets.workflows.check_attachment import check_attachment

settings.STORAGES["default"]["OPTIONS"]["location"] = sys.argv[1]
settings.LOCAL_FILES = True
left = int(sys.argv[3])

def step(call):
    def counted(*args, **more):
        global left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return call(*args, **more)
    return counted

for name in ("size", "fetch", "put", "delete"):
    setattr(files, name, step(getattr(files, name)))
with connection.execute_wrapper(lambda execute, *args: step(execute)(*args)):
    check_attachment(UUID(sys.argv[2]))
"""


def in_a_process(
    store: Path, attachment: Attachment, left: int
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", CHILD, str(store), str(attachment.pk), str(left)],
        cwd=django_settings.ROOT_DIR / "platform",
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "backend.test_settings",
            "DATABASE_URL": database_address(),
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("content", "refusal"), [(PNG, ""), (b"<html>" * 9, "kind")])
def test_killed_at_any_point_it_is_done_by_the_next(
    aurora: House, local_store: Path, content: bytes, refusal: str
) -> None:
    ticket = a_ticket(aurora)
    for left in (4, 5, 6, 8):
        attachment = attached(ticket, aurora, content)
        process = in_a_process(local_store, attachment, left)
        assert process.returncode == -signal.SIGKILL, process.stderr
        assert looked_at(attachment).refusal == refusal
        assert queued(jobs.CLEAR_UPLOAD).count(str(attachment.pk)) == 1
        kept = [] if refusal else [attachment.stored_as, attachment.uploaded_as]
        assert [name for name in stored() if str(attachment.pk) in name] == kept


@pytest.mark.django_db(transaction=True)
def test_a_store_that_is_away_is_asked_again(
    aurora: House, queue: Any, settings: Any, s3_store: None, s3_server: str
) -> None:
    attached(a_ticket(aurora), aurora)
    options = settings.STORAGES["default"]["OPTIONS"]
    away = {**options, "endpoint_url": "http://127.0.0.1:1"}
    default = settings.STORAGES["default"]
    settings.STORAGES = {**settings.STORAGES, "default": {**default, "OPTIONS": away}}
    work(queue, jobs.QUEUE)
    [job] = ProcrastinateJob.objects.filter(task_name=jobs.CHECK_ATTACHMENT)
    # Once more at once, then in a minute.
    assert (job.status, job.attempts) == ("todo", 2)
    assert job.scheduled_at > timezone.now() + timedelta(seconds=30)
    assert not AttachmentCheck.objects.exists()
    settings.STORAGES = {**settings.STORAGES, "default": default}
    due_now()
    work(queue, jobs.QUEUE)
    check = AttachmentCheck.objects.get()
    assert check.refusal == ""


@pytest.mark.django_db
def test_a_refused_file_is_deleted_although_the_store_was_away(
    aurora: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    attachment = attached(a_ticket(aurora), aurora, b"<html>" * 9)

    def away(name: str) -> None:
        raise files.StoreFailed

    with monkeypatch.context() as patch:
        patch.setattr(files, "delete", away)
        with pytest.raises(files.StoreFailed):
            check_attachment(attachment.pk)
    assert stored() == [attachment.uploaded_as]
    assert looked_at(attachment).refusal == "kind"
    assert stored() == []


@pytest.mark.django_db
def test_a_kind_that_is_no_longer_taken_is_refused(
    aurora: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = office("word/document.xml")
    attachment = attached(a_ticket(aurora), aurora, content, content_type=DOCX.content_type)
    monkeypatch.setattr(workflow, "BY_CONTENT_TYPE", {})
    check = looked_at(attachment)
    assert (check.refusal, check.found_type) == ("kind", "")


@pytest.mark.django_db
@pytest.mark.parametrize("store", ["local_store", "s3_store"])
def test_the_largest_file_is_never_in_memory(
    aurora: House, request: pytest.FixtureRequest, store: str
) -> None:
    request.getfixturevalue(store)
    ticket = a_ticket(aurora)
    # What looking takes by itself, such as loading the store's library.
    looked_at(attached(ticket, aurora))
    attachment = attached(ticket, aurora, png(bytes(LARGEST_FILE - len(PNG))))
    tracemalloc.start()
    try:
        assert looked_at(attachment).found_size == LARGEST_FILE
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()
