"""Payments: the list, and one of them from its beginning to its end."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from portal.api_client.billing import Payment
from portal.api_client.errors import Conflict
from portal.billing.addresses import pay_url
from portal.billing.forms import CardForm
from portal.billing.words import (
    PAYMENT_STATES,
    REFUND_STATES,
    Label,
    Words,
    failure_of,
    method_name,
    payment_state,
)
from portal.common.http import PortalRequest, page_with_form, see_other
from portal.ui.components.tables import Column

COLUMNS = (
    Column(_("Payment")),
    Column(_("How")),
    Column(_("Begun")),
    Column(_("State")),
    Column(_("Amount"), "number"),
)
LOOK_AGAIN_AFTER = 2


class Row(NamedTuple):
    payment: Payment
    state: Label
    method: Words


def row_of(payment: Payment) -> Row:
    return Row(payment, payment_state(payment), method_name(payment.method))


@require_safe
def listing(request: PortalRequest, slug: str) -> HttpResponse:
    state = request.GET.get("state", "")
    state = state if state in PAYMENT_STATES else ""
    page = request.platform.billing.payments(state=state, cursor=request.GET.get("cursor", ""))
    return render(
        request,
        "billing/payments.html",
        {
            "slug": slug,
            "page": page,
            "rows": [row_of(each) for each in page.results],
            "columns": COLUMNS,
            "state": state,
            "states": [(word, each.label) for word, each in PAYMENT_STATES.items()],
            "narrowed": bool(state or request.GET.get("cursor")),
        },
    )


@page_with_form
def detail(request: PortalRequest, slug: str, payment_id: UUID) -> HttpResponse:
    """The page of a payment; what it takes is the sandbox's card."""
    form = CardForm(request.POST or None)
    if form.is_valid():
        try:
            with form.relaying():
                request.platform.billing.pay_by_card(
                    payment_id, **form.values, idempotency_key=form.key
                )
                return see_other("billing:payment", slug, payment_id)
        except Conflict as conflict:
            if conflict.code != "transition-refused":
                raise
            return see_other("billing:payment", slug, payment_id, notice="payment-settled-already")
    payment = request.platform.billing.payment(payment_id)
    kind = payment.next.kind if payment.next else ""
    return render(
        request,
        "billing/payment.html",
        {
            "slug": slug,
            "payment": payment,
            "kind": kind,
            "row": row_of(payment),
            "form": form,
            "failure": failure_of(payment) if payment.state == "failed" else "",
            "refunds": [
                (each, REFUND_STATES.get(each.state) or Label(each.state))
                for each in payment.refunds
            ],
            "again_url": _again(payment, slug),
            "looks_again": payment.state == "pending" and kind not in {"transfer", "card"},
            "look_again_after": LOOK_AGAIN_AFTER,
        },
        status=form.status,
    )


def _again(payment: Payment, slug: str) -> str:
    """Where the same is paid another way: of several invoices, all that is due."""
    return pay_url(slug, payment.invoices[0].id if len(payment.invoices) == 1 else None)
