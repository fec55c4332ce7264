"""Setting a tenant up: begun once, begun again after a failure; carried out by a job."""

from __future__ import annotations

from django.db import transaction

from backend.audit.recording import record
from backend.common.actor import Actor
from backend.tenants.errors import DetailsMissing, ProvisioningRunning
from backend.tenants.models import Outcome, ProvisioningRun, State, Tenant
from backend.tenants.provisioning.progress import DETAILS_MISSING, progress_of
from backend.tenants.provisioning.run import carry_out
from backend.tenants.tasks import provision_later


def begin_provisioning(tenant: Tenant, *, by: Actor, reason: str = "") -> ProvisioningRun:
    """Takes a draft into its set-up and queues the job. Needs the owner's rights.

    Raises DetailsMissing, TransitionRefused.
    """
    with transaction.atomic():
        run = _begin(tenant, by=by, reason=reason)
        provision_later(run)
    return run


def retry_provisioning(tenant: Tenant, *, by: Actor, reason: str = "") -> ProvisioningRun:
    """Another attempt after one that failed, or whose job is gone. Needs the owner's rights.

    Raises ProvisioningRunning.
    """
    with transaction.atomic():
        _lock(tenant)
        progress = progress_of(tenant)
        if progress.status != "failed":
            raise ProvisioningRunning
        if progress.run and not progress.run.finished_at:
            progress.run.finish(Outcome.FAILED, progress.failure)
        run = ProvisioningRun.objects.create(tenant=tenant, attempt=progress.attempt + 1)
        record(
            "tenant.provision",
            tenant_id=tenant.pk,
            by=by,
            data={"attempt": run.attempt, "reason": reason},
        )
        provision_later(run)
    return run


def start_provisioning(tenant: Tenant, *, by: Actor, reason: str = "") -> ProvisioningRun:
    """Begins the set-up, or begins it again: whichever the tenant's state asks for.

    Raises DetailsMissing, ProvisioningRunning, TransitionRefused. Needs the owner's rights.
    """
    with transaction.atomic():
        _lock(tenant)
        if tenant.state == State.PROVISIONING:
            return retry_provisioning(tenant, by=by, reason=reason)
        return begin_provisioning(tenant, by=by, reason=reason)


def provision_now(tenant: Tenant, *, by: Actor) -> bool:
    """Sets a draft up without waiting for a worker: for tenants that a command makes.

    Returns whether the tenant is open now. Raises DetailsMissing, TransitionRefused.
    """
    carry_out(_begin(tenant, by=by).pk)
    tenant.refresh_from_db(fields=["state"])
    return tenant.state == State.ACTIVE


def _begin(tenant: Tenant, *, by: Actor, reason: str = "") -> ProvisioningRun:
    with transaction.atomic():
        _lock(tenant)
        if tenant.state == State.DRAFT and (missing := tenant.missing_details()):
            raise DetailsMissing(DETAILS_MISSING, missing=missing)
        tenant.provision(by=by, reason=reason)
        run: ProvisioningRun = ProvisioningRun.objects.create(tenant=tenant, attempt=1)
    return run


def _lock(tenant: Tenant) -> None:
    """Holds the row, and looks again at what may have changed before."""
    Tenant.objects.select_for_update(no_key=True).get(pk=tenant.pk)
    tenant.refresh_from_db()
