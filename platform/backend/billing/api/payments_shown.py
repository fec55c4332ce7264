"""Payments, as replies have them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from backend.billing.amounts import still_due
from backend.billing.api.parts import numbered
from backend.billing.gateways import GATEWAYS
from backend.billing.gateways.base import Begun
from backend.billing.models import Allocation, Payment, PaymentTarget, Refund
from backend.billing.models.money import State
from backend.common.tenancy import owner_scope

FIELDS: Final = (
    "id", "reference", "method", "state", "amount_minor", "currency", "created_at", "settled_at",
    "failure", "begun_by",
)  # fmt: skip
TARGET_FIELDS: Final = (
    "payment_id", "invoice_id", "invoice__number", "invoice__total_minor",
    "invoice__allocated_minor",
)  # fmt: skip
REFUND_FIELDS: Final = ("amount_minor", "state", "created_at", "reason")


def payments_shown(tenant_id: UUID, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Of rows with `FIELDS`. As many queries for many as for one."""
    ids = [row["id"] for row in rows]
    of_them = {"tenant_id": tenant_id, "payment_id__in": ids}
    targets = PaymentTarget.objects.filter(**of_them).order_by("invoice__sequence", "pk")
    allocations = Allocation.objects.filter(**of_them).order_by("pk")
    refunds = Refund.objects.filter(**of_them).order_by("-pk")
    invoices: dict[UUID, list[Any]] = defaultdict(list)
    due: dict[UUID, int] = defaultdict(int)
    for payment_id, invoice_id, number, total, allocated in targets.values_list(*TARGET_FIELDS):
        invoices[payment_id].append(numbered(invoice_id, number))
        due[payment_id] += still_due(total, allocated)
    used = _by_payment(
        (payment_id, {"invoice": numbered(invoice_id, number), "amount_minor": amount})
        for payment_id, invoice_id, number, amount in allocations.values_list(
            "payment_id", "invoice_id", "invoice__number", "amount_minor"
        )
    )
    given_back = _by_payment(
        (payment_id, dict(zip(REFUND_FIELDS, values, strict=True)))
        for payment_id, *values in refunds.values_list("payment_id", *REFUND_FIELDS)
    )
    steps = _next_steps(tenant_id, [row for row in rows if row["state"] == State.PENDING])
    return [
        {
            **row,
            "invoices": invoices[row["id"]],
            "due_minor": due[row["id"]],
            "allocations": used[row["id"]],
            "refunds": given_back[row["id"]],
            "next": steps.get(row["id"]),
        }
        for row in rows
    ]


def _by_payment(pairs: Iterable[tuple[UUID, Any]]) -> dict[UUID, list[Any]]:
    found = defaultdict(list)
    for payment_id, each in pairs:
        found[payment_id].append(each)
    return found


def _next_steps(tenant_id: UUID, pending: Sequence[Mapping[str, Any]]) -> dict[UUID, Any]:
    """What the payers do next: as the owner, since members don't see what gateways keep."""
    if not pending:
        return {}
    with owner_scope():
        payments = Payment.objects.for_tenant(tenant_id).filter(
            pk__in=[row["id"] for row in pending]
        )
        details = dict(payments.values_list("pk", "details"))
        begun = defaultdict(list)
        for row in pending:
            begun[row["method"]].append(
                Begun(row["id"], row["amount_minor"], row["reference"], details[row["id"]])
            )
        return {
            each.id: step
            for method, of_method in begun.items()
            for each, step in zip(of_method, GATEWAYS[method].next_steps(of_method), strict=True)
        }
