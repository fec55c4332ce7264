from __future__ import annotations

from uuid import UUID

from backend.audit.recording import About, record
from backend.common.actor import Actor
from backend.crm.errors import (
    CustomerErased,
    DuplicateAlreadyMerged,
    DuplicateErased,
    DuplicateNotFound,
    MergeIntoItself,
)
from backend.crm.models import Customer, CustomerMerge, CustomerNote, CustomerTag
from backend.crm.workflows.find_customers import raise_gone


def merge_customers(
    tenant_id: UUID, survivor_id: UUID, duplicate_id: UUID, *, by: Actor
) -> Customer:
    """Makes two customers one: the survivor gets what it lacks, all notes and tags.

    The duplicate's row goes; that it was merged is remembered. Raises CustomerNotFound,
    CustomerMerged and CustomerErased for the survivor; MergeIntoItself; and DuplicateNotFound,
    DuplicateAlreadyMerged and DuplicateErased.
    """
    if survivor_id == duplicate_id:
        raise MergeIntoItself
    survivor, duplicate = _lock_both(tenant_id, survivor_id, duplicate_id)
    filled = survivor.fill_from(duplicate)
    survivor.save(update_fields=[*filled, "updated_at"])
    CustomerNote.objects.for_tenant(tenant_id).filter(customer_id=duplicate_id).update(
        customer_id=survivor_id
    )
    tags = CustomerTag.objects.for_tenant(tenant_id).filter(customer_id=duplicate_id)
    CustomerTag.objects.bulk_create(
        (
            CustomerTag(tenant_id=tenant_id, customer_id=survivor_id, tag_id=tag_id)
            for tag_id in tags.values_list("tag_id", flat=True)
        ),
        ignore_conflicts=True,
    )
    Customer.objects.for_tenant(tenant_id).filter(pk=duplicate_id).delete()
    CustomerMerge.objects.create(
        tenant_id=tenant_id,
        duplicate_id=duplicate_id,
        survivor_id=survivor_id,
        by_id=by.member_id,
        by_name=by.name,
    )
    # Either of the two may be erased one day: only their ids stay.
    record(
        "customer.merged",
        tenant_id=tenant_id,
        by=by,
        about=About("customer", survivor_id, ""),
        data={"duplicate_id": str(duplicate_id)},
    )
    return survivor


def _lock_both(tenant_id: UUID, survivor_id: UUID, duplicate_id: UUID) -> tuple[Customer, Customer]:
    # In the order of their ids: two merges of the same pair, one each way, would else wait for
    # each other.
    rows = (
        Customer.objects.for_tenant(tenant_id)
        .filter(pk__in=[survivor_id, duplicate_id])
        .order_by("pk")
        .select_for_update()
    )
    found: dict[UUID, Customer] = {row.pk: row for row in rows}
    if survivor_id not in found:
        raise_gone(tenant_id, survivor_id)
    if duplicate_id not in found:
        if other := CustomerMerge.survivor_of(tenant_id, duplicate_id):
            raise DuplicateAlreadyMerged(merged_into=other)
        raise DuplicateNotFound
    if found[survivor_id].erased_at:
        raise CustomerErased
    if found[duplicate_id].erased_at:
        raise DuplicateErased
    return found[survivor_id], found[duplicate_id]
