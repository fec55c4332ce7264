"""Which jobs are in what state, as staff see it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from backend.operations.models import JobFailure

# As procrastinate itself judges when it looks for jobs to rescue.
HEARTBEAT_LOST: Final = timedelta(seconds=30)

Jobs = QuerySet[ProcrastinateJob]


def _failed() -> Q:
    return Q(status="failed") & Q(failure__given_up_at=None)


def _stalled() -> Q:
    lost = Q(worker=None) | Q(worker__last_heartbeat__lt=timezone.now() - HEARTBEAT_LOST)
    return Q(status="doing") & lost


# By the words that staff read; the states exclude each other.
STATES: Final[dict[str, Callable[[], Q]]] = {
    "failed": _failed,
    "stalled": _stalled,
    "running": lambda: Q(status="doing") & ~_stalled(),
    "trying again": lambda: Q(status="todo", attempts__gt=0),
    "waiting": lambda: Q(status="todo", attempts=0),
    "given up": lambda: (
        Q(status="failed", failure__given_up_at__isnull=False) | Q(status="cancelled")
    ),
}


def in_state(jobs: Jobs, state: str) -> Jobs:
    return jobs.filter(STATES[state]())


def counted(*states: str) -> dict[str, int]:
    """How many jobs are in each of these states. One query."""
    found = ProcrastinateJob.objects.aggregate(
        **{f"n{number}": Count("pk", filter=STATES[state]()) for number, state in enumerate(states)}
    )
    return {state: found[f"n{number}"] for number, state in enumerate(states)}


def state_of(job: ProcrastinateJob) -> str:
    """The state of a job that was loaded with its `failure` and `worker`. No query."""
    failure: JobFailure | None = getattr(job, "failure", None)
    match job.status:
        case "failed":
            return "given up" if failure and failure.given_up_at else "failed"
        case "doing":
            worker = job.worker
            is_lost = worker is None or worker.last_heartbeat < timezone.now() - HEARTBEAT_LOST
            return "stalled" if is_lost else "running"
        case "todo":
            return "trying again" if job.attempts else "waiting"
        case "cancelled":
            return "given up"
    return job.status


def failure_of(job: ProcrastinateJob) -> JobFailure | None:
    """Its latest failure, if it has ever failed and the cause is known."""
    found: JobFailure | None = getattr(job, "failure", None)
    return found if found and found.error else None


def try_again(jobs: Jobs, *, by: Any) -> int:
    """At once; those that have failed, and those whose worker is lost. Returns how many."""
    with transaction.atomic():
        found = _locked(jobs, STATES["failed"]() | STATES["stalled"]())
        for job in found:
            app.job_manager.retry_job_by_id(
                job.pk, timezone.now(), job.priority, job.queue_name, job.lock
            )
            _note(job, by, "Tried again.")
    return len(found)


def give_up(jobs: Jobs, *, by: Any) -> int:
    """Those that have failed, and those that wait for another try. Returns how many."""
    now = timezone.now()
    with transaction.atomic():
        found = _locked(jobs, STATES["failed"]() | STATES["trying again"]())
        for job in found:
            if job.status == "todo":
                app.job_manager.cancel_job_by_id(job.pk)
            JobFailure.objects.update_or_create(job_id=job.pk, defaults={"given_up_at": now})
            _note(job, by, "Given up.")
    return len(found)


def _locked(jobs: Jobs, condition: Q) -> list[ProcrastinateJob]:
    """Held until the end of the transaction: no worker takes them meanwhile."""
    chosen = jobs.filter(condition).values("pk")
    return list(
        ProcrastinateJob.objects.filter(pk__in=chosen)
        .order_by("pk")
        .select_for_update(of=("self",))
    )


def _note(job: ProcrastinateJob, by: Any, what: str) -> None:
    """Django's own way would keep the job's arguments as its name, and they are somebody's."""
    LogEntry.objects.create(
        user=by,
        content_type=ContentType.objects.get_for_model(ProcrastinateJob),
        object_id=str(job.pk),
        object_repr=f"{job.task_name} {job.pk}",
        action_flag=CHANGE,
        change_message=what,
    )
