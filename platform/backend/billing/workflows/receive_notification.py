"""What a gateway tells, acted upon once. Money that came in is never lost."""

from __future__ import annotations

from typing import Final

import structlog
from django.db import IntegrityError, transaction
from django.db.models import Sum

from backend.billing.errors import PaymentKnown
from backend.billing.gateways.base import Meaning, Notification
from backend.billing.models import Account, GatewayEvent, Payment, PaymentTarget, Refund
from backend.billing.models.money import Method
from backend.billing.models.money import State as MoneyState
from backend.billing.workflows.refund_payment import confirm_refund, fail_refund
from backend.billing.workflows.take_payment import (
    confirm_payment,
    fail_payment,
    new_reference,
)
from backend.common.actor import Actor
from backend.common.tenancy import owner_scope

# What staff should look at: something happened at the gateway that isn't in the ledger.
UNBOOKED: Final = frozenset({"unknown-payment", "unknown-refund", "other-currency"})

log = structlog.get_logger(__name__)


def receive_notification(told: Notification) -> str:
    """Acts upon it, unless it was told before, and returns what came of it: a word, on record.

    Its row comes first: of two at once the second waits there for the first one's commit, and then
    finds it. Everything is in one transaction with it, so that what failed can be told again.
    """
    with owner_scope(), transaction.atomic():
        try:
            with transaction.atomic():
                event = GatewayEvent.objects.create(
                    method=told.method, event_id=told.event_id, kind=told.kind[:64]
                )
        except IntegrityError:
            return "told-before"
        event.outcome = _act(told)
        event.save(update_fields=["outcome"])
    say = log.error if event.outcome in UNBOOKED else log.info
    say("notification", method=told.method, kind=told.kind, outcome=event.outcome)
    return event.outcome


def _act(told: Notification) -> str:
    match told.meaning:
        case Meaning.PAID | Meaning.FAILED | Meaning.WAITING:
            return _about_payment(told)
        case Meaning.REFUNDED | Meaning.REFUND_FAILED:
            return _about_refund(told)
        case Meaning.REFUNDED_IN_ALL:
            return _compare_refunds(told)
        case Meaning.OTHER:
            return "ignored"


def _about_payment(told: Notification) -> str:
    payments = Payment.objects.filter(method=told.method)
    payment = payments.filter(pk=told.payment_id).first() if told.payment_id else None
    # Whose id it carries, but not what was begun for it, is none of ours.
    if payment is None or payment.details.get("handle", "") != told.handle:
        return "unknown-payment"
    Account.lock(payment.tenant_id, payment.currency)
    payment.refresh_from_db()
    by = _actor(told)
    if told.meaning == Meaning.PAID:
        return _paid(payment, told, by)
    if payment.state != MoneyState.PENDING:
        return "settled-before"
    if told.meaning == Meaning.WAITING:
        payment.details["waiting"] = True
        payment.save(update_fields=["details", "updated_at"])
        return "waiting"
    fail_payment(payment, by=by, failure=told.failure)
    return "failed"


def _paid(payment: Payment, told: Notification, by: Actor) -> str:
    """Books what came in, which the gateway knows better than whoever announced it."""
    if told.amount_minor <= 0:
        return "ignored"
    if told.currency != payment.currency:
        return "other-currency"
    if told.amount_minor != payment.amount_minor:
        log.warning("another amount", announced=payment.amount_minor, came=told.amount_minor)
    if payment.state == MoneyState.PENDING:
        return _booked(payment, told, by)
    # It was settled otherwise, or given up; the money is there all the same.
    state = payment.get_state_display().lower()
    reason = f"Came in when {payment.reference} was {state} already."
    return _booked_anew(payment, told, by, reason=reason, outcome="booked-as-another")


def _booked(
    payment: Payment, told: Notification, by: Actor, *, reason: str = "", outcome: str = "confirmed"
) -> str:
    try:
        confirm_payment(
            payment,
            by=by,
            gateway_reference=told.reference,
            amount_minor=told.amount_minor,
            reason=reason,
        )
    except PaymentKnown:
        return "booked-before"
    return outcome


def _booked_anew(like: Payment, told: Notification, by: Actor, *, reason: str, outcome: str) -> str:
    """As a payment of its own, and so as credit: what is settled never changes."""
    known = Payment.objects.filter(method=told.method, gateway_reference=told.reference)
    if known.exists():
        return "booked-before"
    return _booked(_further_payment(like, told, by), told, by, reason=reason, outcome=outcome)


def _further_payment(like: Payment, told: Notification, by: Actor) -> Payment:
    """A payment of its own for money that belongs to one that is settled: a fact never changes."""
    payment = Payment(
        tenant_id=like.tenant_id,
        method=told.method,
        amount_minor=told.amount_minor,
        currency=like.currency,
        reference=new_reference(),
        begun_by=by.name,
    )
    payment.save(force_insert=True)
    targets = PaymentTarget.objects.for_tenant(like.tenant_id).filter(payment=like)
    PaymentTarget.objects.bulk_create(
        [
            PaymentTarget(tenant_id=like.tenant_id, payment=payment, invoice_id=invoice_id)
            for invoice_id in targets.values_list("invoice_id", flat=True)
        ]
    )
    return payment


def _about_refund(told: Notification) -> str:
    refunds = Refund.objects.filter(payment__method=told.method)
    refund = refunds.filter(pk=told.refund_id).first() if told.refund_id else None
    if refund is None or not _is_about(told, refund):
        return "unknown-refund"
    Account.lock(refund.tenant_id, refund.currency)
    refund.refresh_from_db()
    by = _actor(told)
    if told.meaning == Meaning.REFUNDED:
        if refund.state != MoneyState.PENDING:
            return "settled-before"
        confirm_refund(refund, by=by, gateway_reference=told.reference)
        return "refunded"
    if refund.state == MoneyState.CONFIRMED:
        # It couldn't be paid out in the end: the tenant has the credit again.
        reason = f"A refund of {refund.payment.reference} came back."
        return _booked_anew(refund.payment, told, by, reason=reason, outcome="came-back")
    failed = fail_refund(refund, by=by, failure=told.failure)
    return "refund-failed" if failed else "settled-before"


def _is_about(told: Notification, refund: Refund) -> bool:
    same_sum = (told.amount_minor, told.currency) == (refund.amount_minor, refund.currency)
    return same_sum and refund.gateway_reference in ("", told.reference)


def _compare_refunds(told: Notification) -> str:
    """Whether all that went back of a payment is on record here. Each refund is told by itself."""
    payments = Payment.objects.confirmed().filter(method=told.method)
    payment = payments.filter(gateway_reference=told.reference).first()
    if payment is None:
        return "unknown-payment"
    ours = Refund.objects.for_tenant(payment.tenant_id).filter(payment=payment)
    known = ours.exclude(state=MoneyState.FAILED).aggregate(sum=Sum("amount_minor", default=0))
    return "ignored" if told.amount_minor <= known["sum"] else "unknown-refund"


def _actor(told: Notification) -> Actor:
    return Actor("system", str(Method(told.method).label))
