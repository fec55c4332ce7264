"""A business on its way to being open, and its worker."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from backend.accounts.models import Person
from backend.accounts.tests.conftest import Mailbox
from backend.common.actor import Actor
from backend.conftest import Api
from backend.tenants.models import (
    Member,
    ProvisioningRun,
    ProvisioningStep,
    Role,
    State,
    Tenant,
    TenantTransition,
)
from backend.tenants.tasks import provision

ADDRESS = {
    "legal_name": "Luna Gastronomie GmbH",
    "street": "Torstraße 1",
    "postcode": "10119",
    "city": "Berlin",
}

SAM = Actor("staff", "Sam Taylor")
# How a draft gets there.
WAYS: dict[str, list[str]] = {
    State.DRAFT: [],
    State.PROVISIONING: ["provision"],
    State.ACTIVE: ["provision", "activate"],
    State.SUSPENDED: ["provision", "activate", "suspend"],
    State.ARCHIVED: ["provision", "activate", "archive"],
}


@pytest.fixture
def paula(db: None) -> Person:
    """The owner of Café Luna, who reads German."""
    return Person.objects.create(email="paula@luna.test", name="Paula Berg", language="de")


@pytest.fixture
def luna(paula: Person) -> Tenant:
    """A draft with all its details."""
    tenant = Tenant.objects.create(
        slug="luna", name="Café Luna", country="DE", currency="EUR", language="de",
        time_zone="Europe/Berlin", **ADDRESS,
    )  # fmt: skip
    Member.objects.create(tenant=tenant, person=paula, role=Role.OWNER)
    return tenant


@pytest.fixture
def owner(visit: Callable[..., Api], paula: Person, luna: Tenant) -> Api:
    """The portal on behalf of Paula at Café Luna."""
    return visit(paula, luna)


@pytest.fixture
def mailbox(db: None) -> Mailbox:
    return Mailbox()


def jobs_of(tenant: Tenant) -> Any:
    return ProcrastinateJob.objects.filter(
        task_name="tenants.provision", lock=f"tenants.provision:{tenant.pk}"
    ).order_by("id")


def work(tenant: Tenant) -> None:
    """Does the tenant's queued job, as a worker would."""
    job = jobs_of(tenant).get(status="todo")
    set_status(job, "doing")
    provision(**job.args)
    set_status(job, "succeeded")


def set_status(job: ProcrastinateJob, status: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = %s WHERE id = %s", [status, job.id])


def history(tenant: Tenant) -> list[tuple[int, str, str, dict[str, str]]]:
    """Each attempt with its outcome, the code of its failure and its steps."""
    return [
        (
            run.attempt,
            run.outcome,
            run.failure,
            dict(ProvisioningStep.objects.filter(run=run).values_list("code", "status")),
        )
        for run in ProvisioningRun.objects.filter(tenant=tenant).order_by("attempt")
    ]


def do(tenant: Tenant, verb: str, reason: str = "because") -> TenantTransition:
    changed: TenantTransition = getattr(tenant, verb)(
        by=SAM, **({} if verb == "activate" else {"reason": reason})
    )
    return changed


def in_state(tenant: Tenant, state: str) -> Tenant:
    for verb in WAYS[state]:
        do(tenant, verb)
    return tenant
