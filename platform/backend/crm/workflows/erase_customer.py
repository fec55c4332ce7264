from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from backend.audit.recording import About, record
from backend.common.actor import Actor
from backend.crm.models import Customer, CustomerErasure, CustomerNote, CustomerTag
from backend.crm.workflows.find_customers import lock_customer


def erase_customer(tenant_id: UUID, customer_id: UUID, *, by: Actor, reason: str) -> Customer:
    """Removes the person and keeps the row, for the books.

    Notes and tags go as well: free text names people, and a tag may speak of somebody's health.
    Raises CustomerNotFound, CustomerMerged, CustomerErased.
    """
    customer = lock_customer(tenant_id, customer_id)
    customer.require_present()
    CustomerNote.objects.for_tenant(tenant_id).filter(customer_id=customer_id).delete()
    CustomerTag.objects.for_tenant(tenant_id).filter(customer_id=customer_id).delete()
    customer.forget(at=timezone.now())
    CustomerErasure.objects.create(
        tenant_id=tenant_id,
        customer_id=customer_id,
        reason=reason,
        by_id=by.member_id,
        by_name=by.name,
    )
    # By its id alone: the trail stays, and the name must not.
    record(
        "customer.erased",
        tenant_id=tenant_id,
        by=by,
        about=About("customer", customer_id, ""),
        data={"reason": reason},
    )
    return customer
