"""Paying what is due: announced here, then begun at a gateway."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from backend.billing.errors import InvoiceNotFound, MethodNotOffered, PaymentNotFound
from backend.billing.gateways import GATEWAYS
from backend.billing.gateways.sandbox import LATE_SECONDS, Card, event_of, notification_of, tell
from backend.billing.models import Account, Invoice, Payment
from backend.billing.models.money import Method
from backend.billing.models.money import State as MoneyState
from backend.billing.workflows.receive_notification import receive_notification
from backend.billing.workflows.take_payment import announce_payment
from backend.common.actor import Actor
from backend.common.caller import TenantRef
from backend.common.transitions import TransitionRefused


def begin_payment(
    tenant: TenantRef, method: str, invoice_ids: Sequence[UUID] | None, *, by: Actor
) -> Payment:
    """A pending payment of these invoices, or of all that is due.

    The gateway is asked within the caller's transaction, which holds no lock that anybody waits
    for: the account isn't touched until money comes in. What the gateway doesn't take was never
    announced; what it took and we couldn't keep expires there, since nobody knows its address.
    Raises MethodNotOffered, InvoiceNotFound, NothingDue, GatewayFailed. Needs the owner's rights.
    """
    gateway = GATEWAYS[method]
    if not gateway.is_offered():
        raise MethodNotOffered
    invoices = Invoice.objects.for_tenant(tenant.id).issued().oldest_due_first()
    if invoice_ids is not None:
        invoices = invoices.filter(pk__in=invoice_ids)
        if invoices.count() < len(set(invoice_ids)):
            raise InvoiceNotFound
    with transaction.atomic():
        payment = announce_payment(tenant.id, list(invoices.open()), method, by=by)
        payment.details = gateway.begin(payment, tenant)
        payment.save(update_fields=["details", "updated_at"])
    return payment


@transaction.atomic
def pay_by_card(tenant_id: UUID, payment_id: UUID, card: Card) -> None:
    """What the sandbox makes of a card for a payment that waits for one.

    Raises MethodNotOffered, PaymentNotFound, TransitionRefused. Needs the owner's rights.
    """
    if not GATEWAYS[Method.CARD].is_offered():
        raise MethodNotOffered
    payments = Payment.objects.for_tenant(tenant_id).filter(pk=payment_id, method=Method.CARD)
    payment = payments.first()
    if payment is None:
        raise PaymentNotFound
    # Of two at once the second finds what the first did.
    Account.lock(tenant_id, payment.currency)
    payment.refresh_from_db()
    if payment.state != MoneyState.PENDING or "card" in payment.details:
        raise TransitionRefused(state=str(payment.state), verb="pay")
    event = event_of(payment, card)
    if card in (Card.ACCEPTED, Card.DECLINED):
        receive_notification(notification_of(event))
        return
    payment.details = {"card": card}
    payment.save(update_fields=["details", "updated_at"])
    if card == Card.LATE:
        tell(event, times=1, seconds=LATE_SECONDS)
    else:
        tell(event, times=2)
