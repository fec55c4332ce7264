"""What a tenant's page shows of its past: the changes of its state, and its set-ups."""

from __future__ import annotations

from typing import Final

from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.decorators import display

from backend.common.admin import ReadOnlyInline
from backend.tenants.models import ProvisioningRun, ProvisioningStep, TenantTransition

OUTCOME_COLOURS: Final = {"done": "success", "failed": "danger", "running": "info", "": ""}


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
        "attempt", "how", "failure", "created_at", "started_at", "finished_at",
    )  # fmt: skip
    verbose_name_plural = "set-ups"

    @display(description="outcome", label=OUTCOME_COLOURS)
    def how(self, run: ProvisioningRun) -> tuple[str, str]:
        return run.outcome, run.get_outcome_display() or "Open"


class StepInline(ReadOnlyInline):
    model = ProvisioningStep
    fields = readonly_fields = (
        "attempt", "code", "how", "detail", "diagnostics", "started_at", "finished_at",
    )  # fmt: skip
    verbose_name_plural = "steps of the set-ups"
    ordering = ("-run__attempt", "started_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ProvisioningStep]:
        return super().get_queryset(request).select_related("run")

    @display(description="attempt")
    def attempt(self, step: ProvisioningStep) -> int:
        return step.run.attempt

    @display(description="status", label=OUTCOME_COLOURS)
    def how(self, step: ProvisioningStep) -> tuple[str, str]:
        return step.status, step.get_status_display()
