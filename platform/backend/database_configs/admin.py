"""Staff's view of tenants' databases: where they are and what validations told. Never a secret."""

from __future__ import annotations

import json
from typing import Any, Final

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import action, display

from backend.common.admin import (
    ModelAdmin,
    ReadOnly,
    ReadOnlyInline,
    link_to,
    linked,
    staff_actor,
    submitted,
)
from backend.database_configs.models import DatabaseConfig, DatabaseValidation, State, Status
from backend.database_configs.models.config import states_of
from backend.database_configs.workflows.find_configs import lock_config
from backend.database_configs.workflows.request_validation import request_validation

STATUS_COLOURS: Final = {
    Status.UNCHECKED: "",
    Status.VALIDATING: "info",
    Status.VALID: "success",
    Status.INVALID: "danger",
}
STATE_COLOURS: Final = {
    State.WAITING: "info",
    State.RUNNING: "info",
    State.VALID: "success",
    State.INVALID: "danger",
    State.ABANDONED: "",
}


class StatusFilter(admin.SimpleListFilter):
    title = "status"
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(Status.choices)

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        chosen = self.value()
        if chosen not in Status.values:
            return queryset
        return queryset.filter(state__in=states_of(Status(chosen)))


class ValidationInline(ReadOnlyInline):
    model = DatabaseValidation
    fields = readonly_fields = (
        "created_at", "state_label", "requested_by", "took", "attempt", "details",
    )  # fmt: skip
    ordering = ("-pk",)
    verbose_name_plural = "validations"

    @display(description="state", label=STATE_COLOURS)
    def state_label(self, validation: DatabaseValidation) -> tuple[str, str]:
        return validation.state, validation.get_state_display()

    @display(description="took")
    def took(self, validation: DatabaseValidation) -> str | None:
        if not (validation.started_at and validation.finished_at):
            return None
        return f"{(validation.finished_at - validation.started_at).total_seconds():.1f} s"

    @display(description="checks")
    def details(self, validation: DatabaseValidation) -> SafeString | None:
        """Each with its reason and all figures, for who has to find out why."""
        if not validation.checks:
            return None
        lines = [
            (check["code"], check["status"], check["reason"], json.dumps(check["figures"]))
            for check in validation.checks
        ]
        shown = format_html_join("", "<li>{}: <strong>{}</strong>, {} {}</li>", lines)
        return format_html("<ul>{}</ul>", shown)


@admin.register(DatabaseConfig)
class DatabaseConfigAdmin(ReadOnly, ModelAdmin):
    list_display = (
        "name", linked("tenant", order="tenant__name"), "status_label", "place", "tls_mode",
        "updated_at",
    )  # fmt: skip
    list_filter = (StatusFilter, "tls_mode", ("tenant", AutocompleteSelectFilter))
    list_filter_submit = True
    list_select_related = ("tenant",)
    search_fields = ("name", "host", "tenant__name", "tenant__slug")
    search_help_text = "Its name or host, or the tenant's name or slug"
    ordering = ("-pk",)
    fieldsets = (
        (None, {"fields": (("name", "tenant_link"), ("status_label", "engine"))}),
        (
            "Where it is",
            {"fields": (("host", "port"), ("database", "user"), ("tls_mode", "ca_certificate"))},
        ),
        ("Record", {"fields": (("id", "version"), ("created_at", "updated_at"))}),
    )
    readonly_fields = ("tenant_link", "status_label", "id", "version", "created_at", "updated_at")
    inlines = (ValidationInline,)
    actions_detail = ("validate",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[DatabaseConfig]:
        found: QuerySet[DatabaseConfig] = DatabaseConfig.objects.with_state()
        return found.order_by(*self.ordering)

    @display(description="status", label=STATUS_COLOURS)
    def status_label(self, config: DatabaseConfig) -> tuple[str, str]:
        return config.status, config.status.label

    @display(description="host", ordering="host")
    def place(self, config: DatabaseConfig) -> str:
        return f"{config.host}:{config.port}"

    @display(description="tenant")
    def tenant_link(self, config: DatabaseConfig) -> SafeString | None:
        return link_to(config.tenant)

    @action(
        description="Validate now",
        permissions=["database_configs.validate_databaseconfig"],
        icon="network_check",
    )
    def validate(self, request: HttpRequest, object_id: str) -> HttpResponse:
        config = self.row_for("validate", request, object_id)
        form = forms.Form(submitted(request))
        if form.is_valid():
            with self.carried_out(request, config, form, "Asked for a validation."):
                locked = lock_config(config.tenant_id, config.pk)
                request_validation(locked, by=staff_actor(request))
            if form.is_valid():
                return self.back_to(request, config, "A job looks at it: load this page again.")
        return self.action_page(
            request,
            config,
            form,
            title=f"Validate {config.name} of {config.tenant}",
            explanation=f"We connect to {config.host}, port {config.port}, with the tenant's "
            "password. It is on record in the tenant's trail.",
            submit="Validate now",
        )
