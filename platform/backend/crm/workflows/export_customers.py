from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from backend.crm import csv_files
from backend.crm.models import Customer
from backend.crm.search import matching_ids


def export_customers(
    tenant_id: UUID, *, q: str = "", tag: str = "", unreachable: bool = False
) -> Iterator[str]:
    """The lines of a CSV file of the customers, by name, that `import_customers` understands.

    Reads in steps, so that a hundred thousand customers fit; exhaust it inside the tenant's scope.
    """
    customers = Customer.objects.for_tenant(tenant_id).present().with_tags()
    if q:
        customers = customers.filter(pk__in=matching_ids(q, tag))
    elif tag:
        customers = customers.tagged(tenant_id, tag)
    if unreachable:
        customers = customers.unreachable()
    rows = customers.order_by("sort_name", "pk").values(*csv_files.COLUMNS)
    return csv_files.write(rows.iterator(chunk_size=2000))
