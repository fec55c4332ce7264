"""What a tenant's page shows of its past: the changes of its state, and its set-ups."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.decorators import display

from backend.common.admin import ReadOnlyInline
from backend.tenants.models import ProvisioningRun, ProvisioningStep, TenantTransition


class TransitionInline(ReadOnlyInline):
    model = TenantTransition
    fields = readonly_fields = ("changed_at", "change", "changed_by", "changed_by_kind", "reason")
    verbose_name_plural = "how it came to its state"

    @display(description="change")
    def change(self, transition: TenantTransition) -> str:
        return str(transition)


class RunInline(ReadOnlyInline):
    model = ProvisioningRun
    fields = readonly_fields = (
        "attempt", "outcome", "failure", "created_at", "started_at", "finished_at",
    )  # fmt: skip
    verbose_name_plural = "set-ups"


class StepInline(ReadOnlyInline):
    model = ProvisioningStep
    fields = readonly_fields = (
        "attempt", "code", "status", "detail", "diagnostics", "started_at", "finished_at",
    )  # fmt: skip
    verbose_name_plural = "steps of the set-ups"
    ordering = ("-run__attempt", "started_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ProvisioningStep]:
        return super().get_queryset(request).select_related("run")

    @display(description="attempt")
    def attempt(self, step: ProvisioningStep) -> int:
        return step.run.attempt
