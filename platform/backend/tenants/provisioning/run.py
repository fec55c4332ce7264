"""Carries out an attempt of a tenant's set-up, so that it can be killed anywhere and run again.

Each step commits by itself: what was done is seen at once, and is not done a second time. The
attempt's row is locked while a step works, which makes two workers take turns.
"""

from __future__ import annotations

from uuid import UUID

import structlog
from django.db import InterfaceError, OperationalError, connection, transaction

from backend.audit.recording import record
from backend.common.actor import Actor
from backend.tenants.mail import mail_owners
from backend.tenants.models import Outcome, ProvisioningRun, ProvisioningStep, Step, StepStatus
from backend.tenants.provisioning.failures import FAILURES, StepFailed
from backend.tenants.provisioning.steps import STEPS

log = structlog.get_logger(__name__)


def carry_out(run_id: UUID) -> None:
    """Takes the steps that are left. A failure is recorded; what was not foreseen is raised too."""
    run = ProvisioningRun.objects.select_related("tenant").get(pk=run_id)
    run.start()
    for step in STEPS:
        if not _take(run, step):
            break


def _take(run: ProvisioningRun, step: Step) -> bool:
    """Whether to go on with the next one."""
    try:
        return _take_in_turn(run, step)
    except StepFailed as failure:
        _fail(run, step, failure)
    except (OperationalError, InterfaceError) as error:
        connection.close_if_unusable_or_obsolete()
        _fail(run, step, StepFailed("database-unreachable", f"{type(error).__name__}: {error}"))
    except Exception as error:
        _fail(run, step, StepFailed("unexpected", f"{type(error).__name__}: {error}"))
        raise
    return False


def _take_in_turn(run: ProvisioningRun, step: Step) -> bool:
    row, _ = ProvisioningStep.objects.get_or_create(tenant=run.tenant, run=run, code=step)
    with transaction.atomic():
        if _lock(run).finished_at:
            return False
        row.refresh_from_db()
        if row.status == StepStatus.RUNNING:
            row.finish(StepStatus.DONE, STEPS[step](run.tenant))
            if step == list(STEPS)[-1]:
                run.finish(Outcome.DONE)
    return True


def _fail(run: ProvisioningRun, step: Step, failure: StepFailed) -> None:
    log.error("provisioning failed", tenant=run.tenant.slug, step=step, code=failure.code)
    with transaction.atomic():
        if _lock(run).finished_at:
            return
        row, _ = ProvisioningStep.objects.get_or_create(tenant=run.tenant, run=run, code=step)
        row.finish(StepStatus.FAILED, FAILURES[failure.code].sentence, failure.diagnostics)
        run.finish(Outcome.FAILED, failure.code)
        record(
            "tenant.provision-failed",
            tenant_id=run.tenant_id,
            by=Actor.system(),
            data={"attempt": run.attempt, "step": step.value, "code": failure.code},
        )
        mail_owners("set_up_failed", run.tenant)


def _lock(run: ProvisioningRun) -> ProvisioningRun:
    locked: ProvisioningRun = ProvisioningRun.objects.select_for_update().get(pk=run.pk)
    return locked
