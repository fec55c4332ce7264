"""Staff's view of what happened by itself: gateways' notifications, reminders, suspensions."""

from __future__ import annotations

from django.contrib import admin
from unfold.contrib.filters.admin import AutocompleteSelectFilter, RangeDateTimeFilter

from backend.billing.models import GatewayEvent, OverdueSuspension, Reminder
from backend.common.admin import ModelAdmin, ReadOnly, linked


@admin.register(GatewayEvent)
class GatewayEventAdmin(ReadOnly, ModelAdmin):
    list_display = ("event_id", "method", "kind", "outcome", "received_at")
    list_filter = ("method", "outcome", ("received_at", RangeDateTimeFilter))
    list_filter_submit = True
    sortable_by = ()
    search_fields = ("event_id__exact",)
    search_help_text = "The gateway's own id, as a whole"
    ordering = ("-pk",)
    fields = (("event_id", "method"), ("kind", "outcome"), "received_at")
    readonly_fields = ("received_at",)


class OfTenants(ReadOnly, ModelAdmin):
    """Rows that lead on to their tenant, without a page of their own."""

    list_display_links = None
    list_select_related: tuple[str, ...] = ("tenant",)
    list_filter_submit = True
    sortable_by = ()
    ordering = ("-pk",)


@admin.register(Reminder)
class ReminderAdmin(OfTenants):
    list_display = (linked("invoice"), linked("tenant"), "level", "created_at")
    list_select_related = ("tenant", "invoice")
    list_filter = ("level", ("tenant", AutocompleteSelectFilter))
    search_fields = ("invoice__number__istartswith", "tenant__name", "tenant__slug")
    search_help_text = "Beginning of the invoice's number, or the tenant's name or slug"


@admin.register(OverdueSuspension)
class OverdueSuspensionAdmin(OfTenants):
    list_display = (linked("tenant"), "reason", "created_at", "lifted_at")
    list_filter = (
        ("lifted_at", admin.EmptyFieldListFilter),
        ("tenant", AutocompleteSelectFilter),
    )
    search_fields = ("tenant__name", "tenant__slug")
    search_help_text = "The tenant's name or slug"
