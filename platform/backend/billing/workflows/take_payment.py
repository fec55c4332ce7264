"""Money that comes in: announced, confirmed, failed. Each fact once, however often it is told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import get_random_string

from backend.audit.recording import record
from backend.billing import jobs
from backend.billing.errors import NothingDue, PaymentKnown
from backend.billing.models import Account, Entry, Invoice, Payment, PaymentTarget, Seller
from backend.billing.models.account import EntryKind
from backend.billing.models.money import State
from backend.billing.workflows.settle_account import settle_account
from backend.common.actor import Actor
from backend.common.constraints import broken_by

# Without letters and digits that are read for one another.
LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
# The failure of who began to pay and left: they know, and aren't written to.
LEFT: Final = "expired"
# One payment of the gateway's, or of the bank's, is one of ours.
ONCE: Final = "billing_payment_gateway_once"


@transaction.atomic
def announce_payment(
    tenant_id: UUID,
    invoices: Sequence[Invoice],
    method: str,
    *,
    by: Actor,
    details: dict[str, Any] | None = None,
) -> Payment:
    """A pending payment of all that is due on these open invoices. Raises NothingDue.

    Needs the owner's rights.
    """
    amount = sum(invoice.due_minor for invoice in invoices)
    if amount <= 0:
        raise NothingDue
    payment = Payment(
        tenant_id=tenant_id,
        method=method,
        amount_minor=amount,
        currency=invoices[0].currency,
        reference=new_reference(),
        details=details or {},
        begun_by=by.name,
        begun_by_id=by.id,
    )
    payment.save(force_insert=True)
    _aim(payment, invoices)
    record(
        "payment.begun",
        tenant_id=tenant_id,
        by=by,
        about=payment.about,
        data={"amount_minor": amount, "currency": payment.currency, "method": method},
    )
    return payment


def _aim(payment: Payment, invoices: Sequence[Invoice]) -> None:
    PaymentTarget.objects.bulk_create(
        [
            PaymentTarget(tenant_id=payment.tenant_id, payment=payment, invoice=invoice)
            for invoice in invoices
        ]
    )


def new_reference() -> str:
    """Short enough to be typed into a bank's form: "TV-7K3Q-F2XM". 10¹² of them: none twice."""
    text = get_random_string(8, LETTERS)
    return f"TV-{text[:4]}-{text[4:]}"


@transaction.atomic
def confirm_payment(
    payment: Payment,
    *,
    by: Actor,
    gateway_reference: str,
    amount_minor: int | None = None,
    reason: str = "",
) -> bool:
    """The money is there: books it, and settles what it was meant for, then what else is due.

    `amount_minor` is what came in, where it isn't what was announced. Of two notifications the
    second changes nothing and returns False. A payment that failed before can't be confirmed any
    more: TransitionRefused. PaymentKnown: another one has this reference. Needs the owner's rights.
    """
    account = Account.lock(payment.tenant_id, payment.currency)
    payment.refresh_from_db()
    if payment.state == State.CONFIRMED and payment.gateway_reference == gateway_reference:
        return False
    payment.gateway_reference = gateway_reference
    if amount_minor is not None:
        payment.amount_minor = amount_minor
    try:
        with transaction.atomic():
            payment.change_state(
                "confirm", by=by, reason=reason, also=["gateway_reference", "amount_minor"]
            )
    except IntegrityError as error:
        if broken_by(error) != ONCE:
            raise
        raise PaymentKnown from error
    Entry.objects.create(
        tenant_id=payment.tenant_id,
        kind=EntryKind.PAYMENT,
        amount_minor=-payment.amount_minor,
        currency=payment.currency,
        booked_on=Seller.get().today(),
        booked_at=payment.settled_at or timezone.now(),
        payment=payment,
    )
    targets = PaymentTarget.objects.for_tenant(payment.tenant_id).filter(payment=payment)
    settle_account(
        account,
        by=by,
        first=list(targets.values_list("invoice_id", flat=True)),
        payment=payment,
    )
    jobs.queue_all(jobs.MAIL_PAYMENT, "payment_id", [payment.pk])
    return True


@transaction.atomic
def record_transfer(
    tenant_id: UUID,
    currency: str,
    amount_minor: int,
    gateway_reference: str,
    *,
    by: Actor,
    first: Sequence[Invoice] = (),
    reason: str = "",
) -> Payment:
    """A transfer that nobody announced; the invoices that it names are settled first.

    Raises PaymentKnown. Needs the owner's rights.
    """
    payment = Payment(
        tenant_id=tenant_id,
        method="transfer",
        amount_minor=amount_minor,
        currency=currency,
        reference=new_reference(),
        begun_by=by.name,
        begun_by_id=by.id,
    )
    payment.save(force_insert=True)
    _aim(payment, first)
    confirm_payment(payment, by=by, gateway_reference=gateway_reference, reason=reason)
    return payment


@transaction.atomic
def fail_payment(payment: Payment, *, by: Actor, failure: str, reason: str = "") -> bool:
    """The money won't come. A second notification changes nothing and returns False."""
    Account.lock(payment.tenant_id, payment.currency)
    payment.refresh_from_db()
    if payment.state == State.FAILED:
        return False
    payment.failure = failure
    payment.change_state("fail", by=by, reason=reason, also=["failure"])
    jobs.queue_all(jobs.MAIL_PAYMENT_FAILED, "payment_id", [payment.pk])
    return True
