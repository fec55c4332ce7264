"""One service of a tenant."""

from __future__ import annotations

from uuid import UUID

from backend.services.errors import ServiceNotFound
from backend.services.models import Service


def lock_service(tenant_id: UUID, service_id: UUID) -> Service:
    """As it is now, until the transaction ends. Raises ServiceNotFound. Needs the owner's rights.

    Who also needs the tenant's account locks that first.
    """
    rows = Service.objects.for_tenant(tenant_id).filter(pk=service_id)
    found: Service | None = rows.select_for_update(no_key=True).first()
    if found is None:
        raise ServiceNotFound
    return found
