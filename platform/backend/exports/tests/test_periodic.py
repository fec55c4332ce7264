"""Archives go when their time is over, and no export is left hanging."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from backend.common import files
from backend.conftest import House
from backend.exports.models import TenantExport
from backend.exports.tasks import delete_expired, notice_lost
from backend.exports.tests.conftest import ask, made, put_in_state, stored

pytestmark = pytest.mark.django_db(transaction=True)


def age(export: TenantExport, **by: float) -> None:
    TenantExport.objects.filter(pk=export.pk).update(expires_at=export.expires_at - timedelta(**by))


def test_after_seven_days_the_file_is_deleted_and_the_row_stays(
    aurora: House, bluefin: House, kept: Path
) -> None:
    old, young, theirs = made(aurora), made(aurora), made(bluefin)
    age(old, days=7)
    age(young, days=6, hours=23)
    delete_expired(timestamp=0)
    assert stored(kept) == sorted([young.archive, theirs.archive])
    assert dict(TenantExport.objects.values_list("pk", "state")) == {
        old.pk: "expired", young.pk: "ready", theirs.pk: "ready",
    }  # fmt: skip
    old.refresh_from_db()
    assert old.rows
    assert str(old.transitions.last()) == "ready → expired"


def test_a_store_that_refuses_one_is_asked_again_and_hinders_no_other(
    aurora: House, bluefin: House, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = made(aurora), made(bluefin)
    for export in (first, second):
        age(export, days=8)
    delete = files.delete

    def refuse(name: str) -> None:
        if name == first.archive:
            raise files.StoreFailed("SlowDown")
        delete(name)

    with monkeypatch.context() as patch:
        patch.setattr(files, "delete", refuse)
        delete_expired(timestamp=0)
    assert stored(kept) == [first.archive]
    assert TenantExport.objects.get(pk=first.pk).state == "ready"
    assert TenantExport.objects.get(pk=second.pk).state == "expired"
    delete_expired(timestamp=0)
    assert stored(kept) == []
    assert TenantExport.objects.get(pk=first.pk).state == "expired"


def set_jobs(status: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing'")
        if status != "doing":
            cursor.execute(
                "UPDATE procrastinate_jobs SET status = %s::procrastinate_job_status", [status]
            )


@pytest.mark.parametrize("state", ["waiting", "running"])
def test_an_export_whose_job_is_gone_is_given_up(aurora: House, kept: Path, state: str) -> None:
    export = put_in_state(ask(aurora), "waiting")
    if state == "running":
        export.begin()
        files.put(export.archive, io.BytesIO(b"half"))
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")
    notice_lost(timestamp=0)
    export.refresh_from_db()
    assert (export.state, export.failure) == ("failed", "interrupted")
    assert stored(kept) == []


def test_an_export_whose_job_failed_for_good_is_given_up(aurora: House) -> None:
    export = ask(aurora)
    set_jobs("failed")
    notice_lost(timestamp=0)
    export.refresh_from_db()
    assert export.state == "failed"


@pytest.mark.parametrize("status", ["todo", "doing"])
def test_an_export_whose_job_lives_is_left_alone(aurora: House, status: str) -> None:
    export = ask(aurora)
    if status == "doing":
        set_jobs("doing")
    notice_lost(timestamp=0)
    export.refresh_from_db()
    assert export.state == "waiting"


def test_what_is_over_is_left_alone(aurora: House, bluefin: House) -> None:
    ready, failed = made(aurora), put_in_state(ask(bluefin), "failed")
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")
    before = timezone.now()
    notice_lost(timestamp=0)
    for export, state in ((ready, "ready"), (failed, "failed")):
        export.refresh_from_db()
        assert export.state == state
        assert export.updated_at < before
