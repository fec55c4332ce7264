"""Once an invoice is paid: services begin or are no longer past due, tenants come back."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from backend.billing.models import Invoice, InvoiceLine, OverdueSuspension, Seller
from backend.billing.models.invoice import InvoiceQuerySet
from backend.common.actor import Actor
from backend.services.models import Service
from backend.services.models import State as ServiceState
from backend.tenants.days import today_of
from backend.tenants.models import State as TenantState
from backend.tenants.models import Tenant


def follow_payment(invoice: Invoice, *, by: Actor) -> None:
    """Within the payment's transaction. Needs the owner's rights."""
    of_lines = InvoiceLine.objects.for_tenant(invoice.tenant_id).filter(
        invoice=invoice, service__isnull=False
    )
    tenant = Tenant.objects.get(pk=invoice.tenant_id)
    services = Service.objects.for_tenant(invoice.tenant_id).filter(
        pk__in=of_lines.values("service_id")
    )
    for service in services.order_by("pk"):
        if service.state == ServiceState.PENDING:
            service.activate(today_of(tenant), by=by)
        elif service.state == ServiceState.PAST_DUE and not _is_overdue(service):
            service.recover(by=by)
    lift_suspension(tenant, by=by)


def _is_overdue(service: Service) -> bool:
    lines = InvoiceLine.objects.for_tenant(service.tenant_id).filter(service=service)
    return overdue_invoices(service.tenant_id).filter(pk__in=lines.values("invoice_id")).exists()


def overdue_invoices(tenant_id: UUID) -> InvoiceQuerySet:
    """Open invoices that should have been paid before today."""
    today = Seller.get().today()
    return Invoice.objects.for_tenant(tenant_id).open().filter(due_on__lt=today)


def lift_suspension(tenant: Tenant, *, by: Actor) -> None:
    """Brings back a tenant that was suspended for what it owed, and owes nothing overdue now."""
    standing = OverdueSuspension.objects.for_tenant(tenant.pk).filter(lifted_at__isnull=True)
    suspension = standing.select_for_update().first()
    if suspension is None or overdue_invoices(tenant.pk).exists():
        return
    suspension.lifted_at = timezone.now()
    suspension.save(update_fields=["lifted_at", "updated_at"])
    if tenant.state == TenantState.SUSPENDED:
        tenant.reactivate(by=by, reason="Paid.")
