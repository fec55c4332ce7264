"""The isolation probe: under the tenant's role, is anything of anybody else's within reach?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from uuid import UUID

from django.db import ProgrammingError, connection, transaction
from psycopg.errors import InsufficientPrivilege

from backend.common.schema import tenant_owned_tables
from backend.common.tenancy import tenant_role, tenant_scope
from backend.tenants.models import IsolationProbe, Tenant
from backend.tenants.provisioning.failures import StepFailed

# No tenant has this id.
CANARY: Final = UUID("00000000-0000-7000-8000-000000000000")
# Seconds.
LONGEST_STATEMENT: Final = 30


def probe_isolation(tenant: Tenant) -> None:
    """Raises StepFailed with all that was found. Leaves no row behind.

    Runs in a transaction of the caller's.
    """
    # By the tables' owner, whom no policy holds.
    ours = IsolationProbe.objects.create(tenant_id=tenant.pk)
    canary = IsolationProbe.objects.create(tenant_id=CANARY)
    with tenant_scope(tenant.pk, statement_seconds=LONGEST_STATEMENT):
        found = [*_seen(tenant, ours), *_changed(canary), *_foreign(tenant)]
    IsolationProbe.objects.filter(pk__in=[ours.pk, canary.pk]).delete()
    if found:
        raise StepFailed("isolation-broken", "\n".join(found))


def _seen(tenant: Tenant, ours: IsolationProbe) -> list[str]:
    probes = set(IsolationProbe.objects.values_list("pk", flat=True))
    tenants = set(Tenant.objects.values_list("pk", flat=True))
    found = []
    if probes != {ours.pk}:
        found.append(f"The role sees {len(probes)} rows of the probe, not its own one alone.")
    if tenants != {tenant.pk}:
        found.append(f"The role sees {len(tenants)} tenants, not its own one alone.")
    return found


def _changed(canary: IsolationProbe) -> list[str]:
    """What the role could do to the canary's rows."""
    rows = IsolationProbe.objects.filter(tenant_id=CANARY)
    attempts: dict[str, Callable[[], int]] = {
        "insert": lambda: len(
            IsolationProbe.objects.bulk_create([IsolationProbe(tenant_id=CANARY)])
        ),
        "update": lambda: rows.update(note="changed"),
        "delete": lambda: int(rows.delete()[0]),
    }
    return [
        f"The role may {verb} rows of another tenant."
        for verb, attempt in attempts.items()
        if _succeeds(attempt)
    ]


def _succeeds(attempt: Callable[[], int]) -> bool:
    try:
        with transaction.atomic():
            return attempt() > 0
    except ProgrammingError as error:
        if not isinstance(error.__cause__, InsufficientPrivilege):
            raise
        return False


def _foreign(tenant: Tenant) -> list[str]:
    quote = connection.ops.quote_name
    found = []
    with connection.cursor() as cursor:
        for table in tenant_owned_tables(tenant_role()):
            cursor.execute(
                f"SELECT EXISTS (SELECT FROM {quote(table)} WHERE tenant_id IS DISTINCT FROM %s)",  # noqa: S608 - a name from the catalogue
                [tenant.pk],
            )
            if cursor.fetchone()[0]:
                found.append(f"{table} shows the role rows of another tenant.")
    return found
