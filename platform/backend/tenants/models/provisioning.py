"""The record of a tenant's set-up: each attempt, how far it came, and what stopped it."""

from __future__ import annotations

from typing import Any, ClassVar, Final
from uuid import UUID

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from backend.common.jobs import ALIVE
from backend.common.models import TenantOwned, TenantOwnedQuerySet
from backend.tenants.models.tenant import State, Tenant

LONGEST_DIAGNOSTICS = 4_000


class Step(models.TextChoices):
    """In the order in which they are taken."""

    DEFAULTS = "defaults", "Defaults of the country"
    CONNECTIVITY = "connectivity", "Connection to the database"
    SCHEMA = "schema", "Tables and their protection"
    ISOLATION = "isolation", "Apart from other tenants"
    OPENING = "opening", "Opening"


class Outcome(models.TextChoices):
    DONE = "done", "Done"
    FAILED = "failed", "Failed"


class StepStatus(models.TextChoices):
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"


_LOCK: Final = "tenants.provision:"


def job_lock(tenant_id: UUID) -> str:
    """The lock of the jobs that set this tenant up."""
    return f"{_LOCK}{tenant_id}"


def live_jobs(lock: Any) -> models.QuerySet[Any]:
    """Those that wait or are worked on. Jobs are no tenant's: this needs the owner's rights."""
    jobs = apps.get_model("procrastinate", "ProcrastinateJob").objects
    return jobs.filter(lock=lock, status__in=ALIVE)


def stuck_tenants() -> models.QuerySet[Tenant]:
    """Those in a set-up on which nobody works: it has failed, and somebody must start it again."""
    lock = Concat(Value(_LOCK), Cast(OuterRef("pk"), models.TextField()))
    return Tenant.objects.filter(~Exists(live_jobs(lock)), state=State.PROVISIONING)


class RunQuerySet(TenantOwnedQuerySet):
    def latest_of(self, tenant_id: UUID) -> Any:
        """The newest attempt or None. Its `job` is the status of the job that works on it.

        One statement, and one view of both: between two the job might end. Needs the owner's
        rights.
        """
        jobs = live_jobs(job_lock(tenant_id)).order_by("status")
        return (
            self.for_tenant(tenant_id)
            .annotate(job=Subquery(jobs.values("status")[:1]))
            .order_by("-attempt")
            .first()
        )


class ProvisioningRun(TenantOwned):
    """One attempt. It stays open, whatever becomes of its worker, until it has an outcome."""

    attempt = models.PositiveSmallIntegerField(editable=False, help_text="From 1")
    started_at = models.DateTimeField(null=True, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)
    outcome = models.CharField(max_length=8, blank=True, choices=Outcome, editable=False)
    failure = models.CharField(
        max_length=32, blank=True, editable=False, help_text="A code; see the failed step"
    )

    objects: ClassVar[Any] = RunQuerySet.as_manager()

    class Meta(TenantOwned.Meta):
        constraints = [
            *TenantOwned.Meta.constraints,
            models.UniqueConstraint(fields=["tenant", "attempt"], name="tenants_run_attempt"),
            models.UniqueConstraint(
                fields=["tenant"], condition=Q(finished_at=None), name="tenants_run_one_open"
            ),
            models.CheckConstraint(
                condition=Q(finished_at=None, outcome="", failure="")
                | Q(finished_at__isnull=False, outcome=Outcome.DONE, failure="")
                | (Q(finished_at__isnull=False, outcome=Outcome.FAILED) & ~Q(failure="")),
                name="tenants_run_outcome",
            ),
        ]
        ordering = ["-attempt"]
        verbose_name = "set-up"

    def __str__(self) -> str:
        return f"Attempt {self.attempt}"

    def start(self) -> None:
        """Notes that a worker has taken it up; a second worker changes nothing."""
        ProvisioningRun.objects.filter(pk=self.pk, started_at=None).update(
            started_at=timezone.now()
        )

    def finish(self, outcome: Outcome, failure: str = "") -> None:
        self.outcome, self.failure, self.finished_at = outcome, failure, timezone.now()
        self.save(update_fields=["outcome", "failure", "finished_at", "updated_at"])


class ProvisioningStep(TenantOwned):
    """How far a step of an attempt came. A step that nobody took yet has no row."""

    run = models.ForeignKey(
        ProvisioningRun,
        editable=False,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="steps",
    )
    code = models.CharField(max_length=16, choices=Step, editable=False)
    status = models.CharField(
        max_length=8, choices=StepStatus, default=StepStatus.RUNNING, editable=False
    )
    detail = models.CharField(
        max_length=300,
        blank=True,
        editable=False,
        help_text="What was found, or in plain words what went wrong",
    )
    diagnostics = models.TextField(
        blank=True,
        max_length=LONGEST_DIAGNOSTICS,
        editable=False,
        help_text="What only staff read",
    )
    started_at = models.DateTimeField(default=timezone.now, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)

    class Meta(TenantOwned.Meta):
        constraints = [
            *TenantOwned.Meta.constraints,
            models.UniqueConstraint(fields=["tenant", "run", "code"], name="tenants_step_once"),
            models.CheckConstraint(
                condition=Q(status=StepStatus.RUNNING, finished_at=None)
                | (~Q(status=StepStatus.RUNNING) & Q(finished_at__isnull=False)),
                name="tenants_step_finished",
            ),
        ]
        ordering = ["run", "started_at"]
        verbose_name = "step"

    def __str__(self) -> str:
        return self.get_code_display()

    def finish(self, status: StepStatus, detail: str, diagnostics: str = "") -> None:
        self.status, self.detail = status, detail
        self.diagnostics = diagnostics[:LONGEST_DIAGNOSTICS]
        self.finished_at = timezone.now()
        self.save(update_fields=["status", "detail", "diagnostics", "finished_at", "updated_at"])


class IsolationProbe(TenantOwned):
    """Rows that live only while a tenant's isolation is tried out, in one transaction.

    One is the tenant's and one a canary's. The canary is an id that no tenant has, so that it
    stands in no list; what keeps rows apart looks at nothing else.
    """

    tenant = models.ForeignKey(
        "tenants.Tenant",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        editable=False,
        related_name="+",
        db_index=False,
    )
    note = models.CharField(max_length=20, blank=True)
