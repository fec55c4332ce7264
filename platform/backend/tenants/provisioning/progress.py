"""How far a tenant's set-up is, what stands in its way, and who acts next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

from django.apps import apps

from backend.common.tenancy import owner_scope
from backend.tenants.models import Outcome, ProvisioningRun, State, Tenant, TenantTransition
from backend.tenants.provisioning.failures import FAILURES, helps_to_retry

Status = Literal["not-started", "waiting", "running", "failed", "done"]
NextActor = Literal["you", "tavola", "support"]

DETAILS_MISSING: Final = "The company’s name and address are needed for invoices and receipts."


@dataclass(frozen=True, slots=True)
class Progress:
    """`failure` is a code of `FAILURES`, or empty; `run` the latest attempt."""

    status: Status
    run: ProvisioningRun | None = None
    failure: str = ""

    @property
    def attempt(self) -> int:
        return self.run.attempt if self.run else 0


def progress_of(tenant: Tenant) -> Progress:
    """One query, and none for a draft. May be asked in the tenant's scope."""
    if tenant.state == State.DRAFT:
        return Progress("not-started")
    with owner_scope():
        run: Any = ProvisioningRun.objects.latest_of(tenant.pk)
    if tenant.state != State.PROVISIONING:
        return Progress("done", run)
    if run is None or not (run.finished_at or run.job):
        # Nobody works on it, and nobody will: its job was cancelled, or failed for good.
        return Progress("failed", run, "interrupted")
    if run.outcome == Outcome.FAILED:
        return Progress("failed", run, run.failure)
    return Progress("running" if run.started_at and run.job == "doing" else "waiting", run)


def blocked_by(tenant: Tenant, progress: Progress) -> dict[str, str] | None:
    """What stands in the way, as a code and a sentence."""
    if tenant.state == State.DRAFT and tenant.missing_details():
        return {"code": "details-missing", "detail": DETAILS_MISSING}
    if progress.status == "failed":
        failure = FAILURES.get(progress.failure)  # type: ignore[call-overload] # may be an older code
        sentence = failure.sentence if failure else FAILURES["unexpected"].sentence
        return {"code": progress.failure, "detail": sentence}
    return None


def next_actor(
    tenant: Tenant, progress: Progress, latest: TenantTransition | None
) -> NextActor | None:
    """Who has to do something so that the tenant gets on; None where nothing waits.

    `latest` is what brought the tenant where it is. One query if that was a suspension.
    """
    if tenant.state == State.DRAFT:
        return "you"
    if tenant.state == State.SUSPENDED:
        return "you" if latest and _is_for_debts(latest) else "support"
    if tenant.state != State.PROVISIONING:
        return None
    if progress.status != "failed":
        return "tavola"
    return "you" if helps_to_retry(progress.failure, progress.attempt) else "support"


def _is_for_debts(suspended: TenantTransition) -> bool:
    """Whether paying ends the suspension. Staff may have ended one for debts by hand before."""
    suspensions: Any = apps.get_model("billing", "OverdueSuspension").objects
    standing = suspensions.for_tenant(suspended.tenant_id).filter(lifted_at__isnull=True)
    found: bool = standing.filter(created_at__gte=suspended.changed_at).exists()
    return found
