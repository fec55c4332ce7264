"""The jobs of tickets by name, for those who queue them within their transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Final
from uuid import UUID

from procrastinate.contrib.django import app

from backend.common.tenancy import owner_scope

QUEUE: Final = "tickets"
# Writes to everybody on the other side of a message: `message_id`.
MAIL_MESSAGE: Final = "tickets.mail_message"
# Looks at what was put into the store: `attachment_id`.
CHECK_ATTACHMENT: Final = "tickets.check_attachment"
# Deletes what was put there once more after it was looked at: `attachment_id`.
CLEAR_UPLOAD: Final = "tickets.clear_upload"
_tells_nobody: ContextVar[bool] = ContextVar("tells_nobody", default=False)


@contextmanager
def telling_nobody() -> Iterator[None]:
    """Within, nobody is written to: demo data has a past, and nobody wants mail about it."""
    token = _tells_nobody.set(True)
    try:
        yield
    finally:
        _tells_nobody.reset(token)


def queue_mail(message_id: UUID) -> None:
    if not _tells_nobody.get():
        _queue(MAIL_MESSAGE, message_id=str(message_id))


def queue_check(attachment_id: UUID) -> None:
    _queue(CHECK_ATTACHMENT, attachment_id=str(attachment_id))


def queue_clearing(attachment_id: UUID, *, at: datetime) -> None:
    _queue(CLEAR_UPLOAD, at=at, attachment_id=str(attachment_id))


def _queue(task: str, *, at: datetime | None = None, **arguments: str) -> None:
    with owner_scope():
        app.configure_task(task, queue=QUEUE, schedule_at=at).defer(**arguments)
