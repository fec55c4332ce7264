"""Tenants in batches of one transaction each: a run that is killed has done whole batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

import structlog
from django.db import DatabaseError, OperationalError, connection, transaction

from backend.common.actor import Actor
from backend.common.problems import Problem
from backend.common.tenancy import owner_scope
from backend.tenants.models import Tenant

# Enough that statements are shared, and few enough that nobody waits long for the number series.
SIZE: Final = 100
# Who does what a run does.
BY: Final = Actor.system()
# What one tenant's data can be the cause of. A database that is gone is none of them.
FAULTS: Final = (
    Problem,
    DatabaseError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a step did for one tenant, or in a preview would do.

    `told` are lines for staff, `invoiced` the totals of new invoices in minor units by currency.
    With a `failure` nothing was done for it.
    """

    tenant: str
    told: tuple[str, ...] = ()
    invoiced: Mapping[str, int] = field(default_factory=dict)
    failure: str = ""


Work = Callable[[Sequence[UUID]], list[Outcome]]


def in_batches(
    tenants: Sequence[UUID],
    work: Work,
    *,
    dry_run: bool,
    check: Callable[[], None] = lambda: None,
    size: int = SIZE,
) -> Iterator[Outcome]:
    """Does `work` for these tenants; of a dry run nothing is kept.

    Where a batch fails, each of its tenants is tried alone, so that one can't stop the others.
    `check` is called between batches and may end the run by an exception.
    """
    for first in range(0, len(tenants), size):
        check()
        batch = tenants[first : first + size]
        try:
            found = _attempt(batch, work, dry_run=dry_run)
        except FAULTS:
            found = [each for one in batch for each in _alone(one, work, dry_run=dry_run)]
        yield from found


def _attempt(tenants: Sequence[UUID], work: Work, *, dry_run: bool) -> list[Outcome]:
    with owner_scope(), transaction.atomic():
        _forget_plans()
        found = work(tenants)
        if dry_run:
            transaction.set_rollback(True)
    return found


def _forget_plans() -> None:
    """Lets the database plan anew what its triggers and references look up.

    It keeps a session's plans, and those from when a table was nearly empty read all of it for each
    row: the first run of an installation would take longer with every batch.
    """
    with connection.cursor() as cursor:
        cursor.execute("DISCARD PLANS")


def _alone(tenant_id: UUID, work: Work, *, dry_run: bool) -> list[Outcome]:
    try:
        return _attempt([tenant_id], work, dry_run=dry_run)
    except OperationalError:
        raise
    except FAULTS as error:
        slug = Tenant.objects.values_list("slug", flat=True).get(pk=tenant_id)
        log.exception("billing failed for a tenant", tenant=slug, dry_run=dry_run)
        # What follows the first line may quote rows.
        words = str(error).partition("\n")[0]
        return [Outcome(slug, failure=f"{type(error).__name__}: {words}".rstrip(": "))]
