"""Renewals: what services used above their limits, and their next periods, on one invoice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db.models import Max
from django.utils import timezone

from backend.billing.charges import Usage, period_line
from backend.billing.models import Invoice, InvoiceLine
from backend.billing.runs.batches import BY, Outcome
from backend.billing.runs.usage import record_usage
from backend.billing.runs.when import When
from backend.billing.workflows.apply_planned import apply_planned
from backend.billing.workflows.draft_invoice import draft_invoices
from backend.billing.workflows.issue_invoices import issue_invoices, lock_accounts
from backend.common.bulk import update_all
from backend.common.money import written
from backend.services.models import Service, ServiceChange
from backend.services.models.change import Kind
from backend.services.models.service import IN_USE, PERIOD_FIELDS
from backend.tenants.models import State, Tenant, TenantTransition

# A tenant in these states isn't billed for further periods.
STANDS_STILL: Final = (State.SUSPENDED, State.ARCHIVED)


class CurrencyDiffers(ValueError):
    """A service was sold in another currency than the tenant has now: staff must look at it."""


@dataclass(slots=True)
class Bill:
    """What the run finds for one tenant."""

    tenant: Tenant
    today: date
    usage: Usage
    planned: Collection[UUID]
    returned_on: date | None
    lines: list[InvoiceLine] = field(default_factory=list)
    renewed: list[Service] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    is_over: bool = False

    def add(self, service: Service) -> None:
        """Bills one service's periods until the present one. Doesn't save it."""
        if service.currency != self.tenant.currency:
            raise CurrencyDiffers(f"{service} is sold in {service.currency}")
        language = self.tenant.language
        while (period := service.period) and period.end <= self.today:
            self.lines += self.usage.lines(service, period, language)
            if service.pk in self.planned:
                self._apply(service)
                if service.state not in IN_USE:
                    return
            period = service.go_on(begins=self._later_than(period.end))
            if service.amount_minor:
                self.lines.append(period_line(service, period, language))
            else:
                self.told.append(f"{service}: goes on until {period.end}, for nothing")
        self.renewed.append(service)

    def _apply(self, service: Service) -> None:
        """What was decided about it, if its day has come."""
        before = str(service)
        if not apply_planned(service, self.today, BY):
            self.told.append(f"{before}: ends, as was decided")
            # With a plan its add-ons end.
            self.is_over = not service.is_addon
        elif before != str(service):
            self.told.append(f"{before}: becomes {service}, as was decided")

    def _later_than(self, end: date) -> date | None:
        """The day on which the tenant came back, where that was after the period."""
        return self.returned_on if self.returned_on and self.returned_on > end else None


def tenants_to_renew(when: When) -> list[UUID]:
    """Who may have a service whose period is over: where the tenant is, it may not be yet."""
    over = Service.objects.in_use().filter(period_end__lte=when.latest)
    billed = over.exclude(tenant__state__in=STANDS_STILL)
    ending = _decided(when).filter(kind=Kind.CANCELLATION)
    ended = over.filter(tenant__state=State.SUSPENDED, pk__in=ending.values("service_id"))
    found = billed.values_list("tenant_id").union(ended.values_list("tenant_id"))
    return sorted(tenant_id for (tenant_id,) in found)


def renew_services(tenant_ids: Sequence[UUID], when: When) -> list[Outcome]:
    """Bills these tenants up to today, however many periods were missed, and issues the invoices.

    A tenant that is suspended isn't billed: time stands still for its services, and only an end
    that was decided takes place. Once it is back, the next period begins on that day.
    """
    tenants = Tenant.objects.in_bulk(tenant_ids)
    lock_accounts(tenants)
    due = _lock_due(tenants, when)
    concerned = [tenants[tenant_id] for tenant_id in due]
    record_usage(concerned, when)
    usage = Usage.of([service for services in due.values() for service in services])
    planned = set(_decided(when).filter(tenant_id__in=due).values_list("service_id", flat=True))
    returned = _returned(concerned)
    bills = []
    for tenant in concerned:
        returned_on = returned.get(tenant.pk)
        bill = Bill(tenant, when.today_of(tenant), usage, planned, returned_on)
        for service in due[tenant.pk]:
            if not bill.is_over:
                bill.add(service)
        bills.append(bill)
    _save([service for bill in bills for service in bill.renewed])
    invoices = draft_invoices({bill.tenant: bill.lines for bill in bills if bill.lines})
    issue_invoices(invoices, by=BY)
    return _outcomes(bills, invoices)


def _lock_due(tenants: Mapping[UUID, Tenant], when: When) -> dict[UUID, list[Service]]:
    """By tenant, the plan before its add-ons. Who comes second finds them renewed."""
    over = Service.objects.in_use().filter(tenant_id__in=tenants, period_end__lte=when.latest)
    decided = _decided(when).filter(tenant_id__in=tenants, kind=Kind.CANCELLATION)
    ending = set(decided.values_list("service_id", flat=True))
    due: dict[UUID, list[Service]] = defaultdict(list)
    for service in over.select_for_update(no_key=True).order_by("tenant_id", "is_addon", "pk"):
        tenant = tenants[service.tenant_id]
        stands_still = tenant.state in STANDS_STILL and service.pk not in ending
        if not stands_still and service.period_end <= when.today_of(tenant):
            due[service.tenant_id].append(service)
    return due


def _decided(when: When) -> Any:
    return ServiceChange.objects.planned().filter(effective_on__lte=when.latest)


def _returned(tenants: Sequence[Tenant]) -> dict[UUID, date]:
    """On which day tenants were last brought back from being suspended."""
    returns = TenantTransition.objects.filter(
        tenant_id__in=[tenant.pk for tenant in tenants],
        from_state=State.SUSPENDED,
        to_state=State.ACTIVE,
    )
    latest = dict(returns.order_by().values_list("tenant_id").annotate(Max("changed_at")))
    return {
        tenant.pk: When.day_of(tenant, latest[tenant.pk])
        for tenant in tenants
        if tenant.pk in latest
    }


def _save(services: Sequence[Service]) -> None:
    now = timezone.now()
    for service in services:
        service.updated_at = now
    update_all(services, [*PERIOD_FIELDS, "updated_at"])


def _outcomes(bills: Sequence[Bill], invoices: Sequence[Invoice]) -> list[Outcome]:
    issued = {invoice.tenant_id: invoice for invoice in invoices}
    found = []
    for bill in bills:
        told = list(bill.told)
        invoiced = {}
        if invoice := issued.get(bill.tenant.pk):
            told += [_written(line, invoice.currency) for line in bill.lines]
            total = written(invoice.total_minor, invoice.currency)
            told.append(f"Invoice {invoice.number}: {total}, due on {invoice.due_on}")
            invoiced[invoice.currency] = invoice.total_minor
        found.append(Outcome(bill.tenant.slug, tuple(told), invoiced))
    return found


def _written(line: InvoiceLine, currency: str) -> str:
    net, tax = written(line.net_minor, currency), written(line.tax_minor, currency)
    return f"{line.description}: {line.quantity.normalize():f} units, {net} and {tax} tax"
