"""What was decided about a service: another plan, or its end; at once, or after the period."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from backend.common.actor import Actor
from backend.common.models import TenantOwned, TenantOwnedQuerySet
from backend.common.transitions import LONGEST_REASON
from backend.services.models.plan import Interval, Plan
from backend.services.models.service import Service, Terms


class Kind(models.TextChoices):
    PLAN = "plan", "Another plan"
    CANCELLATION = "cancellation", "Cancellation"


class Outcome(models.TextChoices):
    DONE = "done", "Done"
    WITHDRAWN = "withdrawn", "Withdrawn"


class ServiceChangeQuerySet(TenantOwnedQuerySet):
    def planned(self) -> Self:
        return self.filter(outcome="")


class ServiceChange(TenantOwned):
    """One decision. Without an outcome it is planned for `effective_on`, the period's end.

    A change of plan keeps the terms that were shown to who asked for it: they hold on that day,
    whatever became of the plan's price.
    """

    service = models.ForeignKey(
        Service,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="changes",
        editable=False,
    )
    kind = models.CharField(max_length=16, choices=Kind, editable=False)
    outcome = models.CharField(
        max_length=16, choices=Outcome, blank=True, default="", editable=False
    )
    effective_on = models.DateField(editable=False)
    plan = models.ForeignKey(
        Plan, null=True, on_delete=models.PROTECT, related_name="+", editable=False, db_index=False
    )
    interval = models.CharField(max_length=8, choices=Interval, blank=True, editable=False)
    amount_minor = models.BigIntegerField(null=True, editable=False)
    overage_minor = models.JSONField(default=dict, editable=False)
    from_plan = models.CharField(max_length=60, editable=False)
    to_plan = models.CharField(max_length=60, blank=True, editable=False)
    reason = models.CharField(max_length=LONGEST_REASON, blank=True, editable=False)
    asked_by = models.CharField(max_length=200, editable=False, help_text="The name as it was")
    settled_at = models.DateTimeField(null=True, editable=False)
    settled_by = models.CharField(max_length=200, blank=True, editable=False)

    objects: ClassVar[Any] = ServiceChangeQuerySet.as_manager()

    class Meta(TenantOwned.Meta):
        verbose_name = "change"
        ordering = ["-pk"]
        constraints = [
            *TenantOwned.Meta.constraints,
            models.UniqueConstraint(
                fields=["tenant", "service"],
                condition=Q(outcome=""),
                name="services_change_one_planned",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind=Kind.PLAN,
                    plan__isnull=False,
                    interval__in=Interval.values,
                    amount_minor__gte=0,
                )
                | Q(
                    kind=Kind.CANCELLATION,
                    plan__isnull=True,
                    interval="",
                    amount_minor__isnull=True,
                ),
                name="services_change_kind",
            ),
            models.CheckConstraint(
                condition=Q(outcome="", settled_at__isnull=True)
                | Q(outcome__in=Outcome.values, settled_at__isnull=False),
                name="services_change_outcome",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_plan} → {self.to_plan}" if self.to_plan else "Cancellation"

    @classmethod
    def decide(
        cls,
        service: Service,
        *,
        by: Actor,
        effective_on: date,
        terms: Terms | None = None,
        reason: str = "",
    ) -> Self:
        """Other terms with `terms`, an end without. IntegrityError: one is planned already."""
        becomes: dict[str, Any] = {"kind": Kind.CANCELLATION}
        if terms:
            becomes = {
                "kind": Kind.PLAN,
                "plan": terms.plan,
                "interval": terms.interval,
                "amount_minor": terms.amount_minor,
                "overage_minor": terms.overage_minor,
                "to_plan": terms.plan.name,
            }
        change = cls(
            tenant_id=service.tenant_id,
            service=service,
            effective_on=effective_on,
            from_plan=service.plan_name,
            reason=reason.strip(),
            asked_by=by.name,
            **becomes,
        )
        change.save(force_insert=True)
        return change

    @property
    def terms(self) -> Terms:
        """What the service becomes, of a change of plan. One query, unless the plan was fetched."""
        assert self.plan
        assert self.amount_minor is not None
        return Terms(
            self.plan,
            self.service.currency,
            self.interval,
            self.amount_minor,
            dict(self.overage_minor),
        )

    def settle(self, outcome: Outcome, *, by: Actor) -> None:
        self.outcome = outcome
        self.settled_at = timezone.now()
        self.settled_by = by.name
        self.save(update_fields=["outcome", "settled_at", "settled_by", "updated_at"])
