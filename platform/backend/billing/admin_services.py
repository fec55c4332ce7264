"""Staff's view of services: who has which plan, at which price, and what is planned."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import display

from backend.billing.admin_parts import TransitionInline, WithTenant
from backend.billing.workflows.cancel_service import When, cancel_service, withdraw_change
from backend.billing.workflows.order_service import activate_unpaid
from backend.common.admin import (
    ModelAdmin,
    ReadOnly,
    ReadOnlyInline,
    link_to,
    link_to_list,
    linked,
    staff_actor,
)
from backend.common.admin_actions import Answers, ReasonForm, asks_first
from backend.common.money import written
from backend.services.models import Service, ServiceChange, ServiceTransition, State
from backend.services.models.service import CURRENT

COLOURS: Final = {
    State.PENDING: "info",
    State.ACTIVE: "success",
    State.PAST_DUE: "danger",
    State.CANCELLED: "",
}


class CurrentFilter(admin.SimpleListFilter):
    title = "current"
    parameter_name = "current"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Current"), ("planned", "Something is planned")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "yes":
            return queryset.current()
        if self.value() == "planned":
            return queryset.filter(pk__in=ServiceChange.objects.planned().values("service_id"))
        return queryset


class ServiceTransitionInline(TransitionInline):
    model = ServiceTransition


class ChangeInline(ReadOnlyInline):
    model = ServiceChange
    fields = readonly_fields = (
        "created_at", "what", "effective_on", "outcome", "asked_by", "reason",
    )  # fmt: skip
    ordering = ("-pk",)
    verbose_name_plural = "what was decided"

    @display(description="what")
    def what(self, change: ServiceChange) -> str:
        return str(change)


@admin.register(Service)
class ServiceAdmin(WithTenant, ReadOnly, ModelAdmin):
    list_display = (
        "plan_name", linked("tenant", order="tenant__name"), "state_label", "price", "paid_until",
        "planned",
    )  # fmt: skip
    list_filter = (
        "state", CurrentFilter, "plan", "interval", "currency", "is_addon",
        ("tenant", AutocompleteSelectFilter),
    )  # fmt: skip
    list_filter_submit = True
    sortable_by = ()
    search_fields = ("tenant__name", "tenant__slug", "plan_name")
    search_help_text = "The tenant's name or slug, or the plan"
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("plan_link", "tenant_link"),
                    ("state", "price"),
                    ("period_start", "period_end"),
                    ("planned", "above_limits"),
                    "invoices",
                )
            },
        ),
    )
    readonly_fields = (
        "plan_link", "tenant_link", "price", "planned", "above_limits", "invoices",
    )  # fmt: skip
    inlines = (ChangeInline, ServiceTransitionInline)
    actions_detail = ("activate", "withdraw", "cancel")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Service]:
        """What is planned is the only change that the list needs: at most one of each service."""
        planned = Prefetch("changes", ServiceChange.objects.planned(), to_attr="planned_changes")
        rows: QuerySet[Service] = Service.objects.select_related("tenant", "plan")
        return rows.prefetch_related(planned).order_by("-pk")

    def offers(self, action: str, row: Any) -> bool:
        if action == "activate":
            return row.state == State.PENDING
        if action == "withdraw":
            return bool(row.planned_changes)
        return row.state in CURRENT

    @display(description="plan")
    def plan_link(self, service: Service) -> Any:
        return link_to(service.plan, service.plan_name)

    @display(description="state", ordering="state", label=COLOURS)
    def state_label(self, service: Service) -> tuple[str, str]:
        return service.state, service.get_state_display()

    @display(description="price")
    def price(self, service: Service) -> str:
        return f"{written(service.amount_minor, service.currency)} a {service.interval}"

    @display(description="invoiced until", empty_value="–")
    def paid_until(self, service: Service) -> Any:
        return service.period_end

    @display(description="planned", empty_value="–")
    def planned(self, service: Any) -> str | None:
        said = [f"{each} on {each.effective_on:%-d %B %Y}" for each in service.planned_changes]
        return ", ".join(said) or None

    @display(description="each above the limit", empty_value="–")
    def above_limits(self, service: Service) -> str | None:
        said = [
            f"{name.replace('_', ' ')} {written(minor, service.currency)}"
            for name, minor in service.overage_minor.items()
        ]
        return ", ".join(said) or None

    @display(description="invoices")
    def invoices(self, service: Service) -> Any:
        return link_to_list("billing.invoice", "Of the tenant", tenant__id__exact=service.tenant_id)

    @asks_first(
        "Activate",
        permission="services.activate_service",
        title="Activate {row} of {row.tenant}",
        explanation="Its first period begins today, before it is paid. The invoice stays due.",
        form=ReasonForm,
        icon="play_circle",
    )
    def activate(self, request: HttpRequest, service: Service, answers: Answers) -> str:
        activate_unpaid(
            service.tenant, service.pk, by=staff_actor(request), reason=answers["reason"]
        )
        return f"{service} is active."

    @asks_first(
        "Withdraw what is planned",
        permission="services.change_servicechange",
        title="Withdraw what is planned for {row} of {row.tenant}",
        explanation="The service goes on as it is.",
        icon="undo",
    )
    def withdraw(self, request: HttpRequest, service: Any, answers: Answers) -> str:
        [planned] = service.planned_changes
        withdraw_change(service.tenant, service.pk, planned.kind, by=staff_actor(request))
        return f"{service} stays as it is."

    @asks_first(
        "Cancel",
        permission="services.cancel_service",
        title="Cancel {row} of {row.tenant} now",
        explanation="It ends now, and with a plan its add-ons. Nothing is paid back for the rest "
        "of the period, and what is due stays due.",
        submit="Cancel the service",
        form=ReasonForm,
        icon="cancel",
        is_grave=True,
    )
    def cancel(self, request: HttpRequest, service: Service, answers: Answers) -> str:
        cancel_service(
            service.tenant,
            service.pk,
            at=When.NOW,
            by=staff_actor(request),
            reason=answers["reason"],
        )
        return f"{service} of {service.tenant} is cancelled."
