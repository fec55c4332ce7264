"""Staff's view of payments: transfers that they confirm, and money that goes back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import action, display

from backend.billing.admin_parts import TransitionInline, WithTenant
from backend.billing.admin_payment_forms import ConfirmForm, NotReceivedForm, RefundForm
from backend.billing.admin_record_transfer import record_transfer_page
from backend.billing.admin_refunds import STATE_COLOURS
from backend.billing.models import (
    Account,
    Allocation,
    Payment,
    PaymentTarget,
    PaymentTransition,
    Refund,
)
from backend.billing.models.money import Method, State
from backend.billing.workflows.refund_payment import begin_refund, refundable
from backend.billing.workflows.take_payment import confirm_payment, fail_payment
from backend.common.admin import (
    ModelAdmin,
    ReadOnly,
    ReadOnlyInline,
    address_of_row,
    link_to,
    linked,
    staff_actor,
)
from backend.common.admin_actions import Answers, asks_first
from backend.common.admin_money import money
from backend.common.money import written

# A transfer within the SEPA takes a day; then somebody should have looked for it.
LATE: Final = timedelta(days=7)


class LateFilter(admin.SimpleListFilter):
    title = "expected"
    parameter_name = "late"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", f"Transfers for more than {LATE.days} days")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return late_transfers(queryset) if self.value() == "yes" else queryset


def late_transfers(payments: Any) -> Any:
    before = timezone.now() - LATE
    return payments.filter(state=State.PENDING, method=Method.TRANSFER, created_at__lt=before)


class TargetInline(ReadOnlyInline):
    model = PaymentTarget
    fields = readonly_fields = ("invoice_link", "due")
    verbose_name_plural = "what it was announced for"
    ordering = ("pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[PaymentTarget]:
        return super().get_queryset(request).select_related("invoice")

    @display(description="invoice")
    def invoice_link(self, target: PaymentTarget) -> Any:
        return link_to(target.invoice)

    @display(description="due now")
    def due(self, target: PaymentTarget) -> str:
        return written(target.invoice.due_minor, target.invoice.currency)


class SettledInline(ReadOnlyInline):
    model = Allocation
    fields = readonly_fields = ("invoice_link", "amount", "created_at")
    verbose_name_plural = "what it settled"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Allocation]:
        return super().get_queryset(request).select_related("invoice")

    @display(description="invoice")
    def invoice_link(self, allocation: Allocation) -> Any:
        return link_to(allocation.invoice)

    @display(description="amount")
    def amount(self, allocation: Allocation) -> str:
        return written(allocation.amount_minor, allocation.invoice.currency)


class RefundInline(ReadOnlyInline):
    model = Refund
    fields = readonly_fields = ("refund_link", "state", "reason", "begun_by", "created_at")
    verbose_name_plural = "refunds"

    @display(description="amount")
    def refund_link(self, refund: Refund) -> Any:
        return link_to(refund, written(refund.amount_minor, refund.currency))


class PaymentTransitionInline(TransitionInline):
    model = PaymentTransition


@admin.register(Payment)
class PaymentAdmin(WithTenant, ReadOnly, ModelAdmin):
    list_display = (
        "title", linked("tenant", order="tenant__name"), "method_label", "state_label",
        money("amount_minor"), "bank_reference", "created_at", "settled_at",
    )  # fmt: skip
    list_filter = (
        "state", "method", LateFilter, ("tenant", AutocompleteSelectFilter), "currency",
    )  # fmt: skip
    list_filter_submit = True
    list_select_related = ("tenant",)
    sortable_by = ()
    search_fields = ("reference__iexact", "gateway_reference", "tenant__name", "tenant__slug")
    search_help_text = "Its reference, the bank's, or the tenant's name or slug"
    fields = (
        ("reference", "tenant_link"),
        ("method", "state"),
        (money("amount_minor"), "refundable"),
        ("gateway_reference", "failure"),
        ("begun_by", "created_at", "settled_at"),
    )
    readonly_fields = ("tenant_link", "refundable", "created_at", fields[2][0])
    inlines = (TargetInline, SettledInline, RefundInline, PaymentTransitionInline)
    actions_list = ("record",)
    actions_detail = ("confirm", "refund", "fail")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Payment]:
        found: QuerySet[Payment] = Payment.objects.select_related("tenant").defer("details")
        return found.order_by("-pk")

    def offers(self, action: str, row: Payment) -> bool:
        """Staff speak for the bank; of the other methods the gateway tells."""
        if action == "refund":
            return left_of(row) > 0
        return row.state == State.PENDING and row.method == Method.TRANSFER

    @display(description="reference")
    def title(self, payment: Payment) -> SafeString:
        """In one piece, as it is read out on the phone."""
        return format_html('<span class="whitespace-nowrap">{}</span>', payment.reference)

    @display(description="method", ordering="method")
    def method_label(self, payment: Payment) -> str:
        return payment.get_method_display()

    @display(description="state", ordering="state", label=STATE_COLOURS)
    def state_label(self, payment: Payment) -> tuple[str, str]:
        return payment.state, payment.get_state_display()

    @display(description="the bank’s reference", empty_value="–")
    def bank_reference(self, payment: Payment) -> str | None:
        """Those of other gateways are long, and on the payment's page."""
        return payment.gateway_reference if payment.method == Method.TRANSFER else None

    @display(description="can be refunded")
    def refundable(self, payment: Payment) -> str:
        return written(left_of(payment), payment.currency)

    @action(
        description="Record a transfer", permissions=["billing.record_payment"], icon="add_card"
    )
    def record(self, request: HttpRequest) -> HttpResponse:
        return record_transfer_page(self, request)

    @asks_first(
        "Confirm",
        permission="billing.confirm_payment",
        title="Confirm {row}",
        explanation="The money is on the operator’s account. It settles what it was announced "
        "for, then what else is due, the oldest first; the rest is the tenant’s credit.",
        submit="It has come in",
        form=ConfirmForm,
        icon="check_circle",
    )
    def confirm(self, request: HttpRequest, payment: Payment, answers: Answers) -> str:
        confirm_payment(
            payment,
            by=staff_actor(request),
            gateway_reference=answers["gateway_reference"],
            amount_minor=answers["amount_minor"],
            reason=answers["reason"],
        )
        return f"{written(payment.amount_minor, payment.currency)} came in by {payment}."

    @asks_first(
        "It won’t come",
        permission="billing.confirm_payment",
        title="{row} failed",
        explanation="Nothing is booked, and the tenant is told. If it comes after all, it is "
        "recorded as a new transfer.",
        form=NotReceivedForm,
        icon="cancel",
        is_grave=True,
    )
    def fail(self, request: HttpRequest, payment: Payment, answers: Answers) -> str:
        fail_payment(
            payment,
            by=staff_actor(request),
            failure=answers["failure"],
            reason=answers["reason"],
        )
        return f"{payment} failed."

    @asks_first(
        "Refund",
        permission="billing.refund_payment",
        title="Refund of {row}",
        explanation="It goes back the way it came, out of the tenant’s credit: an invoice that it "
        "paid is credited first. A card gets it back by itself; a transfer is sent by you, and "
        "then confirmed on the refund’s page.",
        form=RefundForm,
        icon="undo",
        is_grave=True,
    )
    def refund(self, request: HttpRequest, payment: Payment, answers: Answers) -> str:
        refund = begin_refund(
            payment, answers["amount_minor"], by=staff_actor(request), reason=answers["reason"]
        )
        return f"The refund of {refund} is under way."

    def back_to(self, request: HttpRequest, row: Any, notice: str) -> HttpResponse:
        """After a refund of a transfer to where it will be confirmed."""
        answer = super().back_to(request, row, notice)
        if not request.path.endswith("/refund/") or row.method != Method.TRANSFER:
            return answer
        refund = Refund.objects.for_tenant(row.tenant_id).filter(payment=row).latest("pk")
        return HttpResponseRedirect(address_of_row(refund))


def left_of(payment: Payment) -> int:
    """What can be refunded of it just now."""
    account = Account.objects.for_tenant(payment.tenant_id).first()
    return refundable(account, payment) if account else 0
