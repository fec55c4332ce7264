"""Reminders of what is overdue, level by level."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Max

from backend.audit.recording import Event, record_all
from backend.billing import jobs
from backend.billing.models import Invoice, Reminder, Seller
from backend.billing.runs.batches import BY, Outcome
from backend.billing.runs.when import When
from backend.billing.workflows.issue_invoices import lock_accounts
from backend.common.money import written
from backend.tenants.models import State, Tenant


def levels_of(seller: Seller) -> list[int]:
    """How many days after it was due each level is reached, the first level first."""
    return sorted(set(seller.reminder_days))


def tenants_to_remind(when: When) -> list[UUID]:
    """Nobody is left to read it in a business that is archived."""
    late = _late(when).exclude(tenant__state=State.ARCHIVED)
    return list(late.order_by("tenant_id").values_list("tenant_id", flat=True).distinct())


def remind(tenant_ids: Sequence[UUID], when: When) -> list[Outcome]:
    """One reminder of each invoice that has reached a level: of the highest, if some were missed.

    A lower one isn't sent after it. Mails are written by jobs.
    """
    seller = Seller.get()
    levels, today = levels_of(seller), when.today_of(seller)
    tenants = Tenant.objects.in_bulk(tenant_ids)
    lock_accounts(tenants)
    invoices = list(_late(when).filter(tenant_id__in=tenants).oldest_due_first())
    sent = _sent(invoices)
    told: dict[UUID, list[str]] = {tenant_id: [] for tenant_id in tenants}
    reminders, events = [], []
    for invoice in invoices:
        late = (today - invoice.due_on).days
        level = sum(days <= late for days in levels)
        if level <= sent.get(invoice.pk, 0):
            continue
        reminders.append(Reminder(tenant_id=invoice.tenant_id, invoice=invoice, level=level))
        due = {"due_minor": invoice.due_minor, "currency": invoice.currency}
        events.append(
            Event("invoice.reminded", invoice.tenant_id, invoice.about, {"level": level, **due})
        )
        told[invoice.tenant_id].append(
            f"Reminder {level} of invoice {invoice.number}: "
            f"{written(invoice.due_minor, invoice.currency)}, {late} days late"
        )
    Reminder.objects.bulk_create(reminders)
    record_all(events, by=BY)
    jobs.queue_all(jobs.MAIL_REMINDER, "reminder_id", [reminder.pk for reminder in reminders])
    return [Outcome(tenants[key].slug, tuple(lines)) for key, lines in told.items() if lines]


def _late(when: When) -> Any:
    """Open invoices that have reached the first level at least."""
    seller = Seller.get()
    levels = levels_of(seller)
    if not levels:
        return Invoice.objects.none()
    first = when.today_of(seller) - timedelta(days=levels[0])
    return Invoice.objects.open().filter(due_on__lte=first)


def _sent(invoices: Sequence[Invoice]) -> dict[UUID, int]:
    """The highest level that each was reminded at."""
    reminders = Reminder.objects.filter(
        tenant_id__in={invoice.tenant_id for invoice in invoices},
        invoice_id__in=[invoice.pk for invoice in invoices],
    )
    by_invoice = reminders.order_by().values_list("invoice_id").annotate(Max("level"))
    return dict(by_invoice)
