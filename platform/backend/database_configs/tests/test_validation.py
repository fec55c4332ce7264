"""Asking for a validation, and the job that carries it out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from backend.common.tenancy import owner_scope
from backend.conftest import Api, House
from backend.database_configs.models import DatabaseValidation
from backend.database_configs.probe.checks import CODES
from backend.database_configs.tests.conftest import PATH, events, make, nothing, rows, validated
from backend.database_configs.tests.servers import RealServer, Visit, door, of_version
from backend.database_configs.workflows import validate_config as workflow
from backend.database_configs.workflows.validate_config import validate_config
from backend.operations.tests.test_tasks import run_worker, worker_app  # noqa: F401 - a fixture

At = Callable[[Visit], int]
HERE = {"host": "127.0.0.1", "tls_mode": "disable"}


def ask(owner: Api, config: Any) -> Any:
    return owner.post(f"{PATH}{config.pk}/validation/")


def asked(owner: Api, config: Any) -> UUID:
    """The id of a validation that waits for its job."""
    response = ask(owner, config)
    assert response.status_code == 202, response.content
    return UUID(response.json()["last_validation"]["id"])


def run(validation_id: UUID, check: Callable[[], None] = nothing) -> None:
    with owner_scope():
        validate_config(validation_id, check=check)


def status_of(owner: Api, config: Any) -> str:
    found: str = owner.get(f"{PATH}{config.pk}/").json()["status"]
    return found


def jobs() -> list[ProcrastinateJob]:
    return list(ProcrastinateJob.objects.filter(task_name="database_configs.validate"))


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the next looks tell, instead of looking: change it as the test needs it."""
    found = [
        {"code": code, "status": "passed", "reason": "x", "detail": "X.", "figures": {}}
        for code in CODES
    ]
    monkeypatch.setattr(workflow, "look_from_outside", lambda target: iter(found))
    return found


def test_a_right_one_becomes_valid(
    aurora: House, owner: Api, server: RealServer, at_port: At
) -> None:
    config = make(aurora, port=at_port(door(server)), **HERE)

    found = validated(owner, config)

    assert found["status"] == "valid"
    last = found["last_validation"]
    assert (last["status"], last["is_current"]) == ("valid", True)
    assert last["requested_by"] == "Owner Trattoria Aurora"
    assert last["requested_at"] <= last["started_at"] < last["finished_at"]
    assert [check["code"] for check in last["checks"]] == list(CODES)
    assert last["checks"][-1] == {
        "code": "rls",
        "status": "passed",
        "reason": "filters",
        "detail": "Row-level security works: a policy hid what it should hide.",
        "figures": {},
    }


def test_a_wrong_one_becomes_invalid_and_says_why(aurora: House, owner: Api, at_port: At) -> None:
    config = make(aurora, port=at_port(of_version("14.1")), **HERE)

    found = validated(owner, config)

    assert found["status"] == "invalid"
    (failed,) = (c for c in found["last_validation"]["checks"] if c["status"] == "failed")
    assert failed["detail"] == "PostgreSQL 14.1 is too old: version 15 is needed."


def test_a_name_of_the_inner_network_is_refused_by_the_job(
    aurora: House, owner: Api, settings: Any
) -> None:
    settings.DATABASE_CONFIG_ALLOWED_NETWORKS = []
    found = validated(owner, make(aurora, host="localhost", tls_mode="disable"))

    assert found["status"] == "invalid"
    assert found["last_validation"]["checks"][0]["reason"] == "refused"
    assert found["last_validation"]["checks"][0]["figures"] == {"kind": "loopback"}


def test_it_is_put_on_record_with_the_name_of_who_asked(
    aurora: House, owner: Api, told: Any
) -> None:
    config = make(aurora)
    told[3]["status"] = "failed"
    run(asked(owner, config))
    (event,) = events(aurora)
    assert (event.action, event.by_name, event.by_kind, event.about_id, event.data) == (
        "database-config.validated",
        "Owner Trattoria Aurora",
        "person",
        config.pk,
        {"host": "db.example.com", "result": "invalid"},
    )


def test_the_job_knows_the_validation_and_nothing_else(aurora: House, owner: Api) -> None:
    config = make(aurora)
    validation_id = asked(owner, config)

    (job,) = jobs()

    assert job.args == {"validation_id": str(validation_id)}
    assert job.queue_name == "validations"
    assert job.lock == f"database_configs.validate:{config.pk}"
    assert status_of(owner, config) == "validating"


def test_what_is_refused_leaves_no_job(aurora: House, owner: Api) -> None:
    config = make(aurora)
    assert owner.post(f"{PATH}{config.pk}/validation/", {"now": True}).status_code == 400
    assert jobs() == []
    assert rows(aurora, DatabaseValidation) == []


def test_one_at_a_time(aurora: House, owner: Api, told: Any) -> None:
    config = make(aurora)
    validation_id = asked(owner, config)

    again = ask(owner, config)

    assert (again.status_code, again.json()["code"]) == (409, "validation-running")
    assert len(rows(aurora, DatabaseValidation)) == len(jobs()) == 1
    assert owner.get(f"{PATH}{config.pk}/").json()["can"] == ["update", "delete"]
    run(validation_id)
    assert ask(owner, config).status_code == 202


def test_when_its_job_is_gone_it_can_be_asked_for_again(
    aurora: House, owner: Api, told: Any
) -> None:
    config = make(aurora)
    lost = asked(owner, config)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed'")

    found = asked(owner, config)

    states = {row["id"]: row["state"] for row in rows(aurora, DatabaseValidation)}
    assert states == {lost: "abandoned", found: "waiting"}


def test_one_that_takes_too_long_is_offered_again(aurora: House, owner: Api) -> None:
    config = make(aurora)
    asked(owner, config)
    with owner_scope():
        late = timezone.now() - timedelta(minutes=3)
        DatabaseValidation.objects.update(created_at=late)
    assert owner.get(f"{PATH}{config.pk}/").json()["can"] == ["update", "delete", "validate"]


def test_checks_are_there_as_soon_as_they_are_known(
    aurora: House, owner: Api, monkeypatch: pytest.MonkeyPatch, told: Any
) -> None:
    config = make(aurora)
    seen: list[tuple[str, int]] = []

    def look(target: Any) -> Iterator[dict[str, Any]]:
        for check in told:
            last = owner.get(f"{PATH}{config.pk}/").json()["last_validation"]
            seen.append((last["status"], len(last["checks"])))
            yield check

    monkeypatch.setattr(workflow, "look_from_outside", look)
    run(asked(owner, config))

    assert seen == [("running", count) for count in range(9)]


def test_a_change_makes_it_unchecked(aurora: House, owner: Api, told: Any) -> None:
    config = make(aurora)
    run(asked(owner, config))
    assert status_of(owner, config) == "valid"

    owner.patch(f"{PATH}{config.pk}/", {"name": "Tills"}, if_match="*")
    assert status_of(owner, config) == "valid"

    found = owner.patch(f"{PATH}{config.pk}/", {"user": "chef"}, if_match="*").json()
    assert found["status"] == "unchecked"
    # What was found before is still told, as what it is.
    last = found["last_validation"]
    assert (last["status"], last["is_current"]) == ("valid", False)


def test_a_change_overtakes_a_validation(
    aurora: House, owner: Api, monkeypatch: pytest.MonkeyPatch, told: Any
) -> None:
    config = make(aurora)
    first = asked(owner, config)
    owner.patch(f"{PATH}{config.pk}/", {"user": "chef"}, if_match="*")
    second = asked(owner, config)
    looked: list[str] = []

    def look(target: Any) -> Iterator[dict[str, Any]]:
        looked.append(target.user)
        return iter(told)

    monkeypatch.setattr(workflow, "look_from_outside", look)
    run(first)
    assert looked == []
    run(second)
    assert looked == ["chef"]
    states = {row["id"]: row["state"] for row in rows(aurora, DatabaseValidation)}
    assert states == {first: "abandoned", second: "valid"}


def test_a_change_that_nobody_has_validated_yet_ends_the_old_one(
    aurora: House, owner: Api, told: Any
) -> None:
    config = make(aurora)
    first = asked(owner, config)
    owner.patch(f"{PATH}{config.pk}/", {"user": "chef"}, if_match="*")
    run(first)
    assert [row["state"] for row in rows(aurora, DatabaseValidation)] == ["abandoned"]
    assert status_of(owner, config) == "unchecked"


def test_what_is_deleted_meanwhile_is_nothing_to_do(
    aurora: House, owner: Api, monkeypatch: pytest.MonkeyPatch, told: Any
) -> None:
    config = make(aurora)
    validation_id = asked(owner, config)

    def look(target: Any) -> Iterator[dict[str, Any]]:
        yield told[0]
        assert owner.delete(f"{PATH}{config.pk}/", if_match="*").status_code == 204
        yield told[1]
        raise AssertionError("goes on")

    monkeypatch.setattr(workflow, "look_from_outside", look)
    run(validation_id)
    run(validation_id)

    assert rows(aurora, DatabaseValidation) == []
    assert [event.action for event in events(aurora)] == ["database-config.deleted"]


class Killed(BaseException):
    """What no code can catch by accident."""


def test_killed_at_any_point_and_run_again_it_ends_the_same(
    aurora: House, owner: Api, told: Any
) -> None:
    config = make(aurora)
    for point in range(2):
        validation_id = asked(owner, config)
        left = iter(range(point * 5))

        def check(left: Iterator[int] = left) -> None:
            if next(left, None) is None:
                raise Killed

        with pytest.raises(Killed):
            run(validation_id, check)
        run(validation_id)
        with owner_scope():
            found = DatabaseValidation.objects.get(pk=validation_id)
        assert (found.state, found.attempt, len(found.checks)) == ("valid", 2, 9)
    assert [event.action for event in events(aurora)] == ["database-config.validated"] * 2


def test_one_that_is_killed_again_and_again_is_given_up(
    aurora: House, owner: Api, told: Any
) -> None:
    config = make(aurora)
    validation_id = asked(owner, config)

    def check() -> None:
        raise Killed

    for _ in range(3):
        with pytest.raises(Killed):
            run(validation_id, check)
    run(validation_id, check)

    assert [row["state"] for row in rows(aurora, DatabaseValidation)] == ["abandoned"]
    assert status_of(owner, config) == "unchecked"


def test_a_worker_that_was_believed_dead_writes_nothing_more(
    aurora: House, owner: Api, monkeypatch: pytest.MonkeyPatch, told: Any
) -> None:
    config = make(aurora)
    validation_id = asked(owner, config)
    failed = told[0] | {"status": "failed"}

    def look(target: Any) -> Iterator[dict[str, Any]]:
        yield told[0]
        monkeypatch.setattr(workflow, "look_from_outside", lambda target: iter(told))
        run(validation_id)
        yield failed

    monkeypatch.setattr(workflow, "look_from_outside", look)
    run(validation_id)

    assert status_of(owner, config) == "valid"
    assert [event.data["result"] for event in events(aurora)] == ["valid"]


def test_a_secret_that_no_key_opens_is_said(aurora: House, owner: Api, settings: Any) -> None:
    config = make(aurora)
    settings.FIELD_ENCRYPTION_KEYS = ["A" * 43 + "="]

    found = validated(owner, config)

    (failed,) = (c for c in found["last_validation"]["checks"] if c["status"] == "failed")
    assert (failed["code"], failed["reason"]) == ("authentication", "secret-lost")


def test_history_is_told_page_by_page(aurora: House, owner: Api, told: Any) -> None:
    config, another = make(aurora), make(aurora, "Another")
    run(asked(owner, another))
    ids = []
    for _ in range(3):
        ids.append(str(asked(owner, config)))
        run(UUID(ids[-1]))
    path = f"{PATH}{config.pk}/validations/"

    first = owner.get(f"{path}?limit=2").json()
    second = owner.get(f"{path}?limit=2&cursor={first['next_cursor']}").json()

    assert [row["id"] for row in first["results"] + second["results"]] == ids[::-1]
    assert second["next_cursor"] is None
    assert {row["is_current"] for row in first["results"]} == {True}


@pytest.mark.usefixtures("transactional_db")
def test_the_worker_does_it(
    aurora: House,
    owner: Api,
    server: RealServer,
    at_port: At,
    worker_app: Any,  # noqa: F811
) -> None:
    config = make(aurora, port=at_port(door(server)), **HERE)
    ask(owner, config)

    run_worker(worker_app, queues=["validations"])

    assert status_of(owner, config) == "valid"
    assert jobs() == []
