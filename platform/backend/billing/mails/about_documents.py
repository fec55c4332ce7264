"""The mails that come with a document: invoices, credit notes, reminders."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from backend.billing.mails.letters import Letter, attached_pdf
from backend.billing.models import CreditNote, Invoice, Reminder, Seller
from backend.billing.models.invoice import State
from backend.billing.workflows.make_document import make_document
from backend.billing.written import iban, long_day, money


def invoice_letter(invoice: Invoice) -> Letter:
    document = make_document(invoice)

    def said(language: str) -> dict[str, Any]:
        return {**_invoice(invoice, language), "is_void": invoice.state == State.VOID}

    return Letter("invoice", invoice.tenant, said, attached_pdf(invoice, document))


def credit_note_letter(note: CreditNote) -> Letter:
    document = make_document(note)

    def said(language: str) -> dict[str, Any]:
        return {
            "number": note.number,
            "id": note.pk,
            "invoice": note.invoice.number,
            "total": money(note.total_minor, note.currency, language),
            "reason": note.reason,
        }

    return Letter("credit_note", note.tenant, said, attached_pdf(note, document))


def reminder_letter(reminder: Reminder) -> Letter | None:
    """None if it has been paid meanwhile."""
    invoice = reminder.invoice
    if not invoice.due_minor:
        return None
    document, seller = make_document(invoice), Seller.get()

    def said(language: str) -> dict[str, Any]:
        suspended_on = ""
        if seller.suspension_days and invoice.due_on:
            last = invoice.due_on + timedelta(days=seller.suspension_days)
            suspended_on = long_day(last, language)
        return {**_invoice(invoice, language), "suspended_on": suspended_on}

    name = f"reminder_{_tone(reminder.level, len(set(seller.reminder_days)))}"
    return Letter(name, invoice.tenant, said, attached_pdf(invoice, document))


def _tone(level: int, levels: int) -> int:
    """The first is friendly, the last one warns; however many there are between, they insist."""
    if level == 1:
        return 1
    return 3 if level >= levels else 2


def _invoice(invoice: Invoice, language: str) -> dict[str, Any]:
    return {
        "number": invoice.number,
        "id": invoice.pk,
        "total": money(invoice.total_minor, invoice.currency, language),
        "due": money(invoice.due_minor, invoice.currency, language) if invoice.due_minor else "",
        "is_part": 0 < invoice.due_minor < invoice.total_minor,
        "due_on": long_day(invoice.due_on, language) if invoice.due_on else "",
        "iban": iban(invoice.seller["iban"]),
        "account": invoice.seller["name"],
    }
