from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from backend.accounts import tasks
from backend.accounts.models import Person, Session
from backend.accounts.sessions import SessionStore


def make(count: int, expires_in: timedelta) -> None:
    now = timezone.now()
    Session.objects.bulk_create(
        Session(digest=f"{expires_in}{n}", session_data="", expire_date=now + expires_in)
        for n in range(count)
    )


@pytest.mark.django_db
def test_it_deletes_what_is_over_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "BATCH", 3)
    make(7, -timedelta(seconds=1))
    make(2, timedelta(minutes=1))

    tasks.purge_sessions(timestamp=0)

    assert Session.objects.count() == 2
    assert Session.objects.live().count() == 2


@pytest.mark.django_db
def test_djangos_own_command_does_the_same() -> None:
    make(2, -timedelta(seconds=1))
    make(1, timedelta(minutes=1))

    SessionStore.clear_expired()

    assert Session.objects.count() == 1


def test_it_is_run_every_hour() -> None:
    from procrastinate.contrib.django import app

    periodic = {task.task.name: task.cron for task in app.periodic_registry.periodic_tasks.values()}
    assert periodic["accounts.purge_sessions"] == "17 * * * *"


def test_a_person_who_is_deleted_leaves_no_session(visit, anna: Person) -> None:
    visit(anna)

    anna.delete()

    assert not Session.objects.exists()
