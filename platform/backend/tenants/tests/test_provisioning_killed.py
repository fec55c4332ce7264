"""A worker is killed anywhere, and another one ends what it began: nothing twice."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from backend.accounts.tests.conftest import Mailbox
from backend.audit.models import AuditEvent
from backend.common.actor import Actor
from backend.operations.tests.test_tasks import run_worker, worker_app  # noqa: F401 - a fixture
from backend.tenants.models import ProvisioningStep, State, Step, TaxRate, Tenant, TenantTransition
from backend.tenants.provisioning.run import carry_out
from backend.tenants.provisioning.steps import STEPS
from backend.tenants.tests.conftest import history, jobs_of
from backend.tenants.workflows.set_up_tenant import begin_provisioning

pytestmark = pytest.mark.django_db(transaction=True)
ALL_DONE = dict.fromkeys([step.value for step in Step], "done")


def die(*_: Any) -> Any:
    os.kill(os.getpid(), signal.SIGKILL)


def killed(work: Callable[[], Any]) -> None:
    """Does `work` in a process of its own, which is killed in the middle of it."""
    # The child must not share the connection, nor say goodbye to the server on it.
    connection.close()
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), f"ended by itself: {status}"
    assert os.WTERMSIG(status) == signal.SIGKILL


def assert_set_up_once(tenant: Tenant, mailbox: Mailbox) -> None:
    assert Tenant.objects.get(pk=tenant.pk).state == State.ACTIVE
    assert history(tenant) == [(1, "done", "", ALL_DONE)]
    assert TaxRate.objects.filter(tenant=tenant).count() == 2
    changes = TenantTransition.objects.filter(tenant=tenant).order_by("changed_at")
    assert [change.to_state for change in changes] == ["provisioning", "active"]
    events = AuditEvent.objects.filter(tenant=tenant).order_by("id")
    assert [event.action for event in events] == ["tenant.provision", "tenant.activate"]
    assert [mail.to for mail in mailbox.read()] == [["paula@luna.test"]]


def times_of_done_steps() -> dict[str, Any]:
    steps = ProvisioningStep.objects.filter(status="done")
    return dict(steps.values_list("code", "finished_at"))


@pytest.mark.parametrize("moment", ["before", "after its work", "after its commit"])
@pytest.mark.parametrize("step", Step)
def test_killed_at_any_step(
    luna: Tenant, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch, step: Step, moment: str
) -> None:
    run = begin_provisioning(luna, by=Actor.system())
    original = STEPS[step]
    with monkeypatch.context() as patched:
        if moment == "before":
            patched.setitem(STEPS, step, die)
        elif moment == "after its work":
            patched.setitem(STEPS, step, lambda tenant: (original(tenant), die()))
        else:
            following = list(Step)[list(Step).index(step) + 1 :]
            if following:
                patched.setitem(STEPS, following[0], die)
        killed(lambda: (carry_out(run.pk), die()))

    done_before = times_of_done_steps()
    reached = list(Step).index(step) + (moment == "after its commit")
    done = [code for code, status in history(luna)[0][3].items() if status == "done"]
    assert done == list(Step)[:reached]

    carry_out(run.pk)

    # What was done was not done again.
    assert done_before.items() <= times_of_done_steps().items()
    assert_set_up_once(luna, mailbox)


def test_killed_again_and_again(
    luna: Tenant, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = begin_provisioning(luna, by=Actor.system())
    for step in Step:
        with monkeypatch.context() as patched:
            patched.setitem(STEPS, step, die)
            killed(lambda: carry_out(run.pk))
    carry_out(run.pk)
    assert_set_up_once(luna, mailbox)


def test_the_job_of_a_killed_worker_is_rescued(
    luna: Tenant,
    mailbox: Mailbox,
    monkeypatch: pytest.MonkeyPatch,
    worker_app: Any,  # noqa: F811 - the fixture
) -> None:
    begin_provisioning(luna, by=Actor.system())
    with monkeypatch.context() as patched:
        patched.setitem(STEPS, Step.ISOLATION, die)
        killed(lambda: run_worker(worker_app))
    assert jobs_of(luna).get().status == "doing"
    assert list(history(luna)[0][3].values()) == ["done", "done", "done", "running"]

    # An hour without a sign of life later, the periodic rescue puts it back; here in two rounds.
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'"
        )
        cursor.execute("DELETE FROM procrastinate_periodic_defers")
    run_worker(worker_app)
    run_worker(worker_app)

    assert not jobs_of(luna).exists()
    assert history(luna) == [(1, "done", "", ALL_DONE)]


def test_two_workers_take_turns(luna: Tenant, mailbox: Mailbox) -> None:
    """A worker that was given up for dead may still be at it when another begins."""
    run = begin_provisioning(luna, by=Actor.system())
    start = Barrier(3)

    def work() -> None:
        start.wait()
        try:
            carry_out(run.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        for done in [pool.submit(work) for _ in range(3)]:
            done.result()

    assert_set_up_once(luna, mailbox)
