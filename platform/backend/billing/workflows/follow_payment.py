"""Once nothing is due on an invoice: services begin or recover, a suspended tenant comes back."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.db.models import Sum
from django.utils import timezone

from backend.billing import jobs
from backend.billing.models import CreditNote, Invoice, InvoiceLine, OverdueSuspension, Seller
from backend.billing.models.invoice import InvoiceQuerySet
from backend.common.actor import Actor
from backend.services.models import Service
from backend.services.models import State as ServiceState
from backend.tenants.days import today_of
from backend.tenants.models import State as TenantState
from backend.tenants.models import Tenant
from backend.tenants.models.tenant import latest_transition

# It stands in the tenant's trail.
_NOTHING_OVERDUE: Final = {"en": "Nothing is overdue any more.", "de": "Nichts mehr überfällig."}


def follow_payment(invoice: Invoice, *, by: Actor) -> None:
    """Of an invoice that is paid now, or void. Needs the owner's rights.

    One that was taken back as a whole makes no service begin.
    """
    is_taken_back = _is_taken_back(invoice)
    of_lines = InvoiceLine.objects.for_tenant(invoice.tenant_id).filter(
        invoice=invoice, service__isnull=False
    )
    tenant = Tenant.objects.get(pk=invoice.tenant_id)
    services = Service.objects.for_tenant(invoice.tenant_id).filter(
        pk__in=of_lines.values("service_id")
    )
    for service in services.order_by("pk"):
        if service.state == ServiceState.PENDING and not is_taken_back:
            service.activate(today_of(tenant), by=by)
        elif service.state == ServiceState.PAST_DUE and not _is_overdue(service):
            service.recover(by=by)
    lift_suspension(tenant, by=by)


def _is_taken_back(invoice: Invoice) -> bool:
    notes = CreditNote.objects.for_tenant(invoice.tenant_id).filter(invoice=invoice)
    credited = notes.aggregate(sum=Sum("total_minor"))["sum"]
    return credited is not None and credited >= invoice.total_minor


def _is_overdue(service: Service) -> bool:
    lines = InvoiceLine.objects.for_tenant(service.tenant_id).filter(service=service)
    return overdue_invoices(service.tenant_id).filter(pk__in=lines.values("invoice_id")).exists()


def overdue_invoices(tenant_id: UUID) -> InvoiceQuerySet:
    """What should have been paid before today; without orders that haven't begun."""
    today = Seller.get().today()
    return Invoice.objects.for_tenant(tenant_id).owed().filter(due_on__lt=today)


def lift_suspension(tenant: Tenant, *, by: Actor) -> None:
    """Brings back a tenant that was suspended for what it owed, and owes nothing overdue now."""
    standing = OverdueSuspension.objects.for_tenant(tenant.pk).filter(lifted_at__isnull=True)
    suspension = standing.select_for_update().first()
    if suspension is None or overdue_invoices(tenant.pk).exists():
        return
    suspension.lifted_at = timezone.now()
    suspension.save(update_fields=["lifted_at", "updated_at"])
    # As it is now: staff who change its state just then lock no account.
    tenant = Tenant.objects.select_for_update(no_key=True).get(pk=tenant.pk)
    since = latest_transition(tenant.pk)
    is_the_same = since is not None and since.changed_at <= suspension.created_at
    # Otherwise staff have meanwhile brought it back, and suspended it for something else.
    if tenant.state == TenantState.SUSPENDED and is_the_same:
        tenant.reactivate(by=by, reason=_NOTHING_OVERDUE[tenant.language])
        jobs.queue_all(jobs.MAIL_REACTIVATION, "suspension_id", [suspension.pk])
