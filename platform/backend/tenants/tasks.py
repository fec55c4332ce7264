"""The set-up of tenants, done by a worker."""

from __future__ import annotations

from uuid import UUID

from django.db import OperationalError
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from backend.common.tenancy import owner_scope
from backend.tenants.models import ProvisioningRun
from backend.tenants.models.provisioning import job_lock
from backend.tenants.provisioning.run import carry_out


# Again only where not even the failure could be recorded: the database was gone.
@app.task(
    name="tenants.provision",
    retry=RetryStrategy(max_attempts=10, exponential_wait=2, retry_exceptions={OperationalError}),
)
def provision(run_id: str) -> None:
    carry_out(UUID(run_id))


def provision_later(run: ProvisioningRun) -> None:
    """Queues the job within the current transaction. Of one tenant's, one runs at a time."""
    lock = job_lock(run.tenant_id)
    with owner_scope():
        provision.configure(lock=lock, queueing_lock=lock).defer(run_id=str(run.pk))
