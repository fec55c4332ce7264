"""Whatever interrupts the making of an archive: begun anew, ended once, or given up in words."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import OperationalError, connection

from backend.audit.models import AuditEvent
from backend.common import files
from backend.conftest import House, database_address
from backend.crm.tests.conftest import make
from backend.exports import progress
from backend.exports.models import MOST_ATTEMPTS, TenantExport
from backend.exports.tests.conftest import ask, made, nothing, steps, stored, unpacked
from backend.exports.verification import verify
from backend.exports.workflows import make_archive as workflow
from backend.exports.workflows.make_archive import make_archive

pytestmark = pytest.mark.django_db(transaction=True)


class Stopped(BaseException):
    """Ends a worker in the middle, as no error does."""


def stop_after(calls: int) -> Callable[[], None]:
    """A check that stops the worker at its nth call."""
    left = iter(range(calls))

    def check() -> None:
        if next(left, None) is None:
            raise Stopped

    return check


def test_interrupted_it_begins_anew_and_ends_with_one_archive(aurora: House, kept: Path) -> None:
    make(aurora, "Maria")
    export = ask(aurora)
    with pytest.raises(Stopped):
        make_archive(export.pk, check=stop_after(8))
    export.refresh_from_db()
    assert (export.state, export.attempt) == ("running", 1)
    assert stored(kept) == []
    make_archive(export.pk, check=nothing)
    export.refresh_from_db()
    assert (export.state, export.attempt) == ("ready", 2)
    assert stored(kept) == [export.archive]
    assert steps(export) == ["waiting → running", "running → ready"]
    assert AuditEvent.objects.filter(action="export.finished").count() == 1
    assert [row["name"] for row in unpacked(export).rows("crm_customer")] == ["Maria"]


def test_interrupted_while_storing_its_half_file_goes(
    aurora: House, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = ask(aurora)

    def half(name: str, file: Any) -> None:
        (kept / name).parent.mkdir(parents=True)
        (kept / name).write_bytes(file.read(100))
        raise Stopped

    with monkeypatch.context() as patch:
        patch.setattr(files, "put", half)
        with pytest.raises(Stopped):
            make_archive(export.pk, check=nothing)
    assert len(stored(kept)) == 1
    make_archive(export.pk, check=nothing)
    export.refresh_from_db()
    assert stored(kept) == [export.archive]
    with (kept / export.archive).open("rb") as file:
        assert verify(file).faults == []


def test_done_twice_it_is_done_once(aurora: House, kept: Path) -> None:
    export = made(aurora)
    before = (kept / export.archive).read_bytes()
    make_archive(export.pk, check=nothing)
    again = TenantExport.objects.get(pk=export.pk)
    assert (again.attempt, again.sha256) == (1, export.sha256)
    assert (kept / export.archive).read_bytes() == before
    assert steps(export) == ["waiting → running", "running → ready"]


@pytest.mark.parametrize("moment", ["reading", "storing"])
def test_a_worker_believed_dead_spoils_nothing(
    aurora: House, kept: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    """It wakes up after another has finished the work, and goes on."""
    monkeypatch.setattr(progress, "PAUSE", 0)
    export = ask(aurora)
    successors = iter([lambda: make_archive(export.pk, check=nothing)])

    def overtake() -> None:
        if export_by_another := next(successors, None):
            # In a process of its own; here, on a connection of its own.
            def run() -> None:
                try:
                    export_by_another()
                finally:
                    connection.close()

            thread = Thread(target=run)
            thread.start()
            thread.join()

    if moment == "reading":
        make_archive(export.pk, check=overtake)
    else:
        put = files.put

        def late(name: str, file: Any) -> None:
            overtake()
            put(name, file)

        monkeypatch.setattr(files, "put", late)
        make_archive(export.pk, check=nothing)
    export.refresh_from_db()
    assert (export.state, export.attempt) == ("ready", 2)
    assert stored(kept) == [export.archive]
    with (kept / export.archive).open("rb") as file:
        assert verify(file).faults == []
    assert AuditEvent.objects.filter(action="export.finished").count() == 1


def test_only_the_latest_attempt_finishes(
    aurora: House, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one before would say `ready` of an archive that another is still putting together."""
    export = ask(aurora)
    put = files.put

    def while_another_begins(name: str, file: Any) -> None:
        put(name, file)
        TenantExport.objects.get(pk=export.pk).begin()

    with monkeypatch.context() as patch:
        patch.setattr(files, "put", while_another_begins)
        make_archive(export.pk, check=nothing)
    export.refresh_from_db()
    assert (export.state, export.attempt, export.sha256) == ("running", 2, "")
    assert stored(kept) == []


def test_an_attempt_stops_as_soon_as_nobody_waits_for_it(aurora: House) -> None:
    export = ask(aurora)
    attempt = export.begin()
    export.begin()
    with (
        progress.Progress(export, attempt) as noted,
        pytest.raises(progress.Overtaken),
    ):
        noted.note(1, 9, 10)
    export.refresh_from_db()
    assert export.rows == 0


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (files.StoreFailed("ClientError: NoSuchBucket"), "store"),
        (OSError(28, "No space left on device"), "store"),
        (OperationalError("server closed the connection"), "reading"),
    ],
)
def test_what_fails_is_tried_again_and_then_said(
    aurora: House, kept: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, failure: str
) -> None:
    export = ask(aurora)

    def broken(*_: Any) -> None:
        raise error

    monkeypatch.setattr(workflow, "write_archive", broken)
    for attempt in range(1, MOST_ATTEMPTS):
        with pytest.raises(type(error)):
            make_archive(export.pk, check=nothing)
        export.refresh_from_db()
        assert (export.state, export.attempt) == ("running", attempt)
    make_archive(export.pk, check=nothing)
    export.refresh_from_db()
    assert (export.state, export.failure) == ("failed", failure)
    assert str(error) in export.diagnostics
    assert steps(export) == ["waiting → running", "running → failed"]
    assert stored(kept) == []
    assert not AuditEvent.objects.filter(action="export.finished").exists()
    # And the way is free for another.
    monkeypatch.undo()
    made(aurora)


def test_an_archive_that_was_stored_in_part_is_none(
    aurora: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = ask(aurora)
    monkeypatch.setattr(files, "size", lambda name: 10)
    with pytest.raises(files.StoreFailed, match="10 were stored"):
        make_archive(export.pk, check=nothing)
    export.refresh_from_db()
    assert export.state == "running"


def test_interrupted_too_often_it_is_given_up(aurora: House, kept: Path) -> None:
    export = ask(aurora)
    for _ in range(MOST_ATTEMPTS):
        with pytest.raises(Stopped):
            make_archive(export.pk, check=stop_after(3))
    make_archive(export.pk, check=nothing)
    export.refresh_from_db()
    assert (export.state, export.failure) == ("failed", "interrupted")


# --- A real process, killed

WORKER = """
import sys, time, uuid
import django
django.setup()
from django.core.files.base import ContentFile
from backend.common import files
from backend.exports.workflows.make_archive import make_archive

moment, export_id = sys.argv[1:]
calls = iter(range(1000))

def wait():
    print("in the middle", flush=True)
    time.sleep(60)

def check():
    if moment == "reading" and next(calls) == 6:
        wait()

def half(name, file, save=files.default_storage.save):
    save(name, ContentFile(file.read(200)))
    wait()

if moment == "storing":
    files.default_storage.save = half
make_archive(uuid.UUID(export_id), check=check)
"""


@pytest.fixture
def killed(kept: Path) -> Callable[[str, TenantExport], None]:
    """`killed(moment, export)`: a process works on it until that moment, and is killed -9."""
    environment = os.environ | {
        "DATABASE_URL": database_address(),
        "DJANGO_SETTINGS_MODULE": "backend.test_settings",
        "LOCAL_FILES": "1",
        "MEDIA_ROOT": str(kept),
        "PYTHONPATH": str(django_settings.BASE_DIR.parent),
    }

    def run(moment: str, export: TenantExport) -> None:
        command = [sys.executable, "-c", WORKER, moment, str(export.pk)]
        with subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, text=True
        ) as worker:
            assert worker.stdout
            assert worker.stdout.readline() == "in the middle\n"
            worker.send_signal(signal.SIGKILL)
            assert worker.wait(10) == -signal.SIGKILL

    return run


@pytest.mark.parametrize("moment", ["reading", "storing"])
def test_a_killed_process_leaves_nothing_that_another_trips_over(
    aurora: House, kept: Path, killed: Callable[[str, TenantExport], None], moment: str
) -> None:
    make(aurora, "Maria")
    export = ask(aurora)
    killed(moment, export)
    export.refresh_from_db()
    assert (export.state, export.attempt) == ("running", 1)
    assert len(stored(kept)) == (1 if moment == "storing" else 0)
    make_archive(export.pk, check=nothing)
    export.refresh_from_db()
    assert (export.state, export.attempt) == ("ready", 2)
    assert stored(kept) == [export.archive]
    assert [row["name"] for row in unpacked(export).rows("crm_customer")] == ["Maria"]
