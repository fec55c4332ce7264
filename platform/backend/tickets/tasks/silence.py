"""The hourly look at tickets in which nobody writes any more."""

from __future__ import annotations

from collections import Counter

import structlog
from django.db import DatabaseError
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from backend.tickets.jobs import QUEUE
from backend.tickets.workflows.end_silence import end_silence

log = structlog.get_logger(__name__)


@app.periodic(cron="41 * * * *")
@app.task(
    name="tickets.end_silence",
    queue=QUEUE,
    queueing_lock="tickets.end_silence",
    retry=RetryStrategy(max_attempts=3, wait=60, retry_exceptions={DatabaseError}),
)
def close_silent(timestamp: int) -> None:
    """Announces and closes what is due. What one run leaves, the next one does."""
    done = Counter(each.what for each in end_silence())
    log.info("silent tickets", announced=done["announced"], closed=done["closed"])
