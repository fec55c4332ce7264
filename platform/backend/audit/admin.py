"""Staff's view of the audit trail, and the question before they look into a tenant."""

from __future__ import annotations

from typing import Any

from django import forms
from django.apps import apps
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import AutocompleteSelectFilter, RangeDateTimeFilter
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from backend.audit import staff_visits
from backend.audit.actions import ACTIONS
from backend.audit.models import AuditEvent
from backend.common.admin import ModelAdmin, ReadOnly, linked, submitted

FAMILIES = sorted({action.partition(".")[0] for action in ACTIONS})


class FamilyFilter(admin.SimpleListFilter):
    title = "kind"
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(word, word.replace("-", " ").capitalize()) for word in FAMILIES]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() not in FAMILIES:
            return queryset
        return queryset.filter(action__startswith=f"{self.value()}.")


class ActorFilter(admin.SimpleListFilter):
    title = "who"
    parameter_name = "by"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("person", "People"),
            ("app", "Client apps"),
            ("staff", "Staff"),
            ("system", "Tavola itself"),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(by_kind=self.value()) if self.value() else queryset


class ReasonForm(forms.Form):
    reason = forms.CharField(
        max_length=300,
        widget=UnfoldAdminTextInputWidget,
        help_text="The tenant's owner reads it, with your name. Such as: ticket 4711.",
    )


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnly, ModelAdmin):
    list_display = ("what", "who", "about_name", linked("tenant"), "address", "created_at")
    list_filter = (
        ("tenant", AutocompleteSelectFilter),
        FamilyFilter,
        ActorFilter,
        ("created_at", RangeDateTimeFilter),
    )
    list_filter_submit = True
    list_select_related = ("tenant",)
    sortable_by = ()
    ordering = ("-id",)
    search_fields = ("by_name__istartswith", "about_name__istartswith")
    search_help_text = "Beginning of the name of who did it, or of what it was about"
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("what", "created_at"),
                    ("who", "address"),
                    ("about_kind", "about_name"),
                    "facts",
                    ("tenant", "request_id"),
                )
            },
        ),
    )
    readonly_fields = ("what", "who", "facts", "created_at")

    def get_urls(self) -> list[URLPattern]:
        enter = self.admin_site.admin_view(self.enter)
        return [
            path("enter/<uuid:tenant_id>/", enter, name="audit_auditevent_enter"),
            *super().get_urls(),
        ]

    def enter(self, request: HttpRequest, tenant_id: Any) -> HttpResponse:
        """Asks why, puts it on record, and leads on. Every member of staff may be asked; what they
        see afterwards is their groups' matter."""
        tenant = get_object_or_404(apps.get_model("tenants", "Tenant"), pk=tenant_id)
        form = ReasonForm(submitted(request))
        if form.is_valid():
            staff_visits.enter(request, tenant, form.cleaned_data["reason"])
            return HttpResponseRedirect(_wanted(request))
        return self.action_page(
            request,
            tenant,
            form,
            title=f"Look into {tenant}",
            explanation="What comes now belongs to the tenant. Say why you look at it: you are "
            "asked once a visit, which ends when you sign out, and after eight hours.",
            submit="Look into it",
        )

    @display(description="what", ordering="action", header=True)
    def what(self, event: AuditEvent) -> tuple[str, str]:
        return event.get_action_display(), event.action

    @display(description="who", ordering="by_name", header=True)
    def who(self, event: AuditEvent) -> tuple[str, str]:
        return event.by_name or "–", event.by_kind

    @display(description="facts")
    def facts(self, event: AuditEvent) -> SafeString | None:
        if not event.data:
            return None
        rows = format_html_join("", "<li>{}: {}</li>", sorted(event.data.items()))
        return format_html("<ul>{}</ul>", rows)


def _wanted(request: HttpRequest) -> str:
    """Where the question came from: a page of this admin, or else its start."""
    start = reverse("admin:index")
    wanted = request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if is_ours and wanted.startswith(start) else start
