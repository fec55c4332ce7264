"""Making an archive: seen while it goes on, begun anew after any interruption, failing in words."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import OperationalError, connection
from procrastinate.contrib.django.models import ProcrastinateJob

from backend.audit.models import AuditEvent
from backend.common import files
from backend.common.tenancy import owner_scope, tenant_scope
from backend.conftest import House
from backend.crm.models import Customer
from backend.crm.tests.conftest import make
from backend.exports import progress
from backend.exports.models import MOST_ATTEMPTS, TenantExport, TenantExportTransition
from backend.exports.tests.conftest import ask, made, nothing, stored, unpacked
from backend.exports.verification import verify
from backend.exports.workflows import make_archive as workflow
from backend.exports.workflows.make_archive import make_archive
from backend.exports.workflows.write_archive import write_archive

pytestmark = pytest.mark.django_db(transaction=True)


class Stopped(BaseException):
    """Ends a worker in the middle, as no error does."""


def stop_after(calls: int, what: Callable[[], BaseException]) -> Callable[[], None]:
    """A check that raises at its nth call."""
    counted = iter(range(calls, -1, -1))

    def check() -> None:
        if next(counted) == 0:
            raise what()

    return check


def steps(export: TenantExport) -> list[str]:
    with owner_scope():
        return [str(each) for each in TenantExportTransition.objects.filter(export=export)]


def test_it_goes_from_waiting_to_ready_and_is_kept_for_a_week(aurora: House, kept: Path) -> None:
    export = ask(aurora)
    assert export.state == "waiting"
    make_archive(export.pk, check=nothing)
    export.refresh_from_db()
    assert steps(export) == ["waiting → running", "running → ready"]
    assert (export.expires_at - export.finished_at).days == 7
    assert export.tables_done == export.tables_total > 10
    assert stored(kept) == [export.archive]
    [event] = AuditEvent.objects.filter(action="export.finished")
    assert event.tenant_id == aurora.tenant.id
    assert event.by_kind == "system"
    assert event.data == {
        "tables": export.tables_total, "rows": export.rows, "bytes": export.bytes,
        "sha256": export.sha256,
    }  # fmt: skip


def test_progress_is_seen_by_others_while_it_goes_on(
    aurora: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "PAUSE", 0)
    export = ask(aurora)
    seen: list[tuple[int, int, int]] = []
    other = connection.copy()

    def look() -> None:
        with other.cursor() as cursor:
            cursor.execute(
                "SELECT tables_done, tables_total, rows FROM exports_tenantexport WHERE id = %s",
                [export.pk],
            )
            seen.append(cursor.fetchone())

    try:
        make_archive(export.pk, check=look)
    finally:
        other.close()
    export.refresh_from_db()
    assert seen[0] == (0, 0, 0)
    assert seen[-1][0] == export.tables_total - 2
    assert {total for _, total, _ in seen} == {0, export.tables_total}
    assert seen == sorted(seen)
    assert 0 < seen[-1][2] < export.rows


def test_progress_is_not_written_more_often_than_anybody_looks(aurora: House) -> None:
    export = ask(aurora)
    attempt = export.begin()
    with progress.Progress(export, attempt) as noted:
        noted.note(1, 9, 10)
        noted.note(2, 9, 20)
    export.refresh_from_db()
    assert (export.tables_done, export.rows) == (1, 10)


def test_it_shows_one_moment_whatever_happens_meanwhile(aurora: House) -> None:
    make(aurora, "Before")
    export = ask(aurora)

    def sell(*_: Any) -> None:
        other = connection.copy()
        try:
            with other.cursor() as cursor:
                cursor.execute(
                    "UPDATE crm_customer SET name = 'Meanwhile' WHERE tenant_id = %s",
                    [aurora.tenant.id],
                )
        finally:
            other.close()

    file = io.BytesIO()
    write_archive(export, file, sell)
    file.seek(0)
    assert Customer.objects.get(tenant=aurora.tenant).name == "Meanwhile"
    from zipfile import ZipFile

    text = ZipFile(file).read("tables/crm_customer.ndjson").decode()
    assert '"Before"' in text
    assert "Meanwhile" not in text


def test_while_it_reads_it_can_write_nothing_and_sees_no_other_tenant(
    aurora: House, bluefin: House
) -> None:
    from django.db import InternalError

    from backend.exports.reading import snapshot

    make(bluefin, "Theirs")
    with snapshot(aurora.tenant.id):
        assert list(Customer.objects.values_list("name")) == []
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user, current_setting('transaction_isolation')")
            role, isolation = cursor.fetchone()
        assert role.endswith("_tenant")
        assert isolation == "repeatable read"
        with pytest.raises(InternalError, match="read-only transaction"):
            Customer.objects.create(tenant_id=aurora.tenant.id, name="New")


def test_interrupted_it_begins_anew_and_ends_with_one_archive(aurora: House, kept: Path) -> None:
    make(aurora, "Maria")
    export = ask(aurora)
    with pytest.raises(Stopped):
        make_archive(export.pk, check=stop_after(8, Stopped))
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
            from threading import Thread

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
            make_archive(export.pk, check=stop_after(3, Stopped))
    make_archive(export.pk, check=nothing)
    export.refresh_from_db()
    assert (export.state, export.failure) == ("failed", "interrupted")


@pytest.mark.usefixtures("s3_store")
def test_it_lies_in_an_s3_store(aurora: House) -> None:
    import urllib3

    export = made(aurora)
    url = aurora.app.post(f"tenant/exports/{export.pk}/link/").json()["url"]
    reply = urllib3.request("GET", url, timeout=10, retries=False)
    assert reply.status == 200
    assert reply.headers["Content-Disposition"] == f'attachment; filename="{export.file_name}"'
    assert reply.headers["Content-Type"] == "application/zip"
    assert verify(io.BytesIO(reply.data)).faults == []
    export.delete_files()
    assert urllib3.request("GET", url, timeout=10, retries=False).status == 404


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
    database = connection.settings_dict
    address = (
        f"postgresql://{database['USER']}:{database['PASSWORD']}@{database['HOST']}:"
        f"{database['PORT']}/{database['NAME']}"
    )
    environment = os.environ | {
        "DATABASE_URL": address,
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

    if not database["HOST"] or database["HOST"].startswith("/"):
        pytest.skip("needs a database that is reached by TCP")
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


# --- The job


def test_the_request_queues_one_job_and_it_carries_no_data(aurora: House) -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")
    export = ask(aurora)
    [job] = ProcrastinateJob.objects.all()
    assert (job.task_name, job.queue_name) == ("exports.make", "exports")
    assert job.args == {"export_id": str(export.pk)}


def test_a_worker_that_shuts_down_hands_the_work_on(aurora: House) -> None:
    from procrastinate.exceptions import JobAborted
    from procrastinate.jobs import Job

    from backend.exports.tasks import make as task

    export = ask(aurora)

    class Context:
        asked = 0

        def should_abort(self) -> bool:
            self.asked += 1
            return self.asked > 5

    with pytest.raises(JobAborted) as raised:
        task.func(Context(), str(export.pk))
    job = Job(id=1, queue="exports", lock=None, queueing_lock=None, task_name=task.name, attempts=3)
    again = task.get_retry_exception(exception=raised.value, job=job)
    assert again is not None
    assert task.get_retry_exception(exception=KeyError("a bug"), job=job) is None
    with tenant_scope(aurora.tenant.id):
        assert TenantExport.objects.values_list("state").get() == ("running",)
