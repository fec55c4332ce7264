"""Subscribing to a plan: a pending service, and the invoice that makes it begin once it is paid.

Staff may let it begin before that.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction

from backend.billing.charges import UNITS
from backend.billing.models import Account, Invoice, InvoiceLine
from backend.billing.models.invoice import LineKind
from backend.billing.wording import describe
from backend.billing.workflows.draft_invoice import draft_invoice
from backend.billing.workflows.issue_invoices import issue_invoices
from backend.common.actor import Actor
from backend.common.constraints import broken_by
from backend.services.catalogue import offered_price
from backend.services.errors import AlreadySubscribed, PlanNeeded
from backend.services.models import Interval, Service
from backend.services.models.service import Terms
from backend.services.workflows.find_services import lock_service
from backend.tenants.days import today_of
from backend.tenants.models import Tenant

# What a tenant has one of: a plan, and each add-on.
BESIDE: Final = frozenset({"services_service_one_plan", "services_service_plan_once"})


@transaction.atomic
def order_service(
    tenant: Tenant, plan_key: str, interval: str, *, by: Actor
) -> tuple[Service, Invoice | None]:
    """The service, and its first invoice: none where it costs nothing, and then it has begun.

    Raises AlreadySubscribed, PlanNeeded, PlanNotFound, SellerMissing. Needs the owner's rights.
    """
    # So that a plan isn't cancelled while an add-on comes on top of it.
    Account.lock(tenant.pk, tenant.currency)
    price = offered_price(plan_key, tenant.currency, interval)
    if price.plan.is_addon:
        plans = Service.objects.for_tenant(tenant.pk).current().filter(is_addon=False)
        if not plans.exists():
            raise PlanNeeded
    try:
        with transaction.atomic():
            service = Service.order(tenant.pk, Terms.of(price), by=by)
    except IntegrityError as error:
        if broken_by(error) not in BESIDE:
            raise
        raise AlreadySubscribed from error
    if not service.amount_minor:
        service.activate(today_of(tenant), by=by)
        return service, None
    line = InvoiceLine(
        kind=LineKind.PERIOD,
        service=service,
        description=describe(f"first-{service.interval}", tenant.language, plan=service.plan_name),
        unit=UNITS[Interval(service.interval)],
        unit_price_minor=service.amount_minor,
    )
    invoice = draft_invoice(tenant, [line])
    issue_invoices([invoice], by=by)
    invoice.refresh_from_db()
    service.refresh_from_db()
    return service, invoice


@transaction.atomic
def activate_unpaid(tenant: Tenant, service_id: UUID, *, by: Actor, reason: str) -> Service:
    """Begins an ordered service today; its invoice stays due.

    Raises ServiceNotFound, TransitionRefused. Needs the owner's rights.
    """
    # So that a payment which would begin it too comes before or after.
    Account.lock(tenant.pk, tenant.currency)
    service = lock_service(tenant.pk, service_id)
    service.activate(today_of(tenant), by=by, reason=reason)
    return service
