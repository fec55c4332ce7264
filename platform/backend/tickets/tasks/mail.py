"""The jobs of tickets' mails. Each mail is then sent by a job of its own."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from backend.tickets import jobs
from backend.tickets.models import IncomingMail
from backend.tickets.workflows.mail_message import mail_message

BATCH: Final = 5_000
INCOMING_KEPT: Final = timedelta(days=90)

log = structlog.get_logger(__name__)


@app.task(
    name=jobs.MAIL_MESSAGE,
    queue=jobs.QUEUE,
    retry=RetryStrategy(max_attempts=5, exponential_wait=5),
)
def mail(message_id: str) -> None:
    mail_message(UUID(message_id))


@app.periodic(cron="29 3 * * *")
@app.task(name="tickets.purge_mails", queue=jobs.QUEUE, queueing_lock="tickets.purge_mails")
def purge_mails(timestamp: int) -> None:
    """Forgets what became of mails long ago. In batches, so that none holds locks for long."""
    over = IncomingMail.objects.filter(received_at__lt=timezone.now() - INCOMING_KEPT)
    deleted = 0
    while True:
        count, _ = IncomingMail.objects.filter(pk__in=over.values("pk")[:BATCH]).delete()
        deleted += count
        if count < BATCH:
            break
    log.info("incoming mails purged", count=deleted)
