"""A set-up that fails says why, tells those who must know, and is begun again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection

from backend.accounts.tests.conftest import Mailbox
from backend.audit.models import AuditEvent
from backend.conftest import Api
from backend.tenants.models import (
    ProvisioningRun,
    ProvisioningStep,
    Step,
    TaxRate,
    Tenant,
)
from backend.tenants.provisioning.failures import FAILURES, StepFailed
from backend.tenants.provisioning.steps import STEPS
from backend.tenants.tests.conftest import history, jobs_of, set_status, work

PATH = "tenant/provisioning/"
ALL_DONE = dict.fromkeys([step.value for step in Step], "done")


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """`failing(step, error)`: from now on the step ends so; `failing(step)`: no longer."""
    original = dict(STEPS)

    def fail(step: Step, error: Exception | None = None) -> None:
        def work_or_fail(tenant: Tenant) -> str:
            if error:
                raise error
            return original[step](tenant)

        monkeypatch.setitem(STEPS, step, work_or_fail)

    return fail


@pytest.mark.parametrize("code", [code for code in FAILURES if code != "interrupted"])
def test_a_failure_says_what_stands_in_the_way(
    luna: Tenant, owner: Api, failing: Callable[..., None], mailbox: Mailbox, code: Any
) -> None:
    failing(Step.SCHEMA, StepFailed(code, "secret diagnostics"))
    owner.post(PATH)
    work(luna)

    steps = {"defaults": "done", "connectivity": "done", "schema": "failed"}
    assert history(luna) == [(1, "failed", code, steps)]
    response = owner.get(PATH)
    shown = response.json()
    assert (shown["state"], shown["status"]) == ("provisioning", "failed")
    assert shown["blocked_by"] == {"code": code, "detail": FAILURES[code].sentence}
    assert shown["next_actor"] == ("you" if FAILURES[code].retry_helps else "support")
    assert owner.get("tenant/").json()["next_actor"] == shown["next_actor"]
    assert shown["can"] == ["retry"]
    assert owner.get("tenant/").json()["can"] == ["provision"]
    assert [step["status"] for step in shown["steps"]] == [
        "done", "done", "failed", "waiting", "waiting",
    ]  # fmt: skip
    # What staff read is theirs alone.
    assert b"secret" not in response.content
    assert ProvisioningStep.objects.get(code="schema").diagnostics == "secret diagnostics"
    event = AuditEvent.objects.latest("id")
    assert (event.action, event.by_kind) == ("tenant.provision-failed", "system")
    assert event.data == {"attempt": 1, "step": "schema", "code": code}
    (mail,) = mailbox.read()
    assert mail.subject == "Die Einrichtung von Café Luna ist stehen geblieben"
    assert mail.to == ["paula@luna.test"]
    assert "secret" not in mail.body


def test_another_attempt_after_a_failure(
    luna: Tenant, owner: Api, failing: Callable[..., None]
) -> None:
    failing(Step.SCHEMA, StepFailed("schema-incomplete", ""))
    owner.post(PATH)
    work(luna)
    failing(Step.SCHEMA)

    response = owner.post(PATH)

    assert response.status_code == 202
    shown = response.json()
    assert (shown["status"], shown["attempt"], shown["blocked_by"]) == ("waiting", 2, None)
    event = AuditEvent.objects.latest("id")
    assert (event.action, event.by_name) == ("tenant.provision", "Paula Berg")
    assert event.data == {"attempt": 2, "reason": ""}
    work(luna)
    assert [run[:3] for run in history(luna)] == [
        (1, "failed", "schema-incomplete"),
        (2, "done", ""),
    ]
    assert TaxRate.objects.count() == 2
    assert owner.get("tenant/").json()["state"] == "active"


def test_after_three_attempts_support_is_next(
    luna: Tenant, owner: Api, failing: Callable[..., None]
) -> None:
    failing(Step.DEFAULTS, StepFailed("database-unreachable", ""))
    actors = []
    for _ in range(3):
        owner.post(PATH)
        work(luna)
        actors.append(owner.get(PATH).json()["next_actor"])
    assert actors == ["you", "you", "support"]
    assert owner.get(PATH).json()["can"] == ["retry"]


@pytest.mark.parametrize("status", ["cancelled", "failed", None])
def test_an_attempt_whose_job_is_gone_has_failed(luna: Tenant, owner: Api, status: str) -> None:
    owner.post(PATH)
    (job,) = jobs_of(luna)
    if status:
        if status == "failed":
            set_status(job, "doing")
        set_status(job, status)
    else:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM procrastinate_jobs WHERE id = %s", [job.id])

    shown = owner.get(PATH).json()
    assert (shown["status"], shown["blocked_by"]["code"]) == ("failed", "interrupted")
    assert (shown["next_actor"], shown["can"]) == ("you", ["retry"])

    assert owner.post(PATH).json()["attempt"] == 2
    work(luna)
    assert [run[:3] for run in history(luna)] == [(1, "failed", "interrupted"), (2, "done", "")]


def test_a_worker_that_is_at_it_shows_as_running_and_a_rescued_job_as_waiting(
    luna: Tenant, owner: Api
) -> None:
    owner.post(PATH)
    (job,) = jobs_of(luna)
    run = ProvisioningRun.objects.get()
    set_status(job, "doing")
    assert owner.get(PATH).json()["status"] == "waiting"
    run.start()
    ProvisioningStep.objects.create(tenant=luna, run=run, code=Step.DEFAULTS)
    shown = owner.get(PATH).json()
    assert (shown["status"], shown["steps"][0]["status"]) == ("running", "running")
    # As operations.rescue_jobs leaves it behind.
    set_status(job, "todo")
    assert owner.get(PATH).json()["status"] == "waiting"
    work(luna)
    assert history(luna) == [(1, "done", "", ALL_DONE)]


def test_what_nobody_foresaw_is_recorded_and_raised(
    luna: Tenant, owner: Api, failing: Callable[..., None]
) -> None:
    failing(Step.SCHEMA, ZeroDivisionError("by zero"))
    owner.post(PATH)

    with pytest.raises(ZeroDivisionError):
        work(luna)

    assert history(luna)[0][:3] == (1, "failed", "unexpected")
    step = ProvisioningStep.objects.get(code="schema")
    assert step.diagnostics == "ZeroDivisionError: by zero"
    assert owner.get(PATH).json()["can"] == ["retry"]


@pytest.mark.django_db(transaction=True)
def test_a_database_that_does_not_answer_is_a_failure_of_the_step(
    luna: Tenant, owner: Api, failing: Callable[..., None]
) -> None:
    failing(Step.CONNECTIVITY, OperationalError("timeout"))
    owner.post(PATH)
    work(luna)
    assert history(luna)[0][:3] == (1, "failed", "database-unreachable")


def test_a_country_that_we_do_not_know_is_for_support(luna: Tenant, owner: Api) -> None:
    Tenant.objects.filter(pk=luna.pk).update(country="JP")
    owner.post(PATH)
    work(luna)
    assert history(luna) == [(1, "failed", "country-unknown", {"defaults": "failed"})]
    assert owner.get(PATH).json()["next_actor"] == "support"


def test_a_job_is_not_tried_again_without_end() -> None:
    from backend.tenants.tasks import provision

    strategy = provision.retry_strategy
    assert strategy.max_attempts == 10
    assert strategy.retry_exceptions == {OperationalError}
    assert timedelta(seconds=strategy.exponential_wait**10) < timedelta(hours=1)
