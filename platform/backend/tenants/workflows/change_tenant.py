"""Changing what is known of a business."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from backend.audit.recording import record
from backend.common.abilities import STATE_ABILITIES, TENANT_UPDATE
from backend.common.actor import Actor
from backend.common.problems import StateForbids
from backend.tenants.errors import FixedAfterSetUp
from backend.tenants.models import State, Tenant

FIXED: Final = ("country", "currency")


def lock_tenant(tenant_id: UUID) -> Tenant:
    """The tenant, which nobody else changes until the transaction ends.

    Raises StateForbids where its set-up has begun, or it was suspended, since the caller came in.
    """
    tenant: Tenant = Tenant.objects.select_for_update(no_key=True).get(pk=tenant_id)
    if TENANT_UPDATE not in STATE_ABILITIES[tenant.state]:
        raise StateForbids(ability=TENANT_UPDATE, state=tenant.state)
    return tenant


def change_tenant(tenant: Tenant, values: Mapping[str, Any], *, by: Actor) -> None:
    """Writes what differs, and puts the names of those fields on record.

    `tenant` is locked. Raises FixedAfterSetUp.
    """
    changed = [name for name, value in values.items() if getattr(tenant, name) != value]
    fixed = [name for name in FIXED if name in changed]
    if fixed and tenant.state != State.DRAFT:
        raise FixedAfterSetUp(fields=fixed)
    if not changed:
        return
    for name in changed:
        setattr(tenant, name, values[name])
    tenant.save(update_fields=[*changed, "updated_at"])
    record("tenant.updated", tenant_id=tenant.pk, by=by, data={"fields": changed})
