"""Makes the archives, and deletes them when their time is over."""

from __future__ import annotations

from uuid import UUID

import structlog
from django.db import DatabaseError
from django.utils import timezone
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import JobAborted

from backend.common.files import StoreFailed
from backend.common.jobs import ALIVE
from backend.common.transitions import TransitionRefused
from backend.exports.models import MOST_ATTEMPTS, QUEUE, TASK, Failure, State, TenantExport
from backend.exports.workflows.give_up import give_up
from backend.exports.workflows.make_archive import make_archive

log = structlog.get_logger(__name__)


@app.task(
    name=TASK,
    queue=QUEUE,
    pass_context=True,
    retry=RetryStrategy(
        # The export counts its attempts itself, and gives up first.
        max_attempts=2 * MOST_ATTEMPTS,
        wait=10,
        retry_exceptions={StoreFailed, OSError, DatabaseError, JobAborted},
    ),
)
def make(context: JobContext, export_id: str) -> None:
    def check() -> None:
        if context.should_abort():
            # The worker shuts down; another goes on with it.
            raise JobAborted

    make_archive(UUID(export_id), check=check)


@app.periodic(cron="* * * * *")
@app.task(name="exports.notice_lost", queueing_lock="exports.notice_lost")
def notice_lost(timestamp: int) -> None:
    """Gives up exports without a job: a bug ended it, or staff did. Nothing would ever end them."""
    for export in TenantExport.objects.unfinished().select_related("tenant"):
        jobs = ProcrastinateJob.objects.filter(
            task_name=make.name, args__export_id=str(export.pk), status__in=ALIVE
        )
        if not jobs.exists():
            give_up(export, Failure.INTERRUPTED, "Its job has ended without a result.")


@app.periodic(cron="17 * * * *")
@app.task(name="exports.delete_expired", queueing_lock="exports.delete_expired")
def delete_expired(timestamp: int) -> None:
    """Deletes archives whose time is over, for good. What the store refuses waits an hour."""
    over = TenantExport.objects.filter(state=State.READY, expires_at__lte=timezone.now())
    deleted = 0
    for export in over:
        try:
            export.delete_files()
            export.expire()
        except StoreFailed:
            log.exception("archive not deleted", export=str(export.pk))
        except TransitionRefused:
            continue
        else:
            deleted += 1
    log.info("archives deleted", count=deleted)
