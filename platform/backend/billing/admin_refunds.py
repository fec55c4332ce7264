"""Staff's view of refunds. A transfer back is sent by staff, who then say so here."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from backend.billing.admin_parts import TransitionInline, WithTenant
from backend.billing.models import Refund, RefundTransition
from backend.billing.models.money import Method, State
from backend.billing.workflows.refund_payment import confirm_refund, fail_refund
from backend.common.admin import ModelAdmin, ReadOnly, link_to, linked, staff_actor
from backend.common.admin_actions import Answers, asks_first
from backend.common.admin_money import money

STATE_COLOURS: Final = {
    State.PENDING: "info",
    State.CONFIRMED: "success",
    State.FAILED: "danger",
}


class SentForm(forms.Form):
    gateway_reference = forms.CharField(
        label="The bank's reference",
        max_length=255,
        widget=UnfoldAdminTextInputWidget,
        help_text="As it stands on the operator's statement",
    )


class NotSentForm(forms.Form):
    failure = forms.ChoiceField(
        label="What happened",
        choices=[("not-sent", "It wasn't sent"), ("returned", "The bank returned it")],
        widget=UnfoldAdminSelectWidget,
    )


class RefundTransitionInline(TransitionInline):
    model = RefundTransition


@admin.register(Refund)
class RefundAdmin(WithTenant, ReadOnly, ModelAdmin):
    list_display = (
        money("amount_minor"), linked("tenant", order="tenant__name"), linked("payment"),
        "method", "state_label", "created_at", "begun_by",
    )  # fmt: skip
    list_filter = ("state", "payment__method", ("tenant", AutocompleteSelectFilter))
    list_filter_submit = True
    list_select_related = ("tenant", "payment")
    sortable_by = ()
    search_fields = ("payment__reference", "gateway_reference", "tenant__name", "tenant__slug")
    search_help_text = "The payment's or the bank's reference, or the tenant's name or slug"
    fields = (
        (money("amount_minor"), "tenant_link"),
        ("payment_link", "method"),
        ("state", "settled_at"),
        ("gateway_reference", "failure"),
        ("reason", "begun_by"),
    )
    readonly_fields = ("tenant_link", "payment_link", "method", fields[0][0])
    inlines = (RefundTransitionInline,)
    actions_detail = ("confirm", "fail")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Refund]:
        return Refund.objects.select_related("tenant", "payment").order_by("-pk")

    def offers(self, action: str, row: Refund) -> bool:
        """Of the other methods the gateway tells."""
        return row.state == State.PENDING and row.payment.method == Method.TRANSFER

    @display(description="state", ordering="state", label=STATE_COLOURS)
    def state_label(self, refund: Refund) -> tuple[str, str]:
        return refund.state, refund.get_state_display()

    @display(description="method")
    def method(self, refund: Refund) -> str:
        return refund.payment.get_method_display()

    @display(description="payment")
    def payment_link(self, refund: Refund) -> Any:
        return link_to(refund.payment)

    @asks_first(
        "It is sent",
        permission="billing.refund_payment",
        title="The refund of {row} is sent",
        explanation="It is booked: the tenant’s credit becomes smaller by it.",
        form=SentForm,
        icon="check_circle",
    )
    def confirm(self, request: HttpRequest, refund: Refund, answers: Answers) -> str:
        confirm_refund(
            refund, by=staff_actor(request), gateway_reference=answers["gateway_reference"]
        )
        return f"The refund of {refund} is booked."

    @asks_first(
        "It failed",
        permission="billing.refund_payment",
        title="The refund of {row} failed",
        explanation="Nothing is booked: the tenant has the amount to its credit again.",
        form=NotSentForm,
        icon="cancel",
        is_grave=True,
    )
    def fail(self, request: HttpRequest, refund: Refund, answers: Answers) -> str:
        fail_refund(refund, by=staff_actor(request), failure=answers["failure"])
        return f"The refund of {refund} failed."
