"""Recording a transfer that came in unannounced: first what it will settle, then it is booked."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.html import format_html
from unfold.widgets import UnfoldAdminTextareaWidget

from backend.billing.admin_payment_forms import BankForm
from backend.billing.amounts import left_over
from backend.billing.models import Account, Invoice, Payment
from backend.billing.models.invoice import State
from backend.billing.transfers import Named, named_in
from backend.billing.workflows.settle_account import free_credit, shares_of
from backend.billing.workflows.take_payment import record_transfer
from backend.common.admin import link_to, staff_actor, submitted
from backend.common.money import written
from backend.common.problems import Problem
from backend.tenants.models import Tenant


class TransferForm(BankForm, forms.Form):
    said = forms.CharField(
        label="What the payer wrote",
        max_length=1000,
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
        help_text="Invoices and tenants are found by it",
    )
    tenant = forms.ModelChoiceField(
        Tenant.objects.all(),
        required=False,
        widget=AutocompleteSelect(Payment._meta.get_field("tenant"), admin.site),
        help_text="Unless what was written tells",
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    field_order = ("said", "tenant", "amount_minor", "gateway_reference", "booked_on", "seen")

    named: Named

    def in_currency(self) -> str:
        tenant = self.cleaned_data.get("tenant") if hasattr(self, "cleaned_data") else None
        return tenant.currency if tenant else ""

    def clean(self) -> dict[str, Any] | None:
        self.named = named_in(self.cleaned_data.get("said") or "")
        self._find_tenant()
        if self.named.announced:
            payment = self.named.announced[0]
            said = "It was announced: confirm {} instead."
            self.add_error(None, format_html(said, link_to(payment)))
        return super().clean()

    def _find_tenant(self) -> None:
        chosen, found = self.cleaned_data.get("tenant"), self.named.tenant_ids
        if chosen and found - {chosen.pk}:
            self.add_error("tenant", "What was written names invoices of another tenant.")
        elif chosen is None and len(found) > 1:
            self.add_error("tenant", "What was written names invoices of several tenants.")
        elif chosen is None and not found and "tenant" not in self.errors:
            self.add_error("tenant", "What was written names nothing that is known: choose it.")
        elif chosen is None and found:
            self.cleaned_data["tenant"] = Tenant.objects.get(pk=found.pop())


@dataclass(frozen=True)
class Preview:
    """What the transfer will settle. `seen` stands for all of it: only what was shown is booked."""

    tenant: Tenant
    amount: str
    settles: tuple[tuple[Invoice, str], ...]
    credit: str
    seen: str


def record_transfer_page(page: Any, request: HttpRequest) -> HttpResponse:
    """`page` is the payments' admin. By POST: the preview, and once that was sent, the booking."""
    form = TransferForm(submitted(request))
    preview = None
    if form.is_valid():
        first = [each for each in form.named.invoices if each.state == State.OPEN]
        preview = _preview(form.cleaned_data, [invoice.pk for invoice in first])
        if form.cleaned_data["seen"] == preview.seen:
            try:
                with transaction.atomic():
                    payment = _record(page, request, form.cleaned_data, first)
            except Problem as problem:
                form.add_error(None, str(problem.detail))
            else:
                return page.back_to(request, payment, f"{preview.amount} is booked.")
    request.current_app = page.admin_site.name
    context = {
        **page.admin_site.each_context(request),
        "opts": page.opts,
        "title": "Record a transfer",
        "media": page.media + form.media,
        "form": form,
        "preview": preview if not form.errors else None,
        "back": "../",
    }
    return TemplateResponse(request, "admin/billing/record_transfer.html", context)


def _preview(answers: dict[str, Any], first: list[UUID]) -> Preview:
    tenant, amount = answers["tenant"], answers["amount_minor"]
    account = Account.objects.for_tenant(tenant.pk).first()
    free = amount + (free_credit(account) if account else 0)
    shares = [(invoice, part) for invoice, part in shares_of(tenant.pk, free, first) if part]
    left = left_over(free, [part for _, part in shares])
    facts = [tenant.pk, amount, left, *((invoice.pk, part) for invoice, part in shares)]
    return Preview(
        tenant=tenant,
        amount=written(amount, tenant.currency),
        settles=tuple((invoice, written(part, tenant.currency)) for invoice, part in shares),
        credit=written(left, tenant.currency) if left else "",
        seen=sha256(repr(facts).encode()).hexdigest()[:16],
    )


def _record(
    page: Any, request: HttpRequest, answers: dict[str, Any], first: list[Invoice]
) -> Payment:
    tenant = answers["tenant"]
    payment = record_transfer(
        tenant.pk,
        tenant.currency,
        answers["amount_minor"],
        answers["gateway_reference"],
        by=staff_actor(request),
        first=first,
        reason=answers["reason"],
    )
    page.log_addition(request, payment, "Recorded a transfer.")
    return payment
