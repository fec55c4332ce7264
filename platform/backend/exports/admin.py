"""Staff's view of the exports: who asked when, and why one failed. The archives aren't theirs."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.utils.safestring import SafeString
from unfold.decorators import display

from backend.common.admin import ModelAdmin, ReadOnly, ReadOnlyInline, link_to, linked
from backend.exports.models import State, TenantExport, TenantExportTransition

STATE_COLOURS = {
    State.WAITING: "info",
    State.RUNNING: "info",
    State.READY: "success",
    State.FAILED: "danger",
    State.EXPIRED: "",
}


class TransitionInline(ReadOnlyInline):
    model = TenantExportTransition
    fields = readonly_fields = ("changed_at", "from_state", "to_state", "reason")
    verbose_name_plural = "transitions"


@admin.register(TenantExport)
class TenantExportAdmin(ReadOnly, ModelAdmin):
    list_display = (
        "created_at", linked("tenant", order="tenant__name"), "state_label", "requested_by",
        "progress", "size", "failure_label",
    )  # fmt: skip
    list_filter = ("state", "failure", "created_at")
    list_select_related = ("tenant",)
    search_fields = ("tenant__name", "tenant__slug")
    search_help_text = "A tenant's name or slug"
    ordering = ("-created_at", "-pk")
    fieldsets = (
        (None, {"fields": (("tenant_link", "requested_by"), ("state", "progress"))}),
        ("The archive", {"fields": (("rows", "size"), "sha256", ("finished_at", "expires_at"))}),
        ("If it failed", {"fields": ("failure_label", "diagnostics", "attempt")}),
    )
    inlines = (TransitionInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[TenantExport]:
        return super().get_queryset(request).select_related("tenant")

    @display(description="state", ordering="state", label=STATE_COLOURS)
    def state_label(self, export: TenantExport) -> tuple[str, str]:
        return export.state, export.get_state_display()

    @display(description="tables")
    def progress(self, export: TenantExport) -> str | None:
        return f"{export.tables_done} of {export.tables_total}" if export.tables_total else None

    @display(description="size", ordering="bytes")
    def size(self, export: TenantExport) -> str | None:
        return filesizeformat(export.bytes) if export.bytes else None

    @display(description="failure", ordering="failure")
    def failure_label(self, export: TenantExport) -> str | None:
        return export.get_failure_display() or None

    @display(description="tenant")
    def tenant_link(self, export: TenantExport) -> SafeString | None:
        return link_to(export.tenant)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("tenant_link", "progress", "size", "failure_label")
