"""Using what came in for what is due."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Sum

from backend.audit.recording import Event, record_all
from backend.billing.amounts import apportioned
from backend.billing.models import (
    Account,
    Allocation,
    CreditNote,
    Invoice,
    InvoiceTransition,
    Payment,
    Refund,
)
from backend.billing.models.money import State as MoneyState
from backend.billing.workflows.follow_payment import follow_payment
from backend.common.actor import Actor
from backend.common.transitions import change_states


def settle_accounts(accounts: Sequence[Account], *, by: Actor) -> None:
    """For each: nothing stays due while there is credit. The caller holds the accounts' locks."""
    # Read again: the database has added to the sums since they were locked.
    for account in Account.objects.filter(pk__in=[account.pk for account in accounts]):
        if account.facts.credit_minor > 0:
            settle_account(account, by=by)
    # Nothing to pay on it: it is paid.
    nothing = Invoice.objects.open().filter(
        tenant_id__in=[account.tenant_id for account in accounts], total_minor=0
    )
    mark_paid(list(nothing), by=by)


def settle_account(
    account: Account,
    *,
    by: Actor,
    first: Sequence[UUID] = (),
    payment: Payment | None = None,
    credit_note: CreditNote | None = None,
) -> None:
    """Uses the account's credit for its open invoices: those of `first`, then the oldest due.

    `payment` or `credit_note` is what has just come in; it is named for what it settles. The caller
    holds the account's lock. Needs the owner's rights.
    """
    account.refresh_from_db()
    free = free_credit(account)
    if free <= 0:
        return
    shares = shares_of(account.tenant_id, free, first)
    came_in = payment.amount_minor if payment else credit_note.total_minor if credit_note else 0
    allocations = []
    for invoice, part in shares:
        named = min(part, came_in)
        came_in -= named
        if named:
            allocations.append(
                Allocation(
                    tenant_id=account.tenant_id,
                    invoice=invoice,
                    amount_minor=named,
                    payment=payment,
                    credit_note=credit_note,
                )
            )
        if part > named:
            allocations.append(
                Allocation(tenant_id=account.tenant_id, invoice=invoice, amount_minor=part - named)
            )
    Allocation.objects.bulk_create(allocations)
    account.refresh_from_db()
    touched = [invoice for invoice, part in shares if part]
    for invoice in touched:
        invoice.refresh_from_db()
    mark_paid([invoice for invoice in touched if invoice.due_minor == 0], by=by)


def shares_of(
    tenant_id: UUID, amount_minor: int, first: Sequence[UUID] = ()
) -> list[tuple[Invoice, int]]:
    """The tenant's open invoices in the order in which a sum settles them, and each one's share."""
    found = list(Invoice.objects.for_tenant(tenant_id).open().oldest_due_first())
    found.sort(key=lambda invoice: invoice.pk not in first)
    parts = apportioned(amount_minor, [invoice.due_minor for invoice in found])
    return list(zip(found, parts, strict=True))


def free_credit(account: Account) -> int:
    """The account's credit, less what refunds that are under way will take."""
    return account.facts.credit_minor - reserved_credit(account)


def reserved_credit(account: Account) -> int:
    """What refunds that are under way will take."""
    under_way = Refund.objects.for_tenant(account.tenant_id).filter(state=MoneyState.PENDING)
    return int(under_way.aggregate(sum=Sum("amount_minor"))["sum"] or 0)


def mark_paid(invoices: Sequence[Invoice], *, by: Actor) -> None:
    """Open invoices of which nothing is due any more; what hung on them goes on."""
    change_states(
        invoices,
        "settle",
        by=by,
        record=InvoiceTransition,
        about=lambda invoice: {"tenant_id": invoice.tenant_id, "invoice": invoice},
    )
    record_all(
        (
            Event(
                "invoice.settle",
                invoice.tenant_id,
                invoice.about,
                {"total_minor": invoice.total_minor, "currency": invoice.currency},
            )
            for invoice in invoices
        ),
        by=by,
    )
    for invoice in invoices:
        follow_payment(invoice, by=by)
