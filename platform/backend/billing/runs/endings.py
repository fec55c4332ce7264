"""Services that nobody will use any more: of closed businesses, and orders that nobody paid."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import F

from backend.billing.models import InvoiceLine, Seller
from backend.billing.models.invoice import State as InvoiceState
from backend.billing.runs.batches import BY, Outcome
from backend.billing.runs.when import When
from backend.billing.runs.wording import reason
from backend.billing.workflows.cancel_service import When as At
from backend.billing.workflows.cancel_service import cancel_service
from backend.billing.workflows.issue_invoices import lock_accounts
from backend.services.models import Service
from backend.services.models import State as ServiceState
from backend.tenants.models import State, Tenant

# So long after its first invoice was due, an order has lapsed.
GRACE: Final = timedelta(days=14)
_FOR_STAFF: Final = {"archived": "the business is archived", "lapsed": "never paid"}


def tenants_with_endings(when: When) -> list[UUID]:
    archived = Service.objects.current().filter(tenant__state=State.ARCHIVED)
    found = archived.values_list("tenant_id").union(_lapsed(when).values_list("tenant_id"))
    return sorted(tenant_id for (tenant_id,) in found)


def end_services(tenant_ids: Sequence[UUID], when: When) -> list[Outcome]:
    """Cancels them. What was asked for one that never began is taken back; the rest stays due."""
    tenants = Tenant.objects.in_bulk(tenant_ids)
    lock_accounts(tenants)
    outcomes = []
    for tenant in tenants.values():
        services = Service.objects.for_tenant(tenant.pk)
        if tenant.state == State.ARCHIVED:
            told = _end(tenant, services.current(), "archived")
        else:
            told = _end(tenant, _lapsed(when).filter(tenant=tenant), "lapsed")
        outcomes.append(Outcome(tenant.slug, told))
    return outcomes


def _lapsed(when: When) -> Any:
    """Pending services without an invoice that could still be paid in time."""
    limit = when.today_of(Seller.get()) - GRACE
    waiting = InvoiceLine.objects.filter(
        # Their index begins with the tenant: without it all lines of all tenants are read.
        tenant=F("invoice__tenant"),
        invoice__state=InvoiceState.OPEN,
        invoice__due_on__gte=limit,
        service__isnull=False,
    )
    pending = Service.objects.filter(state=ServiceState.PENDING)
    return pending.exclude(pk__in=waiting.values("service_id"))


def _end(tenant: Tenant, services: Iterable[Service], why: str) -> tuple[str, ...]:
    told = []
    # The plan first: its add-ons end with it.
    for service in sorted(services, key=lambda each: (each.is_addon, each.pk)):
        service.refresh_from_db()
        if service.state == ServiceState.CANCELLED:
            continue
        cancel_service(tenant, service.pk, at=At.NOW, by=BY, reason=reason(why, tenant.language))
        told.append(f"{service}: cancelled, {_FOR_STAFF[why]}")
    return tuple(told)
