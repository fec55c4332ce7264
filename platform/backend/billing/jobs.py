"""The jobs of billing by name, for those who queue them within their transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final
from uuid import UUID

from procrastinate.contrib.django import app

from backend.common.tenancy import owner_scope

QUEUE: Final = "billing"
# A run queues thousands at once: a code to sign in, which somebody waits for, goes before them.
PRIORITY: Final = -1
# Renders the PDF of an issued invoice or a credit note, and stores it.
MAKE_DOCUMENT: Final = "billing.make_document"
# Each to everybody who looks after the tenant's bills, in their language.
MAIL_INVOICE: Final = "billing.mail_invoice"
MAIL_CREDIT_NOTE: Final = "billing.mail_credit_note"
MAIL_PAYMENT: Final = "billing.mail_payment"
MAIL_PAYMENT_FAILED: Final = "billing.mail_payment_failed"
MAIL_REMINDER: Final = "billing.mail_reminder"
MAIL_SUSPENSION: Final = "billing.mail_suspension"
MAIL_REACTIVATION: Final = "billing.mail_reactivation"
# Goes to the gateway with a refund, once that is committed.
SEND_REFUND: Final = "billing.send_refund"
# What the sandbox says of a card, later.
RECEIVE_FROM_SANDBOX: Final = "billing.receive_from_sandbox"
# What members are written to.
MAILS: Final = frozenset(
    {
        MAIL_INVOICE,
        MAIL_CREDIT_NOTE,
        MAIL_PAYMENT,
        MAIL_PAYMENT_FAILED,
        MAIL_REMINDER,
        MAIL_SUSPENSION,
        MAIL_REACTIVATION,
    }
)
_tells_nobody: ContextVar[bool] = ContextVar("tells_nobody", default=False)


@contextmanager
def telling_nobody() -> Iterator[None]:
    """Within, nobody is written to: demo data has a past, and nobody wants mail about it."""
    token = _tells_nobody.set(True)
    try:
        yield
    finally:
        _tells_nobody.reset(token)


def queue_all(task: str, argument: str, ids: Iterable[UUID]) -> None:
    """One job for each id, in one statement: ``task(argument=id)``."""
    if task in MAILS and _tells_nobody.get():
        return
    jobs: list[Any] = [{argument: str(each)} for each in ids]
    if jobs:
        with owner_scope():
            app.configure_task(task, queue=QUEUE, priority=PRIORITY).batch_defer(*jobs)
