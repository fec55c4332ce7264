"""The periodic jobs of billing: the run, hour by hour, and the nightly replay."""

from __future__ import annotations

from dataclasses import asdict
from typing import Final

import structlog
from django.db import DatabaseError
from django.utils import timezone
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import JobAborted

from backend.billing.errors import SellerMissing
from backend.billing.jobs import QUEUE
from backend.billing.models import Seller
from backend.billing.replay.replay import replay, snapshot
from backend.billing.runs.steps import BY_DAY, STEPS, incomplete, run
from backend.billing.runs.when import When
from backend.common.leader import AnotherRuns

# People are reminded and suspended from this hour on, where the seller is: somebody is there.
MORNING: Final = 8
# So many differences are logged one by one; the command prints all.
TOLD: Final = 100

log = structlog.get_logger(__name__)


class RunIncomplete(Exception):
    """The run went through, but not for some tenants. Staff see it among the failed jobs."""


class BooksDiffer(Exception):
    """What is stored doesn't follow from the facts. Staff see it among the failed jobs."""


# A day ends somewhere in each hour. Late enough that its end is over by every clock.
@app.periodic(cron="4 * * * *")
@app.task(
    name="billing.run",
    queue=QUEUE,
    queueing_lock="billing.run",
    pass_context=True,
    retry=RetryStrategy(max_attempts=3, wait=60, retry_exceptions={DatabaseError, JobAborted}),
)
def run_billing(context: JobContext, timestamp: int) -> None:
    """All steps for whoever's day it is. What one run leaves, the next one does."""

    def check() -> None:
        if context.should_abort():
            # The worker shuts down; another goes on with it.
            raise JobAborted

    when = When(timezone.now())
    failed = []
    try:
        hour = when.hour_of(Seller.get())
        steps = [name for name in STEPS if hour >= MORNING or name not in BY_DAY]
        done = dict.fromkeys(steps, 0)
        for name, outcome in run(steps, when, check=check):
            done[name] += bool(outcome.told)
            if outcome.failure:
                failed.append(outcome.tenant)
    except AnotherRuns:
        log.info("billing runs elsewhere")
        return
    except SellerMissing:
        log.info("billing waits for a seller")
        return
    log.info("billing run", failed=len(failed), done=done)
    if failed:
        raise RunIncomplete(incomplete(failed))


@app.periodic(cron="37 2 * * *")
@app.task(name="billing.replay", queue=QUEUE, queueing_lock="billing.replay")
def replay_books(timestamp: int) -> None:
    """Each difference is an error in the log, for whoever is alerted by those."""
    count = 0
    with snapshot():
        for difference in replay():
            count += 1
            if count <= TOLD:
                log.error("billing differs from its facts", **asdict(difference))
    if count:
        raise BooksDiffer(f"{count} amounts differ from their facts: the log names them.")
    log.info("billing follows from its facts")
