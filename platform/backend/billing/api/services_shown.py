"""Services and quotes, as replies have them. All of it is read as the owner."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django.db.models import Case, OuterRef, Subquery, Value, When

from backend.billing.amounts import still_due
from backend.billing.models import Invoice, InvoiceLine
from backend.billing.models.invoice import State as InvoiceState
from backend.billing.workflows.change_plan import Quote
from backend.common.abilities import BILLING_READ, SERVICES_MANAGE
from backend.common.caller import Caller
from backend.services.limits import included_with, limits_of
from backend.services.models import (
    LimitName,
    Plan,
    Service,
    ServiceChange,
    ServiceTransition,
    State,
)
from backend.services.models.service import CURRENT, IN_USE
from backend.services.usage import used

MOST_SHOWN: Final = 100
_SERVICE: Final = (
    "id", "state", "interval", "amount_minor", "currency", "period_start", "period_end",
    "created_at", "ended_at",
)  # fmt: skip
_PLANNED: Final = (
    "kind", "effective_on", "to_plan", "interval", "amount_minor", "asked_by", "reason",
)  # fmt: skip
_CHANGE: Final = (*_PLANNED, "outcome", "from_plan", "created_at", "settled_at", "settled_by")
_TRANSITION: Final = ("from_state", "to_state", "changed_by", "changed_at", "reason")


def services_shown(caller: Caller, tenant_id: UUID, **narrowed: Any) -> list[dict[str, Any]]:
    """The current ones, the plan first, then those that ended, the newest first. Three queries."""
    is_over = Case(When(state__in=CURRENT, then=Value(0)), default=Value(1))
    is_addon = Case(When(state__in=CURRENT, is_addon=True, then=Value(1)), default=Value(0))
    ends = ServiceTransition.objects.for_tenant(tenant_id).filter(
        service=OuterRef("pk"), to_state=State.CANCELLED
    )
    rows = (
        Service.objects.for_tenant(tenant_id)
        .filter(**narrowed)
        .order_by(is_over, is_addon, "-pk")
        .select_related("plan")
        .annotate(ended_at=Subquery(ends.values("changed_at")[:1]))[:MOST_SHOWN]
    )
    services = list(rows)
    current = [service.pk for service in services if service.state in CURRENT]
    planned = _planned(tenant_id, current)
    open_invoices = _open_invoices(tenant_id, services) if caller.can(BILLING_READ) else {}
    return [
        {name: getattr(service, name) for name in _SERVICE}
        | {
            "plan": {
                "key": service.plan.key,
                "name": service.plan_name,
                "is_addon": service.is_addon,
            },
            "planned": planned.get(service.pk),
            "open_invoice": open_invoices.get(service.pk),
            "can": _service_actions(caller, service, has_planned=service.pk in planned),
        }
        for service in services
    ]


def history_shown(tenant_id: UUID, service_id: UUID) -> dict[str, Any]:
    """What became of a service, and what was decided about it. Two queries."""
    transitions = ServiceTransition.objects.for_tenant(tenant_id).filter(service_id=service_id)
    changes = ServiceChange.objects.for_tenant(tenant_id).filter(service_id=service_id)
    return {
        "transitions": list(
            transitions.order_by("-changed_at", "-pk").values(*_TRANSITION)[:MOST_SHOWN]
        ),
        "changes": [
            _change_shown(change) | {"outcome": change["outcome"] or "planned"}
            for change in changes.order_by("-pk").values(*_CHANGE)[:MOST_SHOWN]
        ],
    }


def usage_shown(tenant_id: UUID) -> list[dict[str, Any]]:
    """What there is of each limit, and what is included. Two queries."""
    limits, counted = limits_of(tenant_id), used(tenant_id)
    found = []
    for name in LimitName:
        limit = limits.get(name)
        found.append(
            {
                "limit": name,
                "used": counted.get(name),
                "included": limit.included if limit else None,
                "is_hard": bool(limit and limit.is_hard),
                "overage_minor": limit.overage_minor if limit else None,
            }
        )
    return found


def list_actions(caller: Caller) -> list[str]:
    return ["subscribe"] if caller.can(SERVICES_MANAGE) else []


def invoice_shown(invoice: Invoice | None) -> dict[str, Any] | None:
    if invoice is None:
        return None
    names = ("id", "number", "state", "total_minor", "due_minor", "currency", "due_on")
    return {name: getattr(invoice, name) for name in names}


def quote_shown(tenant_id: UUID, quote: Quote) -> dict[str, Any]:
    """Two queries more."""
    terms, invoice, switch = quote.terms, quote.invoice, quote.switch
    return {
        "plan": {"key": terms.plan.key, "name": terms.plan.name},
        "interval": terms.interval,
        "takes_effect": quote.takes_effect,
        "effective_on": quote.step.effective_on,
        "unused_minor": switch.unused_minor,
        "remaining_minor": switch.remaining_minor,
        "overage_minor": quote.overage_minor,
        "difference_minor": invoice.net_minor,
        "tax_minor": invoice.tax_minor,
        "total_minor": invoice.total_minor,
        "credit_used_minor": quote.credit_used_minor,
        "to_pay_minor": quote.to_pay_minor,
        "currency": terms.currency,
        "next_amount_minor": terms.amount_minor,
        "next_on": quote.step.next_on,
        "exceeded": _exceeded(tenant_id, terms.plan),
    }


def _exceeded(tenant_id: UUID, plan: Plan) -> list[dict[str, Any]]:
    """Of what there is more than there may be with this plan."""
    if plan.is_addon:
        return []
    limits = included_with(tenant_id, plan)
    return [
        {"limit": name, "used": count, "included": limits[name]}
        for name, count in used(tenant_id).items()
        if name in limits and count > limits[name]
    ]


def _planned(tenant_id: UUID, service_ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    rows = ServiceChange.objects.for_tenant(tenant_id).planned().filter(service_id__in=service_ids)
    return {
        row.pop("service_id"): _change_shown(row) for row in rows.values("service_id", *_PLANNED)
    }


def _change_shown(row: dict[str, Any]) -> dict[str, Any]:
    """A cancellation leads to no plan."""
    return row | {name: row[name] or None for name in ("to_plan", "interval")}


def _open_invoices(tenant_id: UUID, services: Sequence[Service]) -> dict[UUID, dict[str, Any]]:
    """Of each service the one that is due first."""
    lines = InvoiceLine.objects.for_tenant(tenant_id).filter(
        service_id__in=[service.pk for service in services], invoice__state=InvoiceState.OPEN
    )
    rows = (
        lines.order_by("service_id", "invoice__due_on", "invoice__sequence")
        .distinct("service_id")
        .values_list(
            "service_id",
            "invoice_id",
            "invoice__number",
            "invoice__total_minor",
            "invoice__allocated_minor",
            "invoice__due_on",
        )
    )
    return {
        service_id: {
            "id": invoice_id,
            "number": number,
            "due_minor": still_due(total, allocated),
            "due_on": due_on,
        }
        for service_id, invoice_id, number, total, allocated, due_on in rows
    }


def _service_actions(caller: Caller, service: Service, *, has_planned: bool) -> list[str]:
    if not caller.can(SERVICES_MANAGE) or service.state == State.CANCELLED:
        return []
    if has_planned:
        return ["cancel", "withdraw-change"]
    return ["change-plan", "cancel"] if service.state in IN_USE else ["cancel"]
