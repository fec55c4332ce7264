"""The lines of an invoice in the staff admin: typed while it is a draft, then to look at."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest
from unfold.admin import TabularInline
from unfold.decorators import display
from unfold.widgets import UnfoldAdminDecimalFieldWidget

from backend.billing.models import Allocation, CreditNote, Invoice, InvoiceLine, Reminder
from backend.common.admin import ModelForm, ReadOnlyInline, RowsOfTenant, link_to
from backend.common.admin_money import MoneyField, Priced, money
from backend.common.money import written


class LineForm(Priced, ModelForm):
    quantity = forms.DecimalField(
        max_digits=9,
        decimal_places=3,
        min_value=-100_000,
        max_value=100_000,
        initial=1,
        widget=UnfoldAdminDecimalFieldWidget,
        help_text="Below 0: a reduction",
    )
    unit_price_minor = MoneyField(label="Unit price", min_value=0, max_value=1_000_000)

    def __init__(self, *args: Any, invoice: Invoice, **kwargs: Any) -> None:
        self.invoice = invoice
        super().__init__(*args, **kwargs)

    def in_currency(self) -> str:
        """Empty while no tenant is chosen."""
        tenant = getattr(self.invoice, "tenant", None)
        return tenant.currency if tenant else ""

    def clean_quantity(self) -> Any:
        quantity = self.cleaned_data["quantity"]
        if quantity == 0:
            raise forms.ValidationError("A line of none says nothing.")
        return quantity


class LinesOfDraft(RowsOfTenant):
    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return super().get_form_kwargs(index) | {"invoice": self.instance}


class DraftLineInline(TabularInline):
    """Whoever may change the draft may change its lines."""

    model = InvoiceLine
    form = LineForm
    formset = LinesOfDraft
    fields = ("description", "quantity", "unit", "unit_price_minor")
    ordering = ("position",)
    verbose_name_plural = "lines, without tax"
    extra = 0
    min_num = 1
    max_num = 100
    hide_title = True

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Without an invoice: of the page where one is added, and of the rows in general."""
        may_change: bool = request.user.has_perm("billing.change_invoice")
        return may_change or (obj is None and request.user.has_perm("billing.add_invoice"))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)


class LineInline(ReadOnlyInline):
    """Amounts of lines are in their document's currency."""

    model: Any = InvoiceLine
    document = "invoice"
    fields = readonly_fields = (
        "position", "description", "quantity", "unit", "unit_price", "net", "tax_percent", "tax",
    )  # fmt: skip
    verbose_name_plural = "lines"
    per_page = 100

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related(self.document)

    @display(description="unit price")
    def unit_price(self, line: Any) -> str:
        return self._written(line, line.unit_price_minor)

    @display(description="net")
    def net(self, line: Any) -> str:
        return self._written(line, line.net_minor)

    @display(description="tax")
    def tax(self, line: Any) -> str:
        return self._written(line, line.tax_minor)

    def _written(self, line: Any, minor: int) -> str:
        return written(minor, getattr(line, self.document).currency)


class AllocationInline(ReadOnlyInline):
    model = Allocation
    fields = readonly_fields = ("created_at", "amount", "came_from")
    verbose_name_plural = "what settled it"
    ordering = ("pk",)

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request)
        return rows.select_related("invoice", "payment", "credit_note")

    @display(description="amount")
    def amount(self, allocation: Allocation) -> str:
        return written(allocation.amount_minor, allocation.invoice.currency)

    @display(description="came from")
    def came_from(self, allocation: Allocation) -> Any:
        source = allocation.payment or allocation.credit_note
        return link_to(source) if source else "Credit"


class CreditNoteInline(ReadOnlyInline):
    model = CreditNote
    fields = readonly_fields = ("note", "issued_on", "total", "reason", "issued_by")
    verbose_name_plural = "credit notes"

    @display(description="number")
    def note(self, note: CreditNote) -> Any:
        return link_to(note)

    total = staticmethod(money("total_minor"))


class ReminderInline(ReadOnlyInline):
    model = Reminder
    fields = readonly_fields = ("level", "created_at")
    verbose_name_plural = "reminders"
