"""Keeps the house clean: rescues jobs of dead workers, and deletes what has had its time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

import structlog
from django.utils import timezone
from procrastinate import JobContext
from procrastinate.contrib.django import app

from backend.common.idempotency import LIFETIME
from backend.common.models import IdempotencyKey, RateCounter
from backend.operations.job_failures import remember

BATCH: Final = 5_000
# A job that has failed for good tells for a while why; its arguments may be somebody's data.
JOBS_KEPT: Final = timedelta(days=7)

log = structlog.get_logger(__name__)


@app.periodic(cron="* * * * *")
@app.task(name="operations.rescue_jobs", queueing_lock="operations.rescue_jobs", pass_context=True)
async def rescue_jobs(context: JobContext, timestamp: int) -> None:
    """Puts the jobs of workers that died without a word back into the queue."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs():
        await remember(job, "WorkerLost", "The worker that did it stopped without a word.")
        await manager.retry_job(job)
        log.warning("job rescued", job=job.id, task=job.task_name)


@app.periodic(cron="23 * * * *")
@app.task(name="operations.purge_jobs", queueing_lock="operations.purge_jobs", pass_context=True)
async def purge_jobs(context: JobContext, timestamp: int) -> None:
    """Deletes the records of jobs that ended long ago."""
    await context.app.job_manager.delete_old_jobs(
        nb_hours=int(JOBS_KEPT / timedelta(hours=1)),
        include_failed=True,
        include_cancelled=True,
        include_aborted=True,
    )


@app.periodic(cron="41 * * * *")
@app.task(name="operations.purge_requests", queueing_lock="operations.purge_requests")
def purge_requests(timestamp: int) -> None:
    """Deletes stored replies after their 24 hours, and counters of windows that are over."""
    now = timezone.now()
    replies = _delete(IdempotencyKey, created_at__lt=now - LIFETIME)
    counters = _delete(RateCounter, expires_at__lt=now)
    log.info("requests purged", replies=replies, counters=counters)


def _delete(model: type[IdempotencyKey | RateCounter], **over: Any) -> int:
    """In batches, each its own statement, so that locks are held only briefly."""
    deleted = 0
    while True:
        batch = model.objects.filter(**over).values("pk")[:BATCH]
        count, _ = model.objects.filter(pk__in=batch).delete()
        deleted += count
        if count < BATCH:
            return deleted
