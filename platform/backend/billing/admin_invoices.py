"""Staff's view of invoices: drafts that they write, and what can be done with issued ones."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import PermissionDenied
from django.db.models import BooleanField, ExpressionWrapper, F, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from unfold.contrib.filters.admin import AutocompleteSelectFilter, RangeDateFilter
from unfold.decorators import display

from backend.billing.admin_invoice_actions import InvoiceActions
from backend.billing.admin_lines import (
    AllocationInline,
    CreditNoteInline,
    DraftLineInline,
    LineInline,
    ReminderInline,
)
from backend.billing.admin_parts import TransitionInline, WithTenant, pdf_of, today
from backend.billing.models import Invoice, InvoiceLine, InvoiceTransition, Seller
from backend.billing.models.invoice import State
from backend.billing.workflows.draft_invoice import recalculate
from backend.billing.workflows.issue_invoices import calculate_draft
from backend.common.admin import ModelAdmin, ModelForm, linked
from backend.common.admin_money import money
from backend.common.money import written
from backend.tenants.models import Tenant

COLOURS: Final = {"draft": "", "open": "info", "overdue": "danger", "paid": "success", "void": ""}


class AddInvoiceForm(ModelForm):
    tenant = forms.ModelChoiceField(
        Tenant.objects.all(),
        widget=AutocompleteSelect(Invoice._meta.get_field("tenant"), admin.site),
    )

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if tenant := self.cleaned_data.get("tenant"):
            # Not editable in the model: an invoice stays with its tenant.
            self.instance.tenant = tenant
        return cleaned


class OverdueFilter(admin.SimpleListFilter):
    title = "due"
    parameter_name = "overdue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Overdue"), ("suspends", "Overdue beyond the suspension")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "yes":
            return queryset.filter(is_overdue=True)
        if self.value() == "suspends":
            return queryset.filter(beyond_suspension(Seller.objects.first()))
        return queryset


def beyond_suspension(seller: Seller | None) -> Q:
    """So long overdue that the tenant should be suspended by now."""
    if seller is None or seller.suspension_days is None:
        return Q(pk__in=[])
    return Q(state=State.OPEN, due_on__lte=seller.today() - timedelta(days=seller.suspension_days))


class InvoiceTransitionInline(TransitionInline):
    model = InvoiceTransition


@admin.register(Invoice)
class InvoiceAdmin(WithTenant, InvoiceActions, ModelAdmin):
    list_display = (
        "title", linked("tenant", order="tenant__name"), "state_label", "issued_on", "due_on",
        money("total_minor"), "due",
    )  # fmt: skip
    list_filter = (
        "state", OverdueFilter, ("tenant", AutocompleteSelectFilter),
        ("issued_on", RangeDateFilter), "currency",
    )  # fmt: skip
    list_filter_submit = True
    list_select_related = ("tenant",)
    sortable_by = ("issued_on", "due_on")
    search_fields = ("number__istartswith", "tenant__name", "tenant__slug")
    search_help_text = "Beginning of its number, or the tenant's name or slug"
    add_fieldsets = ((None, {"fields": ("tenant", "note")}),)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("number", "tenant_link"),
                    ("state_text", "due"),
                    ("issued_on", "due_on"),
                    "note",
                )
            },
        ),
        ("Amounts", {"fields": (("net", "tax", "total"), ("tax_category", "language"))}),
    )
    readonly_fields = (
        "number", "tenant_link", "state_text", "due", "issued_on", "due_on", "net", "tax", "total",
        "tax_category", "language",
    )  # fmt: skip
    actions_detail = ("issue", "pdf", "send_again", "credit", "void")
    pdf = pdf_of("invoice", permission="billing.view_invoice")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Invoice]:
        overdue = Q(state=State.OPEN, due_on__lt=today())
        found: QuerySet[Invoice] = Invoice.objects.select_related("tenant").annotate(
            is_overdue=ExpressionWrapper(overdue, output_field=BooleanField())
        )
        return found.order_by("-pk")

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """The tenant can't be edited, so that the form must bring its own field to add it."""
        if obj is None:
            kwargs |= {"form": AddInvoiceForm, "fields": ("note",)}
        return super().get_form(request, obj, change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fieldsets if obj else self.add_fieldsets

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.readonly_fields if obj else ()

    def get_inlines(self, request: HttpRequest, obj: Any) -> tuple[Any, ...]:
        if obj is None:
            return (DraftLineInline,)
        if obj.state == State.DRAFT:
            can_change = self.has_change_permission(request, obj)
            return (DraftLineInline if can_change else LineInline,)
        found = (LineInline, AllocationInline, CreditNoteInline, InvoiceTransitionInline)
        return (*found, ReminderInline)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not Seller.objects.exists():
            messages.warning(request, "Nothing can be invoiced before it is known who sells.")
            return HttpResponseRedirect(reverse("admin:billing_invoice_changelist"))
        return super().add_view(request, form_url, extra_context)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj and obj.state != State.DRAFT:
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A draft may go; what was issued stays for good."""
        return bool(
            obj and obj.state == State.DRAFT and request.user.has_perm("billing.delete_invoice")
        )

    def delete_model(self, request: HttpRequest, obj: Invoice) -> None:
        _lock_draft(obj)
        InvoiceLine.objects.for_tenant(obj.tenant_id).filter(invoice=obj).delete()
        obj.delete()

    def save_model(self, request: HttpRequest, obj: Invoice, form: Any, change: bool) -> None:
        if change:
            _lock_draft(obj)
            obj.save(update_fields=["note", "updated_at"])
        else:
            calculate_draft(obj, [], Seller.get(), obj.tenant)
            obj.save(force_insert=True)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """New lines go to the end. The amounts of all follow from what was typed."""
        invoice: Invoice = form.instance
        touched = formset.save(commit=False)
        for line in formset.deleted_objects:
            line.delete()
        mine = InvoiceLine.objects.for_tenant(invoice.tenant_id).filter(invoice=invoice)
        last = mine.order_by("-position").values_list("position", flat=True).first() or 0
        for line in touched:
            if not line.position:
                last += 1
                line.tenant_id, line.position = invoice.tenant_id, last
        calculate_draft(invoice, touched, Seller.get(), invoice.tenant)
        for line in touched:
            line.save()
        recalculate(invoice)

    @display(description="number", ordering="pk")
    def title(self, invoice: Invoice) -> str:
        return str(invoice)

    @display(description="state", ordering="state", label=COLOURS)
    def state_label(self, invoice: Any) -> tuple[str, str]:
        if invoice.is_overdue:
            return "overdue", "Overdue"
        return invoice.state, invoice.get_state_display()

    @display(description="state")
    def state_text(self, invoice: Any) -> str:
        return self.state_label(invoice)[1]

    @display(description="due", ordering=F("total_minor") - F("allocated_minor"))
    def due(self, invoice: Invoice) -> str | None:
        return written(invoice.due_minor, invoice.currency) if invoice.due_minor else None

    @display(description="net")
    def net(self, invoice: Invoice) -> str:
        return written(invoice.net_minor, invoice.currency)

    @display(description="tax")
    def tax(self, invoice: Invoice) -> str:
        return written(invoice.tax_minor, invoice.currency)

    @display(description="total")
    def total(self, invoice: Invoice) -> str:
        return written(invoice.total_minor, invoice.currency)


def _lock_draft(invoice: Invoice) -> None:
    """It may have been issued since the page was loaded: then nothing of it changes any more."""
    rows = Invoice.objects.for_tenant(invoice.tenant_id).select_for_update(no_key=True)
    if rows.get(pk=invoice.pk).state != State.DRAFT:
        raise PermissionDenied
