from __future__ import annotations

from uuid import UUID

from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from backend.common.actor import Actor
from backend.common.identifiers import new_id
from backend.common.jobs import ALIVE
from backend.common.tenancy import owner_scope
from backend.database_configs.errors import ValidationRunning
from backend.database_configs.models import DatabaseConfig, DatabaseValidation
from backend.database_configs.models.validation import QUEUE, TASK


def request_validation(config: DatabaseConfig, *, by: Actor) -> UUID:
    """Has a locked configuration validated by a job. The validation's id.

    One that waits or runs already is enough, unless it is of what the configuration was before, or
    its job is gone: then it is abandoned. Raises ValidationRunning.
    """
    rows = DatabaseValidation.objects.for_tenant(config.tenant_id)
    before = rows.unfinished().filter(config_id=config.pk).first()
    if before and before.connection_version == config.connection_version and _is_alive(before):
        raise ValidationRunning
    validation = DatabaseValidation(
        id=new_id(),
        tenant_id=config.tenant_id,
        config_id=config.pk,
        connection_version=config.connection_version,
        requested_by=by.name,
        requested_by_kind=by.kind,
        requested_by_id=by.id,
    )
    with owner_scope():
        if before:
            before.abandon()
        job = app.configure_task(TASK, queue=QUEUE, lock=f"{TASK}:{config.pk}")
        validation.job_id = job.defer(validation_id=str(validation.pk))
    validation.save(force_insert=True)
    return validation.pk


def _is_alive(validation: DatabaseValidation) -> bool:
    with owner_scope():
        jobs = ProcrastinateJob.objects.filter(pk=validation.job_id, status__in=ALIVE)
        return bool(jobs.exists())
