"""The job that makes documents."""

from __future__ import annotations

from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from backend.billing import jobs
from backend.billing.models import CreditNote, Invoice
from backend.billing.workflows.make_document import make_document


# 5 s to 52 min, an hour in all: a store's restart. Then staff see it among the failed jobs.
@app.task(
    name=jobs.MAKE_DOCUMENT,
    queue=jobs.QUEUE,
    retry=RetryStrategy(max_attempts=5, exponential_wait=5),
)
def make(invoice_id: str | None = None, credit_note_id: str | None = None) -> None:
    """Of the one whose id is given."""
    if credit_note_id:
        make_document(CreditNote.objects.select_related("invoice").get(pk=UUID(credit_note_id)))
    elif invoice_id:
        make_document(Invoice.objects.get(pk=UUID(invoice_id)))
