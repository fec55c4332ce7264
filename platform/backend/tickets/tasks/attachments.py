"""The jobs of attachments: looked at once they are sent, and deleted if they never are."""

from __future__ import annotations

from typing import Final
from uuid import UUID

import structlog
from django.db import DatabaseError
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from backend.common.files import StoreFailed
from backend.common.leader import AnotherRuns
from backend.tickets import jobs
from backend.tickets.workflows.check_attachment import check_attachment, clear_upload
from backend.tickets.workflows.purge_attachments import purge_attachments

# Somebody waits for the file: at once, then after one minute, two and so on, for a day and a half.
# Longer a store isn't away; then staff see it among the failed jobs.
RETRY: Final = RetryStrategy(
    max_attempts=60, linear_wait=60, retry_exceptions={StoreFailed, OSError, DatabaseError}
)

log = structlog.get_logger(__name__)


@app.task(name=jobs.CHECK_ATTACHMENT, queue=jobs.QUEUE, retry=RETRY)
def check(attachment_id: str) -> None:
    check_attachment(UUID(attachment_id))


@app.task(name=jobs.CLEAR_UPLOAD, queue=jobs.QUEUE, retry=RETRY)
def clear(attachment_id: str) -> None:
    clear_upload(UUID(attachment_id))


# What one run leaves, the next one does.
@app.periodic(cron="29 * * * *")
@app.task(
    name="tickets.purge_attachments", queue=jobs.QUEUE, queueing_lock="tickets.purge_attachments"
)
def purge(timestamp: int) -> None:
    try:
        count = purge_attachments()
    except AnotherRuns:
        log.info("attachments are purged elsewhere")
    else:
        log.info("attachments purged", count=count)
