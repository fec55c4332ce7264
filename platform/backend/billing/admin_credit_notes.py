"""Staff's view of credit notes. They are issued from their invoice's page."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import AutocompleteSelectFilter, RangeDateFilter
from unfold.decorators import display

from backend.billing.admin_lines import LineInline
from backend.billing.admin_parts import WithTenant, pdf_of
from backend.billing.models import CreditNote, CreditNoteLine
from backend.common.admin import ModelAdmin, ReadOnly, link_to, linked
from backend.common.admin_money import money


class CreditNoteLineInline(LineInline):
    model = CreditNoteLine
    document = "credit_note"


@admin.register(CreditNote)
class CreditNoteAdmin(WithTenant, ReadOnly, ModelAdmin):
    list_display = (
        "number", linked("tenant", order="tenant__name"), linked("invoice"), "issued_on",
        money("total_minor"), "reason",
    )  # fmt: skip
    list_filter = (("tenant", AutocompleteSelectFilter), ("issued_on", RangeDateFilter))
    list_filter_submit = True
    list_select_related = ("tenant", "invoice")
    sortable_by = ("issued_on",)
    search_fields = ("number__istartswith", "tenant__name", "tenant__slug")
    search_help_text = "Beginning of its number, or the tenant's name or slug"
    ordering = ("-pk",)
    fields = (
        ("number", "tenant_link"),
        ("invoice_link", "issued_on"),
        ("reason", "issued_by"),
        (money("net_minor"), money("tax_minor"), money("total_minor")),
    )
    readonly_fields = ("tenant_link", "invoice_link", *fields[-1])
    inlines = (CreditNoteLineInline,)
    actions_detail = ("pdf",)
    pdf = pdf_of("credit_note", permission="billing.view_creditnote")

    def get_queryset(self, request: HttpRequest) -> QuerySet[CreditNote]:
        found: QuerySet[CreditNote] = CreditNote.objects.select_related("tenant", "invoice")
        return found.order_by("-pk")

    @display(description="invoice")
    def invoice_link(self, note: CreditNote) -> Any:
        return link_to(note.invoice)
