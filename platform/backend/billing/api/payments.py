"""Payments: list, read, begin; and a card for the sandbox."""

from __future__ import annotations

from typing import Any, ClassVar, Final
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from backend.billing.api import serializers
from backend.billing.api.payments_shown import FIELDS, payments_shown
from backend.billing.api.queries import read_choice
from backend.billing.errors import PaymentNotFound
from backend.billing.models import Payment
from backend.billing.models.money import State
from backend.billing.workflows.begin_payment import begin_payment, pay_by_card
from backend.common.abilities import BILLING_PAY, BILLING_READ
from backend.common.api import ApiView, KeysetPage, checked
from backend.common.api.examples import examples
from backend.common.api.lists import PAGE_PARAMETERS
from backend.common.tenancy import owner_scope

NEWEST_FIRST: Final = {"-created": ("-id",)}


class PaymentView(ApiView):
    def reply_with(self, payment_id: UUID, status: int = 200) -> Response:
        """The payment as a reply. Raises PaymentNotFound."""
        rows = list(
            Payment.objects.for_tenant(self.tenant_id).filter(pk=payment_id).values(*FIELDS)
        )
        if not rows:
            raise PaymentNotFound
        [shown] = payments_shown(self.tenant_id, rows)
        return Response(shown, status=status)


class Payments(PaymentView):
    abilities: ClassVar = {"GET": BILLING_READ, "POST": BILLING_PAY}
    problems: ClassVar = {"POST": ("502",)}

    @extend_schema(
        operation_id="payments_list",
        parameters=[OpenApiParameter("state", enum=State.values), *PAGE_PARAMETERS],
        responses=serializers.PaymentPageShape,
        examples=examples("payments-list"),
    )
    def get(self, request: Request) -> Response:
        """Payments, the newest first."""
        page = KeysetPage(request, orders=NEWEST_FIRST, default="-created")
        payments: Any = Payment.objects.for_tenant(self.tenant_id)
        if state := read_choice(request, "state", State.values):
            payments = payments.filter(state=state)
        rows = page.slice(payments.values(*FIELDS))
        reply = page.envelope(rows)
        return Response(reply | {"results": payments_shown(self.tenant_id, rows)})

    @extend_schema(
        operation_id="payments_create",
        request=serializers.PaymentInput,
        responses={201: serializers.PaymentShape},
        examples=examples(
            "payment-create",
            "payment-create-card",
            "payment-create-stripe",
            "payment-create-nothing-due",
            "payment-create-not-offered",
            "payment-create-unreachable",
        ),
    )
    def post(self, request: Request) -> Response:
        """Begin to pay these invoices, or all that is due. `next` says how it goes on."""
        given = checked(serializers.PaymentInput(data=request.data))
        with owner_scope():
            payment = begin_payment(
                self.tenant, given["method"], given.get("invoices"), by=self.actor
            )
        return self.reply_with(payment.pk, status=201)


class PaymentDetail(PaymentView):
    abilities: ClassVar = {"GET": BILLING_READ}

    @extend_schema(
        operation_id="payments_retrieve",
        responses=serializers.PaymentShape,
        examples=examples("payment-retrieve", "payment-retrieve-waiting", "payment-not-found"),
    )
    def get(self, request: Request, payment_id: UUID) -> Response:
        """One payment: how far it is, and what it settled."""
        return self.reply_with(payment_id)


class PaymentCard(PaymentView):
    abilities: ClassVar = {"POST": BILLING_PAY}

    @extend_schema(
        operation_id="payments_card_create",
        request=serializers.CardInput,
        responses=serializers.PaymentShape,
        examples=examples(
            "payment-card",
            "payment-card-declined",
            "payment-card-late",
            "payment-card-invalid",
            "payment-card-settled",
        ),
    )
    def post(self, request: Request, payment_id: UUID) -> Response:
        """Pay with a card of the sandbox, where it is on. It pays with nothing.

        4242 4242 4242 4242 succeeds, 4000 0000 0000 0002 is declined, 4000 0000 0000 3063 is
        confirmed some seconds later, 4000 0000 0000 3220 is told of twice at once.
        """
        card = checked(serializers.CardInput(data=request.data))["number"]
        with owner_scope():
            pay_by_card(self.tenant_id, payment_id, card)
        return self.reply_with(payment_id)
