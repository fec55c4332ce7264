"""Staff's view of customers. Members keep them; staff look, and erase whom they are asked to."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminTextInputWidget

from backend.audit.staff_visits import PrivateRows
from backend.common.admin import (
    ModelAdmin,
    ReadOnly,
    ReadOnlyInline,
    link_to,
    linked,
    staff_actor,
    submitted,
)
from backend.crm.models import Customer, CustomerImport, CustomerNote, CustomerTag, Tag
from backend.crm.search import among_all_tenants
from backend.crm.workflows.erase_customer import erase_customer

MOST_ROWS_SHOWN = 100


class PresentFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "erased"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("no", "Present"), ("yes", "Erased")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() not in {"yes", "no"}:
            return queryset
        return queryset.filter(erased_at__isnull=self.value() == "no")


class NoteInline(ReadOnlyInline):
    model = CustomerNote
    fields = readonly_fields = ("body", "author_name", "created_at")
    ordering = ("-created_at", "-id")
    verbose_name_plural = "notes"


class ErasureForm(forms.Form):
    reason = forms.CharField(
        max_length=500,
        widget=UnfoldAdminTextInputWidget,
        help_text="Kept for the books, so without the person's name",
    )


@admin.register(Customer)
class CustomerAdmin(PrivateRows, ReadOnly, ModelAdmin):
    list_display = (
        "title", linked("tenant"), "phone", "company", "tag_names", "erased_at", "created_at",
    )  # fmt: skip
    list_filter = (("tenant", AutocompleteSelectFilter), PresentFilter)
    list_filter_submit = True
    list_select_related = ("tenant",)
    # Sorting by anything else would read the whole table.
    sortable_by = ()
    ordering = ("-id",)
    search_fields = ("name",)
    search_help_text = "Beginnings of a name, a company, an email address or a phone number"
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("name", "tenant_link"),
                    ("email", "phone"),
                    ("company", "language"),
                    ("birthday", "address"),
                    "tag_names",
                )
            },
        ),
        ("Record", {"fields": (("id", "version"), ("created_at", "updated_at"), "erased_at")}),
    )
    readonly_fields = ("tenant_link", "tag_names", "id", "version", "created_at", "updated_at")
    inlines = (NoteInline,)
    actions_detail = ("erase",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Customer]:
        rows = Customer.objects.with_tags().select_related("tenant").order_by("-id")
        found: QuerySet[Customer] = self.visible(request, rows)
        return found

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Customer], search_term: str
    ) -> tuple[QuerySet[Customer], bool]:
        return among_all_tenants(queryset, search_term), False

    def offers(self, action: str, row: Customer) -> bool:
        return row.erased_at is None

    @display(description="customer", header=True)
    def title(self, customer: Customer) -> tuple[str, str]:
        return customer.name, customer.email

    @display(description="tags")
    def tag_names(self, customer: Any) -> str | None:
        return ", ".join(customer.tags) or None

    @display(description="tenant")
    def tenant_link(self, customer: Customer) -> SafeString | None:
        return link_to(customer.tenant)

    @action(
        description="Erase",
        permissions=["crm.erase_customer"],
        icon="person_off",
        variant=ActionVariant.DANGER,
    )
    def erase(self, request: HttpRequest, object_id: str) -> HttpResponse:
        customer = self.row_for("erase", request, object_id)
        form = ErasureForm(submitted(request))
        if form.is_valid():
            by = staff_actor(request)
            reason = form.cleaned_data["reason"]
            with self.carried_out(request, customer, form, "Erased."):
                erase_customer(customer.tenant_id, customer.pk, by=by, reason=reason)
            if form.is_valid():
                return self.back_to(request, customer, "The person was removed.")
        return self.action_page(
            request,
            customer,
            form,
            title=f"Erase {customer.name} of {customer.tenant}",
            explanation="Name, contact, birthday, notes and tags are removed for good. The row "
            "stays, nameless, for what points to it.",
            submit="Erase",
            is_grave=True,
        )


@admin.register(Tag)
class TagAdmin(PrivateRows, ReadOnly, ModelAdmin):
    list_display = ("name", linked("tenant"), "customers", "created_at")
    list_filter = (("tenant", AutocompleteSelectFilter),)
    list_filter_submit = True
    list_select_related = ("tenant",)
    sortable_by = ()
    ordering = ("-id",)
    fields = ("name", "customers", ("created_at", "updated_at"))
    readonly_fields = ("customers", "created_at", "updated_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tag]:
        counted = (
            CustomerTag.objects.filter(tenant_id=OuterRef("tenant_id"), tag_id=OuterRef("pk"))
            .order_by()
            .values("tag_id")
            .annotate(number=Count("pk"))
            .values("number")
        )
        number = Coalesce(Subquery(counted, output_field=IntegerField()), 0)
        found: QuerySet[Tag] = super().get_queryset(request).annotate(customers_count=number)
        return found

    @display(description="customers")
    def customers(self, tag: Any) -> int:
        return int(tag.customers_count)


@admin.register(CustomerImport)
class CustomerImportAdmin(PrivateRows, ReadOnly, ModelAdmin):
    list_display = (
        "filename", linked("tenant"), "created", "updated", "skipped", "failed", "by_name",
        "created_at",
    )  # fmt: skip
    list_filter = (("tenant", AutocompleteSelectFilter),)
    list_filter_submit = True
    list_select_related = ("tenant",)
    sortable_by = ()
    ordering = ("-id",)
    fieldsets = (
        (None, {"fields": (("filename", "tenant_link"), ("by_name", "created_at"))}),
        (
            "What became of the rows",
            {"fields": (("created", "updated"), ("skipped", "failed"), "ignored", "failures")},
        ),
    )
    readonly_fields = ("tenant_link", "created_at", "ignored", "failures")

    def get_queryset(self, request: HttpRequest) -> QuerySet[CustomerImport]:
        """A report may hold thousands of rows, which no list shows."""
        found: QuerySet[CustomerImport] = super().get_queryset(request).defer("report")
        return found

    @display(description="tenant")
    def tenant_link(self, done: CustomerImport) -> SafeString | None:
        return link_to(done.tenant)

    @display(description="columns without meaning")
    def ignored(self, done: CustomerImport) -> str | None:
        return ", ".join(done.ignored_columns) or None

    @display(description="rows that failed")
    def failures(self, done: CustomerImport) -> SafeString | None:
        """The first of them, without names: what was wrong is enough to help."""
        lines = [
            (row["line"], " ".join(f"{each['field']}: {each['detail']}" for each in row["errors"]))
            for row in done.report
            if row["outcome"] == "failed"
        ]
        if not lines:
            return None
        shown = format_html_join("", "<li>Line {}: {}</li>", lines[:MOST_ROWS_SHOWN])
        return format_html("<ul>{}</ul>", shown)
