"""What the periodic jobs delete, what they leave, and whom they rescue."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.core.mail import EmailMessage
from django.db import connection, connections
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from backend.common.mail import send_mail_later
from backend.common.models import IdempotencyKey, RateCounter
from backend.operations.tasks import purge_jobs, purge_requests


def key(name: str, hours_old: float) -> None:
    IdempotencyKey.objects.create(
        id=name, request_digest="", created_at=timezone.now() - timedelta(hours=hours_old)
    )


@pytest.mark.django_db
def test_replies_are_kept_for_a_day() -> None:
    key("old", 24.1)
    key("young", 23.9)
    purge_requests(timestamp=0)
    assert [row.id for row in IdempotencyKey.objects.all()] == ["young"]


@pytest.mark.django_db
def test_counters_are_kept_for_their_window() -> None:
    for bucket, seconds in (("over", -1), ("running", 60)):
        RateCounter.objects.create(
            bucket=bucket,
            window_start=0,
            count=1,
            expires_at=timezone.now() + timedelta(seconds=seconds),
        )
    purge_requests(timestamp=0)
    assert [row.bucket for row in RateCounter.objects.all()] == ["running"]


@pytest.fixture
def worker_app(transactional_db: None) -> Any:
    """procrastinate's app with the connector that its worker uses, and nothing to do yet: Django
    doesn't flush the tables of models that it doesn't manage."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")
    return app.with_connector(app.connector.get_worker_connector())


def run_worker(worker_app: Any, queues: list[str] | None = None) -> None:
    async def once() -> None:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(max_workers=1))
        async with worker_app.open_async():
            await worker_app.run_worker_async(
                queues=queues, wait=False, install_signal_handlers=False, delete_jobs="successful"
            )
        # The thread that defers and the one that runs jobs each have a connection of their own.
        for thread_sensitive in (True, False):
            await sync_to_async(connections.close_all, thread_sensitive=thread_sensitive)()

    asyncio.run(once())


def test_the_job_of_a_dead_worker_is_done_by_another(
    worker_app: Any, mailoutbox: list[EmailMessage]
) -> None:
    send_mail_later(EmailMessage("Code", "123456", "a@b.test", ["c@d.test"]))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour') "
            "RETURNING id"
        )
        (worker,) = cursor.fetchone()
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s", [worker])
    # The worker itself queues the periodic rescue, to be done by the next.
    run_worker(worker_app, queues=["mail"])
    assert mailoutbox == []
    run_worker(worker_app)
    run_worker(worker_app)
    assert [message.subject for message in mailoutbox] == ["Code"]
    assert not ProcrastinateJob.objects.filter(queue_name="mail").exists()


def test_jobs_that_ended_long_ago_are_forgotten(worker_app: Any) -> None:
    for _ in range(2):
        send_mail_later(EmailMessage("Code", "123456", "a@b.test", ["c@d.test"]))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing'")
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed'")
        cursor.execute(
            "UPDATE procrastinate_events SET at = now() - interval '8 days' "
            "WHERE job_id = (SELECT min(id) FROM procrastinate_jobs)"
        )
    purge_jobs.configure(queueing_lock="once").defer(timestamp=0)
    run_worker(worker_app, queues=["default"])
    assert [job.status for job in ProcrastinateJob.objects.filter(queue_name="mail")] == ["failed"]
