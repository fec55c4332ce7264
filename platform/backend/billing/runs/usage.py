"""How much there was at the end of each day, of what is paid for above a limit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from backend.billing.runs.batches import Outcome
from backend.billing.runs.when import When
from backend.services.models import LimitName, Service, UsageRecord
from backend.services.usage import used_by
from backend.tenants.models import State, Tenant

DAY: Final = timedelta(days=1)


def tenants_to_count(when: When) -> list[UUID]:
    """Who has a service with a price for what is above a limit."""
    priced = Service.objects.in_use().exclude(overage_minor={})
    counted = priced.exclude(tenant__state=State.ARCHIVED)
    return list(counted.order_by("tenant_id").values_list("tenant_id", flat=True).distinct())


def count_usage(tenant_ids: Sequence[UUID], when: When) -> list[Outcome]:
    """For each that isn't counted yet for its yesterday: what there is now.

    Repeated within the hour, as the day ends somewhere in each. A day that was missed altogether
    has no figure, and nothing is charged for it.
    """
    tenants = list(Tenant.objects.filter(pk__in=tenant_ids).order_by("pk"))
    counted = record_usage(tenants, when)
    return [
        Outcome(
            tenant.slug,
            tuple(
                f"{record.get_name_display()} on {record.day}: {record.value}"
                for record in counted.get(tenant.pk, ())
            ),
        )
        for tenant in tenants
        if tenant.pk in counted
    ]


def record_usage(tenants: Sequence[Tenant], when: When) -> dict[UUID, list[UsageRecord]]:
    """The new records by tenant; those that nothing is charged for are passed over."""
    names = _priced(tenants)
    yesterday = {tenant.pk: when.today_of(tenant) - DAY for tenant in tenants if tenant.pk in names}
    known = set(
        UsageRecord.objects.filter(
            tenant_id__in=yesterday, day__in=set(yesterday.values())
        ).values_list("tenant_id", "name", "day")
    )
    missing = [
        (tenant_id, name, day)
        for tenant_id, day in yesterday.items()
        for name in sorted(names[tenant_id])
        if (tenant_id, name, day) not in known
    ]
    if not missing:
        return {}
    found = used_by(
        {tenant_id for tenant_id, _, _ in missing}, sorted({name for _, name, _ in missing})
    )
    records: dict[UUID, list[UsageRecord]] = {}
    for tenant_id, name, day in missing:
        value = found[tenant_id][name]
        record = UsageRecord(tenant_id=tenant_id, name=name, day=day, value=value)
        records.setdefault(tenant_id, []).append(record)
    UsageRecord.objects.bulk_create(
        [record for each in records.values() for record in each], ignore_conflicts=True
    )
    return records


def _priced(tenants: Sequence[Tenant]) -> dict[UUID, set[LimitName]]:
    services = Service.objects.in_use().filter(tenant_id__in=[tenant.pk for tenant in tenants])
    names: dict[UUID, set[LimitName]] = {}
    for tenant_id, overage in services.values_list("tenant_id", "overage_minor"):
        if overage:
            names.setdefault(tenant_id, set()).update(LimitName(name) for name in overage)
    return names
