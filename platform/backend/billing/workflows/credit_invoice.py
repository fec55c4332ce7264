"""Crediting an issued invoice, in part or as a whole; making one void."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from backend.audit.recording import record
from backend.billing import jobs
from backend.billing.amounts import LineAmounts, credited, left_over, totals
from backend.billing.errors import CreditTooLarge, InvoicePaid
from backend.billing.models import (
    Account,
    Allocation,
    CreditNote,
    CreditNoteLine,
    Entry,
    Invoice,
    InvoiceLine,
    NumberSeries,
    Seller,
)
from backend.billing.models.account import EntryKind
from backend.billing.models.invoice import State
from backend.billing.models.numbers import Kind
from backend.billing.workflows.follow_payment import follow_payment
from backend.billing.workflows.settle_account import settle_account
from backend.common.actor import Actor
from backend.common.transitions import ReasonMissing, TransitionRefused


@dataclass(frozen=True, slots=True)
class Creditable:
    """A line, and how much of its net amount is left to credit. Both are negative together."""

    line: InvoiceLine
    before_minor: int

    @property
    def left_minor(self) -> int:
        return self.line.net_minor - self.before_minor

    def credit(self, net_minor: int) -> LineAmounts:
        """Raises CreditTooLarge."""
        low, high = sorted((0, self.left_minor))
        if not low <= net_minor <= high:
            raise CreditTooLarge(left_minor=self.left_minor, position=self.line.position)
        return credited(net_minor, self.before_minor, self.line.tax_percent)


def creditable(invoice: Invoice) -> list[Creditable]:
    """The invoice's lines with what is left of each, by position."""
    notes = CreditNoteLine.objects.for_tenant(invoice.tenant_id)
    before = dict(
        notes.filter(invoice_line__invoice=invoice)
        .order_by()
        .values_list("invoice_line_id")
        .annotate(Sum("net_minor"))
    )
    lines = InvoiceLine.objects.for_tenant(invoice.tenant_id).filter(invoice=invoice)
    return [Creditable(line, int(before.get(line.pk, 0))) for line in lines.order_by("position")]


@transaction.atomic
def credit_invoice(
    invoice: Invoice,
    *,
    by: Actor,
    reason: str,
    net_minor: Mapping[UUID, int] | None = None,
) -> CreditNote:
    """Issues a credit note: of all that is left, or of a net amount of each line by its id.

    It settles what is still due of the invoice; the rest is the tenant's credit. Raises
    CreditTooLarge, ReasonMissing, TransitionRefused. Needs the owner's rights.
    """
    account = Account.lock(invoice.tenant_id, invoice.currency)
    invoice.refresh_from_db()
    note = _issue(invoice, by=by, reason=reason, net_minor=net_minor)
    settle_account(account, by=by, first=[invoice.pk], credit_note=note)
    return note


@transaction.atomic
def void_invoice(invoice: Invoice, *, by: Actor, reason: str) -> CreditNote:
    """Credits the whole of an invoice that nothing was paid for, and makes it void.

    Raises InvoicePaid, ReasonMissing, TransitionRefused. Needs the owner's rights.
    """
    account = Account.lock(invoice.tenant_id, invoice.currency)
    invoice.refresh_from_db()
    if invoice.allocated_minor:
        raise InvoicePaid
    note = _issue(invoice, by=by, reason=reason, net_minor=None)
    # All of it at once, before any other invoice could get it.
    Allocation.objects.create(
        tenant_id=invoice.tenant_id,
        invoice=invoice,
        amount_minor=note.total_minor,
        credit_note=note,
    )
    invoice.refresh_from_db()
    invoice.change_state("void", by=by, reason=reason)
    follow_payment(invoice, by=by)
    account.refresh_from_db()
    return note


def _issue(
    invoice: Invoice, *, by: Actor, reason: str, net_minor: Mapping[UUID, int] | None
) -> CreditNote:
    reason = reason.strip()
    if not reason:
        raise ReasonMissing
    if invoice.state not in (State.OPEN, State.PAID):
        raise TransitionRefused(state=str(invoice.state), verb="credit")
    lines = creditable(invoice)
    wanted = {each.line.pk: each.left_minor for each in lines} if net_minor is None else net_minor
    parts = [
        (each, each.credit(wanted[each.line.pk])) for each in lines if wanted.get(each.line.pk)
    ]
    sums = totals((each.line.tax_percent, amounts) for each, amounts in parts)
    notes = CreditNote.objects.for_tenant(invoice.tenant_id).filter(invoice=invoice)
    left = left_over(invoice.total_minor, notes.values_list("total_minor", flat=True))
    # Where a line takes something off, the others come to more than the invoice does.
    if not 0 < sums.total_minor <= left:
        raise CreditTooLarge(left_minor=left)
    today, now = Seller.get().today(), timezone.now()
    note = CreditNote(
        tenant_id=invoice.tenant_id,
        invoice=invoice,
        reason=reason,
        issued_by=by.name,
        issued_on=today,
        issued_at=now,
        currency=invoice.currency,
        language=invoice.language,
        # Of the document that it corrects, not as they are today.
        seller=invoice.seller,
        buyer=invoice.buyer,
        tax_category=invoice.tax_category,
        net_minor=sums.net_minor,
        tax_minor=sums.tax_minor,
        total_minor=sums.total_minor,
    )
    [(note.sequence, note.number)] = NumberSeries.take(Kind.CREDIT_NOTE, today.year)
    note.save(force_insert=True)
    CreditNoteLine.objects.bulk_create(
        [
            _line(note, position, each, amounts)
            for position, (each, amounts) in enumerate(parts, start=1)
        ]
    )
    Entry.objects.create(
        tenant_id=note.tenant_id,
        kind=EntryKind.CREDIT_NOTE,
        amount_minor=-note.total_minor,
        currency=note.currency,
        booked_on=today,
        booked_at=now,
        credit_note=note,
    )
    record(
        "invoice.credited",
        tenant_id=note.tenant_id,
        by=by,
        about=invoice.about,
        data={
            "credit_note": note.number,
            "total_minor": note.total_minor,
            "currency": note.currency,
            "reason": reason,
        },
    )
    jobs.queue_all(jobs.MAKE_DOCUMENT, "credit_note_id", [note.pk])
    jobs.queue_all(jobs.MAIL_CREDIT_NOTE, "credit_note_id", [note.pk])
    return note


def _line(note: CreditNote, position: int, of: Creditable, amounts: LineAmounts) -> CreditNoteLine:
    """The whole line as it was, or a lump of it."""
    line = of.line
    whole = amounts.net_minor == line.net_minor
    return CreditNoteLine(
        tenant_id=note.tenant_id,
        credit_note=note,
        invoice_line=line,
        position=position,
        description=line.description,
        quantity=line.quantity if whole else (1 if amounts.net_minor > 0 else -1),
        unit=line.unit if whole else "C62",
        unit_price_minor=line.unit_price_minor if whole else abs(amounts.net_minor),
        tax_percent=line.tax_percent,
        net_minor=amounts.net_minor,
        tax_minor=amounts.tax_minor,
    )
