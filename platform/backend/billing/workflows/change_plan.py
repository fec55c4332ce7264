"""Another plan, or another interval: what that comes to, and doing it.

Preview and invoice are of one function: what was shown is what is charged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from backend.audit.recording import record
from backend.billing.amounts import (
    Switch,
    from_credit,
    left_over,
    still_due,
    switch_anew,
    switch_within,
)
from backend.billing.charges import UNITS, Usage
from backend.billing.errors import QuoteChanged
from backend.billing.models import Account, Invoice, InvoiceLine, Seller
from backend.billing.models.invoice import LineKind
from backend.billing.models.issued import Unit
from backend.billing.wording import describe
from backend.billing.workflows.apply_planned import switch
from backend.billing.workflows.cancel_service import When, facts_of, planned_change
from backend.billing.workflows.draft_invoice import draft_invoice
from backend.billing.workflows.issue_invoices import calculate_draft, issue_invoices
from backend.billing.workflows.settle_account import free_credit
from backend.common.actor import Actor
from backend.common.transitions import TransitionRefused
from backend.services.catalogue import offered_price
from backend.services.errors import ChangePlanned, PlanNotFound, SamePlan, ServiceNotFound
from backend.services.models import Interval, Service, ServiceChange
from backend.services.models.change import Outcome
from backend.services.models.service import IN_USE, Terms
from backend.services.periods import Period, period_from
from backend.services.workflows.find_services import lock_service
from backend.tenants.days import today_of
from backend.tenants.models import Tenant


@dataclass(frozen=True, slots=True)
class Step:
    """What a change does: `switch` is None where it waits for the period's end.

    `begins` is when a new period does; None: the present one goes on. `next_on` is when the whole
    price is due for the first time after what this change itself charges.
    """

    effective_on: date
    next_on: date
    switch: Switch | None = None
    begins: date | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """What a change comes to. `invoice` and `lines` aren't saved; no lines: it costs nothing."""

    terms: Terms
    step: Step
    invoice: Invoice
    lines: Sequence[InvoiceLine]
    credit_used_minor: int

    @property
    def takes_effect(self) -> When:
        return When.NOW if self.step.switch else When.PERIOD_END

    @property
    def switch(self) -> Switch:
        return self.step.switch or Switch(0, 0)

    @property
    def overage_minor(self) -> int:
        """What was above the limits in a month that ends, without tax."""
        return left_over(self.invoice.net_minor, [self.switch.difference_minor])

    @property
    def to_pay_minor(self) -> int:
        return still_due(self.invoice.total_minor, self.credit_used_minor)


def preview_change(tenant: Tenant, service_id: UUID, plan_key: str, interval: str) -> Quote:
    """What `change_plan` would do now. Raises as it does. Needs the owner's rights."""
    service = Service.objects.for_tenant(tenant.pk).filter(pk=service_id).first()
    if service is None:
        raise ServiceNotFound
    account = Account.objects.for_tenant(tenant.pk).first()
    return _quote(tenant, service, account, plan_key, interval)


@transaction.atomic
def change_plan(
    tenant: Tenant,
    service_id: UUID,
    plan_key: str,
    interval: str,
    *,
    by: Actor,
    total_minor: int | None = None,
) -> tuple[Service, Invoice | None]:
    """Changes the service at once and invoices the difference, or plans it for the period's end.

    Dearer, or a year instead of a month: at once. With `total_minor`, what was shown, it isn't done
    when it comes to something else by now. Raises ServiceNotFound, PlanNotFound, SamePlan,
    ChangePlanned, QuoteChanged, SellerMissing, TransitionRefused. Needs the owner's rights.
    """
    account = Account.lock(tenant.pk, tenant.currency)
    service = lock_service(tenant.pk, service_id)
    quote = _quote(tenant, service, account, plan_key, interval)
    if total_minor not in (None, quote.invoice.total_minor):
        raise QuoteChanged(total_minor=quote.invoice.total_minor)
    step = quote.step
    change = ServiceChange.decide(service, by=by, effective_on=step.effective_on, terms=quote.terms)
    if step.switch is None:
        record(
            "service.change-planned",
            tenant_id=tenant.pk,
            by=by,
            about=service.about,
            data=facts_of(change),
        )
        return service, None
    change.settle(Outcome.DONE, by=by)
    switch(service, change, by=by, begins=step.begins)
    if not quote.lines:
        return service, None
    invoice = draft_invoice(tenant, quote.lines)
    issue_invoices([invoice], by=by)
    invoice.refresh_from_db()
    service.refresh_from_db()
    return service, invoice


def _quote(
    tenant: Tenant, service: Service, account: Account | None, plan_key: str, interval: str
) -> Quote:
    if service.state not in IN_USE:
        raise TransitionRefused(state=str(service.state), verb="change-plan")
    price = offered_price(plan_key, service.currency, interval)
    same_plan = price.plan_id == service.plan_id
    # Another add-on is ordered, and this one cancelled.
    if price.plan.is_addon != service.is_addon or (service.is_addon and not same_plan):
        raise PlanNotFound
    if same_plan and interval == service.interval:
        raise SamePlan
    if planned_change(service):
        raise ChangePlanned
    terms = Terms.of(price)
    step = step_for(service, terms, today_of(tenant))
    lines = [
        *_above_limits(service, step, tenant.language),
        *lines_for(service, terms, step, tenant.language),
    ]
    invoice = Invoice(tenant=tenant)
    calculate_draft(invoice, lines, Seller.get(), tenant)
    credit = (
        from_credit(free_credit(account), account.facts.due_minor, invoice.total_minor)
        if account
        else 0
    )
    return Quote(terms, step, invoice, lines, credit)


def step_for(service: Service, terms: Terms, today: date) -> Step:
    period = service.period
    assert period
    day = max(today, period.start)
    if day >= period.end:
        # It is over, and the run is about to charge what was used in it: by the terms it had.
        return Step(period.end, period.end)
    old, new, left = service.amount_minor, terms.amount_minor, period.days_left(day)
    if terms.interval == service.interval and new > old:
        within = switch_within(old, new, left, period.days)
        return Step(day, period.end, within)
    if (service.interval, terms.interval) == (Interval.MONTH, Interval.YEAR):
        anew = switch_anew(old, new, left, period.days)
        # More than the whole year costs isn't given back.
        if anew.difference_minor >= 0:
            return Step(day, period_from(day, terms.interval, day.day).end, anew, begins=day)
    return Step(period.end, period.end)


def _above_limits(service: Service, step: Step, language: str) -> list[InvoiceLine]:
    """Of a month that ends on the way, since no run will find it over."""
    if step.begins is None:
        return []
    assert service.period
    return list(Usage.of([service]).lines(service, service.period, language, until=step.begins))


def lines_for(service: Service, terms: Terms, step: Step, language: str) -> list[InvoiceLine]:
    """What isn't used any more, and what takes its place."""
    if step.switch is None:
        return []
    assert service.period_end
    rest = Period(step.effective_on, service.period_end)
    follows = Period(step.effective_on, step.next_on)
    lines = []
    if step.switch.unused_minor:
        text = describe(LineKind.UNUSED, language, plan=service.plan_name, period=rest)
        lines.append(_line(service, LineKind.UNUSED, rest, text, -1, step.switch.unused_minor))
    if step.switch.remaining_minor:
        text = describe(
            LineKind.PERIOD if step.begins else LineKind.REMAINING,
            language,
            plan=terms.plan.name,
            period=follows,
        )
        line = _line(service, LineKind.REMAINING, follows, text, 1, step.switch.remaining_minor)
        if step.begins:
            line.unit = UNITS[Interval(terms.interval)]
        lines.append(line)
    return lines


def _line(
    service: Service, kind: LineKind, period: Period, text: str, quantity: int, price_minor: int
) -> InvoiceLine:
    return InvoiceLine(
        kind=kind,
        service=service,
        description=text,
        quantity=Decimal(quantity),
        unit=Unit.PIECE,
        unit_price_minor=price_minor,
        period_start=period.start,
        period_end=period.end,
    )
