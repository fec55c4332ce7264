"""The job behind a validation. It carries the validation's id and nothing else."""

from __future__ import annotations

from uuid import UUID

from django.db import DatabaseError
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import JobAborted

from backend.database_configs.models.validation import MOST_ATTEMPTS, QUEUE, TASK
from backend.database_configs.workflows.validate_config import validate_config


# A validation counts its attempts itself, and is abandoned after enough of them.
@app.task(
    name=TASK,
    queue=QUEUE,
    pass_context=True,
    retry=RetryStrategy(
        max_attempts=2 * MOST_ATTEMPTS, wait=5, retry_exceptions={DatabaseError, JobAborted}
    ),
)
def validate(context: JobContext, validation_id: str) -> None:
    def check() -> None:
        if context.should_abort():
            # The worker shuts down; another begins anew.
            raise JobAborted

    validate_config(UUID(validation_id), check=check)
