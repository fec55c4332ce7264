"""The gateway's part of a refund, after its commit."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from backend.billing.gateways import GATEWAYS
from backend.billing.gateways.base import RefundAnswer, RefundState
from backend.billing.models import Account, Refund
from backend.billing.models.money import Method
from backend.billing.models.money import State as MoneyState
from backend.billing.workflows.refund_payment import confirm_refund, fail_refund
from backend.common.actor import Actor
from backend.common.tenancy import owner_scope


def send_refund(refund_id: UUID) -> None:
    """Sends a pending refund, and books what the gateway answers. Raises GatewayFailed.

    While the gateway is asked no transaction is open and nothing is locked. A second call finds
    what the first did: there, by the refund's own key, and here.
    """
    with owner_scope():
        refund = Refund.objects.select_related("payment").get(pk=refund_id)
        if refund.state == MoneyState.PENDING:
            answer = GATEWAYS[refund.payment.method].refund(refund)
            _book(refund, answer)


@transaction.atomic
def _book(refund: Refund, answer: RefundAnswer) -> None:
    by = Actor("system", str(Method(refund.payment.method).label))
    Account.lock(refund.tenant_id, refund.currency)
    refund.refresh_from_db(fields=["state", "gateway_reference"])
    # Its notification may have been quicker than the answer.
    if refund.state != MoneyState.PENDING:
        return
    match answer.state:
        case RefundState.SENT:
            confirm_refund(refund, by=by, gateway_reference=answer.reference)
        case RefundState.REFUSED:
            fail_refund(refund, by=by, failure=answer.failure)
        case RefundState.UNDER_WAY:
            refund.gateway_reference = answer.reference
            refund.save(update_fields=["gateway_reference", "updated_at"])
        case RefundState.BY_HAND:
            pass
