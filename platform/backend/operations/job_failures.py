"""Keeps why a job failed, in words that staff may read: without addresses, names and secrets."""

from __future__ import annotations

import re
from typing import Any, Final

import structlog
from asgiref.sync import sync_to_async
from django.db import DatabaseError
from procrastinate import App, JobContext
from procrastinate.exceptions import JobAborted
from procrastinate.jobs import Job
from procrastinate.middleware import AsyncCallNext

from backend.operations.models import LONGEST_REASON, JobFailure

HIDDEN: Final = "…"
_QUOTED: Final = re.compile(r'"([^"]*)("?)')
_IDENTIFIER: Final = re.compile(r"[a-z0-9_]{1,63}")
_TELLING: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?<!\w)'[^']*'?(?!\w)",
        r"\b[a-z][a-z0-9+.-]*://\S+",
        r"\b(?:bearer|basic)\s+\S+",
        r"\b(?:password|passwd|secret|token|key|authorization|user)\s*[=:]\s*\S+",
        r"\S*@\S*",
        r"\b\d{1,3}(?:\.\d{1,3}){3}\b",
        r"(?<![\w:])(?:[0-9a-f]{0,4}:){2,}[0-9a-f.:]*",
        # Ids, digests, keys: long words with a digit in them.
        r"(?=[\w+/=-]*\d)[\w+/=-]{20,}",
    )
)

log = structlog.get_logger(__name__)


def reason_of(error: BaseException) -> str:
    """The first line of what an exception says, with all that might be somebody's left out.

    The lines after it are for developers: PostgreSQL quotes the row there. Wrong in doubt: more is
    hidden than need be, and the worker's log has the traceback.
    """
    text = str(error).partition("\n")[0].strip()
    text = _QUOTED.sub(_if_identifier, text)
    for telling in _TELLING:
        text = telling.sub(HIDDEN, text)
    return text[:LONGEST_REASON]


def _if_identifier(quoted: re.Match[str]) -> str:
    """PostgreSQL names tables and constraints in double quotes; others may quote anything so."""
    is_one = quoted[2] and _IDENTIFIER.fullmatch(quoted[1])
    return quoted[0] if is_one else HIDDEN


async def remember(job: Job, error: str, reason: str) -> None:
    """What a failing database keeps from being remembered must not become the job's own failure."""
    assert job.id is not None
    try:
        await sync_to_async(JobFailure.remember)(job.id, error, reason)
    except DatabaseError:
        log.exception("failure not remembered", job=job.id)


async def remember_failures(call_next: AsyncCallNext, context: JobContext, worker: Any) -> Any:
    """A worker's middleware: around each attempt of every job."""
    try:
        return await call_next()
    except JobAborted:
        raise
    except Exception as error:
        await remember(context.job, type(error).__name__, reason_of(error))
        raise


def watch(app: App) -> None:
    """Called with procrastinate's app once Django is ready; workers take it from there."""
    app.worker_defaults["worker_middleware"] = [remember_failures]
