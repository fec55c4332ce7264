"""Money that goes back, out of the tenant's credit."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from backend.audit.recording import record
from backend.billing import jobs
from backend.billing.errors import RefundTooLarge
from backend.billing.models import Account, Entry, Payment, Refund, Seller
from backend.billing.models.account import EntryKind
from backend.billing.models.money import State
from backend.billing.workflows.settle_account import free_credit
from backend.common.actor import Actor
from backend.common.transitions import ReasonMissing, TransitionRefused


def refundable(account: Account, payment: Payment) -> int:
    """What can go back through a payment: no more than it was, and than there is credit."""
    if payment.state != State.CONFIRMED:
        return 0
    refunds = Refund.objects.for_tenant(payment.tenant_id).filter(payment=payment)
    gone = refunds.exclude(state=State.FAILED).aggregate(sum=Sum("amount_minor"))["sum"] or 0
    return max(min(payment.amount_minor - int(gone), free_credit(account)), 0)


@transaction.atomic
def begin_refund(payment: Payment, amount_minor: int, *, by: Actor, reason: str) -> Refund:
    """A pending refund, which reserves the credit. Raises RefundTooLarge, ReasonMissing.

    An invoice that was paid is credited first: what is refunded is credit. The gateway's part
    follows after the commit, by a job: see `send_refund`. Needs the owner's rights.
    """
    if not reason.strip():
        raise ReasonMissing
    account = Account.lock(payment.tenant_id, payment.currency)
    payment.refresh_from_db()
    if payment.state != State.CONFIRMED:
        raise TransitionRefused(state=str(payment.state), verb="refund")
    left = refundable(account, payment)
    if not 0 < amount_minor <= left:
        raise RefundTooLarge(left_minor=left)
    refund = Refund(
        tenant_id=payment.tenant_id,
        payment=payment,
        amount_minor=amount_minor,
        currency=payment.currency,
        reason=reason.strip(),
        begun_by=by.name,
    )
    refund.save(force_insert=True)
    record(
        "refund.begun",
        tenant_id=payment.tenant_id,
        by=by,
        about=payment.about,
        data={
            "amount_minor": amount_minor,
            "currency": payment.currency,
            "reason": refund.reason,
        },
    )
    jobs.queue_all(jobs.SEND_REFUND, "refund_id", [refund.pk])
    return refund


@transaction.atomic
def confirm_refund(refund: Refund, *, by: Actor, gateway_reference: str = "") -> bool:
    """The money is on its way back: books it. False: that was known."""
    Account.lock(refund.tenant_id, refund.currency)
    refund.refresh_from_db()
    if refund.state == State.CONFIRMED:
        return False
    refund.gateway_reference = gateway_reference or refund.gateway_reference
    refund.change_state("confirm", by=by, also=["gateway_reference"])
    Entry.objects.create(
        tenant_id=refund.tenant_id,
        kind=EntryKind.REFUND,
        amount_minor=refund.amount_minor,
        currency=refund.currency,
        booked_on=Seller.get().today(),
        booked_at=refund.settled_at or timezone.now(),
        refund=refund,
    )
    return True


@transaction.atomic
def fail_refund(refund: Refund, *, by: Actor, failure: str) -> bool:
    """It didn't go back: the credit is free again. False: that was known."""
    Account.lock(refund.tenant_id, refund.currency)
    refund.refresh_from_db()
    if refund.state == State.FAILED:
        return False
    refund.failure = failure
    refund.change_state("fail", by=by, also=["failure"])
    return True
