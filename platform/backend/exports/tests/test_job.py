"""Making an archive: one moment of one tenant, seen by others while it goes on."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
import urllib3
from django.db import InternalError, connection
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import JobAborted
from procrastinate.jobs import Job

from backend.audit.models import AuditEvent
from backend.common.tenancy import tenant_scope
from backend.conftest import House
from backend.crm.models import Customer
from backend.crm.tests.conftest import make
from backend.exports import progress
from backend.exports.models import TenantExport
from backend.exports.reading import snapshot
from backend.exports.tasks import make as task
from backend.exports.tests.conftest import ask, made, nothing, steps, stored
from backend.exports.verification import verify
from backend.exports.workflows.make_archive import make_archive
from backend.exports.workflows.write_archive import write_archive
from backend.tickets.tests.cast import a_ticket, answered

pytestmark = pytest.mark.django_db(transaction=True)


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
    # The last of the tables isn't empty: its first row is seen on its way.
    answered(a_ticket(aurora))
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
    text = ZipFile(file).read("tables/crm_customer.ndjson").decode()
    assert '"Before"' in text
    assert "Meanwhile" not in text


def test_while_it_reads_it_can_write_nothing_and_sees_no_other_tenant(
    aurora: House, bluefin: House
) -> None:
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


@pytest.mark.usefixtures("s3_store")
def test_it_lies_in_an_s3_store(aurora: House) -> None:
    export = made(aurora)
    url = aurora.app.post(f"tenant/exports/{export.pk}/link/").json()["url"]
    reply = urllib3.request("GET", url, timeout=10, retries=False)
    assert reply.status == 200
    assert reply.headers["Content-Disposition"] == f'attachment; filename="{export.file_name}"'
    assert reply.headers["Content-Type"] == "application/zip"
    assert verify(io.BytesIO(reply.data)).faults == []
    export.delete_files()
    assert urllib3.request("GET", url, timeout=10, retries=False).status == 404


# --- The job


def test_the_request_queues_one_job_and_it_carries_no_data(aurora: House) -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")
    export = ask(aurora)
    [job] = ProcrastinateJob.objects.all()
    assert (job.task_name, job.queue_name) == ("exports.make", "exports")
    assert job.args == {"export_id": str(export.pk)}


def test_a_worker_that_shuts_down_hands_the_work_on(aurora: House) -> None:
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
