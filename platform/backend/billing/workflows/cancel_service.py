"""Ending a service, now or when what is paid for is over; taking back what was decided."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import transaction

from backend.audit.recording import record
from backend.billing.models import Account, Invoice, InvoiceLine
from backend.billing.wording import describe
from backend.billing.workflows.credit_invoice import credit_invoice, void_invoice
from backend.common.actor import Actor
from backend.common.transitions import TransitionRefused
from backend.services.errors import ChangePlanned, NothingPlanned
from backend.services.models import Service, ServiceChange, State
from backend.services.models.change import Kind, Outcome
from backend.services.models.service import IN_USE
from backend.services.workflows.find_services import lock_service
from backend.tenants.days import today_of
from backend.tenants.models import Tenant


class When(StrEnum):
    NOW = "now"
    PERIOD_END = "period-end"


@transaction.atomic
def cancel_service(
    tenant: Tenant, service_id: UUID, *, at: When, by: Actor, reason: str = ""
) -> Service:
    """Ends the service, and with a plan its add-ons. Nothing is paid back for the rest of a period.

    One that is still pending ends now in any case, and what was asked for it needn't be paid. Other
    invoices stay due. Raises ServiceNotFound, TransitionRefused, ChangePlanned. Needs the owner's
    rights.
    """
    Account.lock(tenant.pk, tenant.currency)
    service = lock_service(tenant.pk, service_id)
    if service.state == State.CANCELLED:
        raise TransitionRefused(state=str(service.state), verb="cancel")
    if at == When.PERIOD_END and service.state in IN_USE:
        _plan_end(service, by=by, reason=reason)
        return service
    withdrawn = planned_change(service)
    if withdrawn:
        withdrawn.settle(Outcome.WITHDRAWN, by=by)
    change = ServiceChange.decide(service, by=by, effective_on=today_of(tenant), reason=reason)
    change.settle(Outcome.DONE, by=by)
    end_service(service, by=by, reason=reason)
    return service


@transaction.atomic
def withdraw_change(tenant: Tenant, service_id: UUID, kind: Kind, *, by: Actor) -> Service:
    """The service stays as it is. Raises ServiceNotFound, NothingPlanned.

    Needs the owner's rights.
    """
    Account.lock(tenant.pk, tenant.currency)
    service = lock_service(tenant.pk, service_id)
    planned = planned_change(service)
    if planned is None or planned.kind != kind:
        raise NothingPlanned
    planned.settle(Outcome.WITHDRAWN, by=by)
    record(
        "service.change-withdrawn",
        tenant_id=service.tenant_id,
        by=by,
        about=service.about,
        data=facts_of(planned),
    )
    return service


def end_service(service: Service, *, by: Actor, reason: str) -> None:
    """Cancels a service whose end is on record, and what goes with it.

    The caller holds the account's and the service's lock.
    """
    was_pending = service.state == State.PENDING
    service.cancel(by=by, reason=reason)
    if was_pending:
        _take_back_invoice(service, by=by)
    if service.is_addon:
        return
    addons = Service.objects.for_tenant(service.tenant_id).current().filter(is_addon=True)
    for addon in addons.order_by("pk").select_for_update(no_key=True):
        if planned := planned_change(addon):
            planned.settle(Outcome.WITHDRAWN, by=by)
        end_service(addon, by=by, reason=reason)


def planned_change(service: Service) -> ServiceChange | None:
    planned = ServiceChange.objects.for_tenant(service.tenant_id).planned()
    found: ServiceChange | None = planned.filter(service=service).first()
    return found


def facts_of(change: ServiceChange) -> Mapping[str, Any]:
    """What an event tells of a decision."""
    facts = {
        "kind": change.kind,
        "effective_on": change.effective_on.isoformat(),
        "reason": change.reason,
    }
    return facts | ({"to": change.to_plan} if change.to_plan else {})


def _plan_end(service: Service, *, by: Actor, reason: str) -> None:
    if planned_change(service):
        raise ChangePlanned
    assert service.period_end
    change = ServiceChange.decide(service, by=by, effective_on=service.period_end, reason=reason)
    record(
        "service.change-planned",
        tenant_id=service.tenant_id,
        by=by,
        about=service.about,
        data=facts_of(change),
    )


def _take_back_invoice(service: Service, *, by: Actor) -> None:
    """The invoice that would have made it begin. What was paid for it already becomes credit."""
    lines = InvoiceLine.objects.for_tenant(service.tenant_id).filter(service=service)
    invoices = Invoice.objects.for_tenant(service.tenant_id).open()
    for invoice in invoices.filter(pk__in=lines.values("invoice_id")).order_by("pk"):
        reason = describe("not-begun", invoice.language, plan=service.plan_name)
        if invoice.allocated_minor:
            credit_invoice(invoice, by=by, reason=reason)
        else:
            void_invoice(invoice, by=by, reason=reason)
