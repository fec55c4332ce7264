"""Replicas start together, before the database or after it."""

from __future__ import annotations

from collections.abc import Iterable, MutableMapping
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from structlog.testing import capture_logs

from backend.common import schema
from backend.operations import readiness
from backend.operations.management.commands import migrate_when_ready


@pytest.fixture
def migrated(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The commands that were run instead of really migrating."""
    commands: list[str] = []

    def remember(name: str, **options: Any) -> None:
        commands.append(name)

    monkeypatch.setattr(migrate_when_ready, "call_command", remember)
    return commands


def obstacles_in(lines: Iterable[MutableMapping[str, Any]]) -> list[str]:
    return [line["obstacle"] for line in lines]


def pending(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> None:
    remaining = list(answers)
    monkeypatch.setattr(schema, "pending_migrations", lambda: remaining.pop(0))


def test_waiting_says_each_obstacle_once_and_gives_up_with_the_last() -> None:
    obstacles = iter(["No route.", "No route.", "No password.", "No password."])

    def test() -> str:
        return next(obstacles, "Still no password.")

    with (
        capture_logs() as lines,
        pytest.raises(readiness.NotReady, match=r"^Still no password\. Gave up after 0 s\.$"),
    ):
        readiness.wait_until(test, seconds=0.05, pause=0.005)
    assert obstacles_in(lines) == ["No route.", "No password.", "Still no password."]


def test_waiting_ends_as_soon_as_nothing_is_in_the_way() -> None:
    obstacles = iter(["No route.", None])

    with capture_logs() as lines:
        readiness.wait_until(lambda: next(obstacles), seconds=5, pause=0)

    assert obstacles_in(lines) == ["No route."]


@pytest.mark.django_db
def test_nothing_pending_is_nothing_to_do(migrated: list[str]) -> None:
    call_command("migrate_when_ready")

    assert migrated == []


@pytest.mark.django_db(transaction=True)
def test_what_is_pending_is_applied(monkeypatch: pytest.MonkeyPatch, migrated: list[str]) -> None:
    pending(monkeypatch, ["crm.0002"], ["crm.0002"])

    call_command("migrate_when_ready")

    assert migrated == ["migrate"]


@pytest.mark.django_db(transaction=True)
def test_a_second_replica_waits_and_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, migrated: list[str]
) -> None:
    pending(monkeypatch, ["crm.0002"])
    first = connection.copy()
    first.set_autocommit(False)
    with first.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [migrate_when_ready.LOCK])
    try:
        with pytest.raises(CommandError, match=r"another replica .* Gave up"):
            call_command("migrate_when_ready", lock_timeout=0)
    finally:
        first.rollback()
        first.close()

    assert migrated == []


@pytest.mark.django_db(transaction=True)
def test_what_another_replica_applied_meanwhile_is_not_applied_again(
    monkeypatch: pytest.MonkeyPatch, migrated: list[str]
) -> None:
    pending(monkeypatch, ["crm.0002"], [])

    call_command("migrate_when_ready")

    assert migrated == []


@pytest.mark.django_db(transaction=True)
def test_the_lock_is_free_after_a_failed_migration(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(name: str, **options: Any) -> None:
        raise RuntimeError("a migration broke")

    monkeypatch.setattr(migrate_when_ready, "call_command", fail)
    pending(monkeypatch, ["crm.0002"], ["crm.0002"])

    with pytest.raises(RuntimeError, match="a migration broke"):
        call_command("migrate_when_ready")

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database "
            "WHERE locktype = 'advisory' AND datname = current_database()"
        )
        assert cursor.fetchone() == (0,)


@pytest.mark.django_db
def test_a_worker_waits_for_the_migrations(monkeypatch: pytest.MonkeyPatch) -> None:
    pending(monkeypatch, ["crm.0002"])

    with pytest.raises(CommandError, match=r"^migrations not applied yet: 1, first crm\.0002\."):
        call_command("wait_for_migrations", timeout=0)


@pytest.mark.django_db
def test_a_worker_starts_once_they_are_applied() -> None:
    call_command("wait_for_migrations", timeout=0)
