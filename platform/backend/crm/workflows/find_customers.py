"""Finding a customer by id, whatever became of it."""

from __future__ import annotations

from typing import NoReturn
from uuid import UUID

from backend.crm.errors import CustomerMerged, CustomerNotFound
from backend.crm.models import Customer, CustomerMerge


def lock_customer(tenant_id: UUID, customer_id: UUID) -> Customer:
    """The customer, held against changes by others until the transaction ends."""
    try:
        found: Customer = (
            Customer.objects.for_tenant(tenant_id).select_for_update().get(pk=customer_id)
        )
    except Customer.DoesNotExist:
        raise_gone(tenant_id, customer_id)
    return found


def raise_gone(tenant_id: UUID, customer_id: UUID) -> NoReturn:
    """Says what became of a customer that is not there: merged, or never known here."""
    if survivor := CustomerMerge.survivor_of(tenant_id, customer_id):
        raise CustomerMerged(merged_into=survivor)
    raise CustomerNotFound
