"""Jobs that fail: staff see which, when and why, and decide what becomes of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.admin.models import LogEntry
from django.core.mail import EmailMessage
from django.db import DatabaseError, connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from backend.billing.tests.cast import make_seller
from backend.common.mail import send_mail, send_mail_later
from backend.operations import job_failures, jobs
from backend.operations.models import JobFailure

LIST = "/admin/procrastinate/procrastinatejob/"
Staff = Callable[..., Client]


@pytest.fixture
def queue(transactional_db: None) -> Iterator[Any]:
    """procrastinate's app with the connector of a real worker, and no jobs before and after."""
    empty_queue()
    yield app.with_connector(app.connector.get_worker_connector())
    empty_queue()


def empty_queue() -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")


def due_now() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = now()")


def work(queue: Any, *queues: str) -> None:
    """A worker does what there is to do, and ends."""

    async def once() -> None:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(max_workers=1))
        async with queue.open_async():
            await queue.run_worker_async(
                queues=list(queues) or ["mail"], wait=False, install_signal_handlers=False,
                delete_jobs="successful",
            )  # fmt: skip
        # The thread that defers and the ones that work each have a connection of their own.
        for thread_sensitive in (True, False):
            await sync_to_async(connections.close_all, thread_sensitive=thread_sensitive)()

    asyncio.run(once())


def refuse(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def send(self: EmailMessage) -> int:
        raise error

    monkeypatch.setattr(EmailMessage, "send", send)


def queue_mail() -> ProcrastinateJob:
    send_mail_later(EmailMessage("Code", "123456", "a@b.test", ["c@d.test"]))
    return ProcrastinateJob.objects.latest("id")


def test_a_worker_remembers_why_a_job_failed(
    queue: Any, monkeypatch: pytest.MonkeyPatch, staff: Staff
) -> None:
    refuse(monkeypatch, ConnectionRefusedError("no connection for anna@aurora.test"))
    job = queue_mail()

    work(queue)

    failure = JobFailure.objects.get()
    assert (failure.job_id, failure.error, failure.reason) == (
        job.pk, "ConnectionRefusedError", "no connection for …",
    )  # fmt: skip
    job.refresh_from_db()
    assert (job.status, job.attempts) == ("todo", 1)
    page = staff().get(f"{LIST}?state=trying+again").content.decode()
    assert "ConnectionRefusedError: no connection for …" in page
    assert "anna@" not in page


def test_each_attempt_replaces_what_was_known(queue: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(send_mail, "retry_strategy", RetryStrategy(max_attempts=1, wait=60))
    refuse(monkeypatch, TimeoutError("too slow"))
    job = queue_mail()
    work(queue)
    assert JobFailure.objects.get().error == "TimeoutError"
    refuse(monkeypatch, ValueError("too fast"))
    due_now()

    work(queue)

    job.refresh_from_db()
    assert (job.status, job.attempts) == ("failed", 2)
    assert str(JobFailure.objects.get()) == "ValueError: too fast"


def test_what_succeeds_in_the_end_leaves_nothing(
    queue: Any, monkeypatch: pytest.MonkeyPatch, mailoutbox: list[EmailMessage]
) -> None:
    monkeypatch.setattr(send_mail, "retry_strategy", RetryStrategy(max_attempts=1, wait=60))
    with monkeypatch.context() as first:
        refuse(first, TimeoutError("too slow"))
        queue_mail()
        work(queue)
    assert JobFailure.objects.exists()
    due_now()

    work(queue)

    assert [message.subject for message in mailoutbox] == ["Code"]
    assert not JobFailure.objects.exists()


def test_a_failure_that_cant_be_kept_changes_nothing_for_the_job(
    queue: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*arguments: Any) -> None:
        raise DatabaseError("gone")

    refuse(monkeypatch, TimeoutError("too slow"))
    monkeypatch.setattr(JobFailure, "remember", down)
    job = queue_mail()

    work(queue)

    job.refresh_from_db()
    assert (job.status, job.attempts) == ("todo", 1)


def in_status(status: str, **columns: Any) -> ProcrastinateJob:
    send_mail.defer(message="somebody’s")
    job = ProcrastinateJob.objects.latest("id")
    names = ", ".join(f"{name} = %s" for name in columns)
    with connection.cursor() as cursor:
        # As their trigger has it, a job fails only while it is done.
        for step in dict.fromkeys(["doing", status]):
            cursor.execute(
                "UPDATE procrastinate_jobs SET status = %s WHERE id = %s", [step, job.pk]
            )
        if columns:
            cursor.execute(
                f"UPDATE procrastinate_jobs SET {names} WHERE id = %s",
                [*columns.values(), job.pk],
            )
    job.refresh_from_db()
    return job


def worker_seen(seconds_ago: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (%s) RETURNING id",
            [timezone.now() - timedelta(seconds=seconds_ago)],
        )
        return int(cursor.fetchone()[0])


@pytest.fixture
def zoo(db: None) -> dict[str, ProcrastinateJob]:
    """A job in each state."""
    found = {
        "failed": in_status("failed", attempts=5),
        "stalled": in_status("doing", worker_id=worker_seen(40)),
        "running": in_status("doing", worker_id=worker_seen(5)),
        "trying again": in_status("todo", attempts=1),
        "waiting": in_status("todo"),
        "given up": in_status("failed", attempts=5),
    }
    for state in ("failed", "trying again", "given up"):
        JobFailure.remember(found[state].pk, "TimeoutError", "too slow")
    JobFailure.objects.filter(pk=found["given up"].pk).update(given_up_at=timezone.now())
    return found


def test_each_state_has_its_own_list(zoo: dict[str, ProcrastinateJob], staff: Staff) -> None:
    browser = staff()

    for state, job in zoo.items():
        shown = browser.get(LIST, {"state": state}).context["cl"].result_list
        assert [each.pk for each in shown] == [job.pk], state
        assert [jobs.state_of(each) for each in shown] == [state]
    assert jobs.counted(*jobs.STATES) == dict.fromkeys(jobs.STATES, 1)


def test_a_job_without_a_worker_is_stalled(db: None) -> None:
    job = in_status("doing")

    assert jobs.state_of(job) == "stalled"
    assert jobs.counted("stalled", "running") == {"stalled": 1, "running": 0}


def test_the_start_page_tells_what_has_failed(
    zoo: dict[str, ProcrastinateJob], staff: Staff
) -> None:
    make_seller()  # without one that would need attention too
    page = staff().get("/admin/")

    (figure,) = [each for each in page.context["figures"] if each.title == "Failed jobs"]
    assert (figure.value, figure.notes) == ("1", ("1 stalled", "1 trying again", "1 waiting"))
    assert figure.address == f"{LIST}?state=failed"
    assert [(each.text, each.address) for each in page.context["attention"]] == [
        ("A job has failed", f"{LIST}?state=failed"),
        ("A job’s worker is lost", f"{LIST}?state=stalled"),
    ]


def test_the_list_costs_the_same_whatever_its_length(db: None, staff: Staff) -> None:
    browser = staff()
    JobFailure.remember(in_status("failed").pk, "TimeoutError", "")
    with CaptureQueriesContext(connection) as few:
        browser.get(LIST)
    for _ in range(4):
        JobFailure.remember(in_status("failed", worker_id=worker_seen(9)).pk, "TimeoutError", "")

    with CaptureQueriesContext(connection) as many:
        browser.get(LIST)

    assert len(many) == len(few) == 6


def test_arguments_are_nowhere_on_the_pages(zoo: dict[str, ProcrastinateJob], staff: Staff) -> None:
    browser = staff()
    act(browser, "give_up", zoo["failed"])

    for path in (LIST, "/admin/", "/admin/admin/logentry/"):
        assert "somebody" not in browser.get(path).content.decode(), path
    assert browser.get(f"{LIST}{zoo['failed'].pk}/change/").status_code == 403


def act(browser: Client, action: str, *chosen: ProcrastinateJob) -> Any:
    selected = [str(job.pk) for job in chosen]
    return browser.post(LIST, {"action": action, "_selected_action": selected}, follow=True)


def states(zoo: dict[str, ProcrastinateJob]) -> dict[str, str]:
    found = ProcrastinateJob.objects.select_related("failure", "worker").in_bulk()
    return {name: jobs.state_of(found[job.pk]) for name, job in zoo.items()}


UNCHANGED = {state: state for state in jobs.STATES}


def test_only_what_nobody_works_on_is_tried_again(
    zoo: dict[str, ProcrastinateJob], staff: Staff
) -> None:
    page = act(staff(), "try_again", *zoo.values())

    assert states(zoo) == UNCHANGED | {"failed": "trying again", "stalled": "trying again"}
    assert [str(each) for each in page.context["messages"]] == [
        "2 jobs will be tried again.",
        "4 left alone: only jobs that have failed can be.",
    ]
    assert sorted(LogEntry.objects.values_list("object_repr", "change_message")) == sorted(
        (f"common.send_mail {zoo[state].pk}", "Tried again.") for state in ("failed", "stalled")
    )


def test_giving_up_ends_the_tries_and_the_attention(
    zoo: dict[str, ProcrastinateJob], staff: Staff
) -> None:
    make_seller()  # without one that would need attention too
    browser = staff()
    act(browser, "give_up", *zoo.values())

    assert states(zoo) == UNCHANGED | {"failed": "given up", "trying again": "given up"}
    assert JobFailure.objects.filter(given_up_at__isnull=False).count() == 3
    assert [each.text for each in browser.get("/admin/").context["attention"]] == [
        "A job’s worker is lost"
    ]
    assert LogEntry.objects.filter(change_message="Given up.").count() == 2


def test_a_job_whose_cause_is_unknown_can_be_given_up(db: None, staff: Staff) -> None:
    job = in_status("failed")

    act(staff(), "give_up", job)

    assert jobs.counted("failed", "given up") == {"failed": 0, "given up": 1}


def test_looking_at_jobs_does_not_permit_deciding(
    zoo: dict[str, ProcrastinateJob], staff: Staff
) -> None:
    browser = staff("procrastinate.view_procrastinatejob")

    for action in ("try_again", "give_up"):
        act(browser, action, *zoo.values())

    assert states(zoo) == UNCHANGED
    assert not LogEntry.objects.exists()


def test_what_was_given_up_is_tried_again_by_a_worker_and_fails_anew(
    queue: Any, monkeypatch: pytest.MonkeyPatch, staff: Staff
) -> None:
    refuse(monkeypatch, TimeoutError("too slow"))
    monkeypatch.setattr(send_mail, "retry_strategy", None)
    job = queue_mail()
    work(queue)
    act(staff(), "try_again", job)
    assert jobs.counted("failed", "trying again") == {"failed": 0, "trying again": 1}

    work(queue)

    job.refresh_from_db()
    assert (job.status, job.attempts) == ("failed", 3)
    assert jobs.counted("failed")["failed"] == 1


def test_a_deleted_job_takes_its_failure_along(db: None) -> None:
    job = in_status("failed")
    JobFailure.remember(job.pk, "TimeoutError", "too slow")

    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE id = %s", [job.pk])

    assert not JobFailure.objects.exists()


def test_a_rescue_says_that_the_worker_was_lost(queue: Any) -> None:
    job = in_status("doing", worker_id=worker_seen(3600))

    work(queue, "default")
    work(queue, "default")

    failure = JobFailure.objects.get()
    assert (failure.job_id, failure.error) == (job.pk, "WorkerLost")
    assert jobs.state_of(ProcrastinateJob.objects.get(pk=job.pk)) == "trying again"


@pytest.mark.django_db
def test_an_abortion_is_no_failure() -> None:
    async def aborted() -> None:
        raise job_failures.JobAborted

    with pytest.raises(job_failures.JobAborted):
        asyncio.run(job_failures.remember_failures(aborted, None, None))  # type: ignore[arg-type]
    assert not JobFailure.objects.exists()
