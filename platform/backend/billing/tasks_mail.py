"""The jobs that write billing's mails. Each mail is then sent by a job of its own.

A job may be run twice, by a worker that died after its commit; its number says that it was done.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from backend.billing import jobs
from backend.billing.mails.about_documents import (
    credit_note_letter,
    invoice_letter,
    reminder_letter,
)
from backend.billing.mails.about_money import (
    payment_failed_letter,
    payment_letter,
    reactivation_letter,
    suspension_letter,
)
from backend.billing.mails.letters import Letter, send_letter
from backend.billing.models import CreditNote, Invoice, OverdueSuspension, Payment, Reminder

# A mail with a document makes it first, and may find the store away.
RETRY: Final = RetryStrategy(max_attempts=5, exponential_wait=5)


@app.task(name=jobs.MAIL_INVOICE, queue=jobs.QUEUE, pass_context=True, retry=RETRY)
def mail_invoice(context: JobContext, invoice_id: str) -> None:
    invoice = Invoice.objects.select_related("tenant").get(pk=UUID(invoice_id))
    _send(context, invoice_letter(invoice))


@app.task(name=jobs.MAIL_CREDIT_NOTE, queue=jobs.QUEUE, pass_context=True, retry=RETRY)
def mail_credit_note(context: JobContext, credit_note_id: str) -> None:
    notes = CreditNote.objects.select_related("tenant", "invoice")
    _send(context, credit_note_letter(notes.get(pk=UUID(credit_note_id))))


@app.task(name=jobs.MAIL_PAYMENT, queue=jobs.QUEUE, pass_context=True, retry=RETRY)
def mail_payment(context: JobContext, payment_id: str) -> None:
    payment = Payment.objects.select_related("tenant").get(pk=UUID(payment_id))
    _send(context, payment_letter(payment))


@app.task(name=jobs.MAIL_PAYMENT_FAILED, queue=jobs.QUEUE, pass_context=True, retry=RETRY)
def mail_payment_failed(context: JobContext, payment_id: str) -> None:
    payment = Payment.objects.select_related("tenant").get(pk=UUID(payment_id))
    _send(context, payment_failed_letter(payment))


@app.task(name=jobs.MAIL_REMINDER, queue=jobs.QUEUE, pass_context=True, retry=RETRY)
def mail_reminder(context: JobContext, reminder_id: str) -> None:
    reminders = Reminder.objects.select_related("invoice__tenant")
    _send(context, reminder_letter(reminders.get(pk=UUID(reminder_id))))


@app.task(name=jobs.MAIL_SUSPENSION, queue=jobs.QUEUE, pass_context=True, retry=RETRY)
def mail_suspension(context: JobContext, suspension_id: str) -> None:
    suspensions = OverdueSuspension.objects.select_related("tenant")
    _send(context, suspension_letter(suspensions.get(pk=UUID(suspension_id))))


@app.task(name=jobs.MAIL_REACTIVATION, queue=jobs.QUEUE, pass_context=True, retry=RETRY)
def mail_reactivation(context: JobContext, suspension_id: str) -> None:
    suspensions = OverdueSuspension.objects.select_related("tenant")
    _send(context, reactivation_letter(suspensions.get(pk=UUID(suspension_id))))


def _send(context: JobContext, letter: Letter | None) -> None:
    assert context.job.id is not None
    if letter:
        send_letter(letter, job=context.job.id)
