"""What follows when an invoice isn't paid: services are past due, in the end the tenant suspended.

Paying undoes both at once: see `workflows.follow_payment`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, Max

from backend.audit.recording import Event, record_all
from backend.billing import jobs
from backend.billing.models import Invoice, InvoiceLine, OverdueSuspension, Seller
from backend.billing.models.invoice import State as InvoiceState
from backend.billing.runs.batches import BY, Outcome
from backend.billing.runs.when import When
from backend.billing.runs.wording import not_paid
from backend.billing.workflows.issue_invoices import lock_accounts
from backend.common.transitions import change_states
from backend.services.models import Service, ServiceTransition
from backend.services.models import State as ServiceState
from backend.tenants.models import State, Tenant, TenantTransition


def tenants_past_due(when: When) -> list[UUID]:
    """Who has an active service that is on an overdue invoice."""
    late = _unpaid_services(when).order_by("tenant_id")
    return list(late.values_list("tenant_id", flat=True).distinct())


def fall_due(tenant_ids: Sequence[UUID], when: When) -> list[Outcome]:
    """From the day after an invoice was due, its services are past due."""
    tenants = Tenant.objects.in_bulk(tenant_ids)
    lock_accounts(tenants)
    services = list(_unpaid_services(when).filter(tenant_id__in=tenants).order_by("pk"))
    change_states(
        services,
        "fall_due",
        by=BY,
        record=ServiceTransition,
        about=lambda service: {"tenant_id": service.tenant_id, "service": service},
    )
    told: dict[UUID, list[str]] = defaultdict(list)
    events = []
    for service in services:
        states = {"from": ServiceState.ACTIVE, "to": ServiceState.PAST_DUE, "reason": ""}
        events.append(Event("service.fall_due", service.tenant_id, service.about, states))
        told[service.tenant_id].append(f"{service}: past due")
    record_all(events, by=BY)
    return [Outcome(tenants[key].slug, tuple(lines)) for key, lines in told.items()]


def tenants_to_suspend(when: When) -> list[UUID]:
    """Who has been overdue for too long, or is suspended for it no more."""
    late = _too_late(when).filter(tenant__state=State.ACTIVE)
    lifted = OverdueSuspension.objects.filter(lifted_at__isnull=True).exclude(
        tenant__state=State.SUSPENDED
    )
    found = (
        late.order_by().values_list("tenant_id").union(lifted.order_by().values_list("tenant_id"))
    )
    return sorted(tenant_id for (tenant_id,) in found)


def suspend(tenant_ids: Sequence[UUID], when: When) -> list[Outcome]:
    """Suspends tenants for what has been overdue for too long; paying brings them back.

    Whom staff have brought back by hand isn't suspended again for the same invoices, only for
    those that become overdue for too long later.
    """
    seller = Seller.get()
    lock_accounts(Tenant.objects.in_bulk(tenant_ids))
    # Read once they are locked: whoever pays or is brought back meanwhile has been waited for.
    locked = Tenant.objects.filter(pk__in=tenant_ids).order_by("pk").select_for_update(no_key=True)
    tenants = {tenant.pk: tenant for tenant in locked}
    told: dict[UUID, list[str]] = defaultdict(list)
    for suspension in _lift(tenants):
        told[suspension.tenant_id].append("Is no longer suspended, by hand")
    suspensions = []
    for tenant_id, invoices in _to_answer_for(tenants, seller, when).items():
        tenant = tenants[tenant_id]
        reason = not_paid(invoices, tenant.language)
        tenant.suspend(by=BY, reason=reason)
        suspensions.append(OverdueSuspension(tenant=tenant, reason=reason))
        told[tenant_id].append(f"Suspended. {reason}")
    OverdueSuspension.objects.bulk_create(suspensions)
    jobs.queue_all(jobs.MAIL_SUSPENSION, "suspension_id", [each.pk for each in suspensions])
    return [Outcome(tenants[key].slug, tuple(lines)) for key, lines in told.items()]


def _unpaid_services(when: When) -> Any:
    """Active services that are on an invoice which should have been paid before today."""
    lines = InvoiceLine.objects.filter(
        # Their index begins with the tenant: without it all lines of all tenants are read.
        tenant=F("invoice__tenant"),
        invoice__state=InvoiceState.OPEN,
        invoice__due_on__lt=when.today_of(Seller.get()),
        service__isnull=False,
    )
    return Service.objects.filter(state=ServiceState.ACTIVE, pk__in=lines.values("service_id"))


def _too_late(when: When) -> Any:
    """What a tenant is suspended for: not an order that it thought better of."""
    seller = Seller.get()
    if seller.suspension_days is None:
        return Invoice.objects.none()
    last = when.today_of(seller) - timedelta(days=seller.suspension_days)
    return Invoice.objects.owed().filter(due_on__lte=last)


def _lift(tenants: Mapping[UUID, Tenant]) -> list[OverdueSuspension]:
    """Notes that staff have ended suspensions by hand, and when."""
    active = [tenant.pk for tenant in tenants.values() if tenant.state != State.SUSPENDED]
    standing = OverdueSuspension.objects.filter(tenant_id__in=active, lifted_at__isnull=True)
    found = list(standing.select_for_update())
    ends = TenantTransition.objects.filter(
        tenant_id__in=[suspension.tenant_id for suspension in found], from_state=State.SUSPENDED
    )
    ended_at = dict(ends.order_by().values_list("tenant_id").annotate(Max("changed_at")))
    for suspension in found:
        suspension.lifted_at = ended_at[suspension.tenant_id]
    OverdueSuspension.objects.bulk_update(found, ["lifted_at"])
    return found


def _to_answer_for(
    tenants: Mapping[UUID, Tenant], seller: Seller, when: When
) -> dict[UUID, list[Invoice]]:
    """By tenant the invoices to suspend it for; not those that it was brought back in spite of."""
    active = [tenant.pk for tenant in tenants.values() if tenant.state == State.ACTIVE]
    pardons = OverdueSuspension.objects.filter(tenant_id__in=active, lifted_at__isnull=False)
    pardoned_at = dict(pardons.order_by().values_list("tenant_id").annotate(Max("lifted_at")))
    found: dict[UUID, list[Invoice]] = defaultdict(list)
    for invoice in _too_late(when).filter(tenant_id__in=active).oldest_due_first():
        too_late_on = invoice.due_on + timedelta(days=seller.suspension_days or 0)
        pardon = pardoned_at.get(invoice.tenant_id)
        if pardon is None or too_late_on > when.day_of(seller, pardon):
            found[invoice.tenant_id].append(invoice)
    return found
