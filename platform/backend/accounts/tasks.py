"""Periodic work on accounts."""

from __future__ import annotations

import structlog
from procrastinate.contrib.django import app

from backend.accounts.models import Session

BATCH = 5_000

log = structlog.get_logger(__name__)


@app.periodic(cron="17 * * * *")
@app.task(name="accounts.purge_sessions", queueing_lock="accounts.purge_sessions")
def purge_sessions(timestamp: int) -> None:
    """Delete the sessions that are over, in batches that hold their locks only briefly."""
    deleted = 0
    while True:
        batch = Session.objects.expired().order_by("expire_date").values("id")[:BATCH]
        count, _ = Session.objects.filter(id__in=batch).delete()
        deleted += count
        if count < BATCH:
            break
    log.info("sessions purged", deleted=deleted)
