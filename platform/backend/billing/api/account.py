"""What a tenant owes and has: in one look, and as a statement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from django.db.models import Count, Min, Q, Sum
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from backend.billing.amounts import AccountFacts, balances_down, still_due
from backend.billing.api import parts, serializers
from backend.billing.api.permissions import account_actions
from backend.billing.api.queries import (
    day_parameter,
    overdue,
    read_day,
    read_seller_today,
    seller_today,
)
from backend.billing.gateways import offered
from backend.billing.models import Account, Entry, Invoice
from backend.billing.workflows.settle_account import reserved_credit
from backend.common.abilities import BILLING_READ
from backend.common.api import ApiView, KeysetPage
from backend.common.api.examples import examples
from backend.common.api.lists import PAGE_PARAMETERS

NOTHING: Final = AccountFacts(0, 0, 0, 0, 0)
NEWEST_FIRST: Final = {"-booked": ("-booked_at", "-id")}
ENTRY_FIELDS: Final = ("booked_on", "booked_at", "kind", "amount_minor")
NAMED_FIELDS: Final = (
    "invoice_id", "invoice__number", "credit_note_id", "credit_note__number", "payment_id",
    "payment__reference", "payment__method", "refund__payment_id", "refund__payment__reference",
    "refund__payment__method",
)  # fmt: skip


class Billing(ApiView):
    abilities: ClassVar = {"GET": BILLING_READ}

    @extend_schema(
        operation_id="billing_retrieve",
        responses=serializers.BillingShape,
        examples=examples("billing-retrieve", "billing-retrieve-credit"),
    )
    def get(self, request: Request) -> Response:
        """What is due, what is late, what there is to the business's credit, and how to pay."""
        account = Account.objects.for_tenant(self.tenant_id).first()
        facts = account.facts if account else NOTHING
        late = overdue(seller_today())
        found = (
            Invoice.objects.for_tenant(self.tenant_id)
            .open()
            .aggregate(
                open=Count("pk"),
                late=Count("pk", filter=late),
                next_due_on=Min("due_on"),
                late_total=Sum("total_minor", filter=late, default=0),
                late_allocated=Sum("allocated_minor", filter=late, default=0),
            )
        )
        methods = offered()
        return Response(
            {
                "currency": self.tenant.currency,
                "balance_minor": facts.balance_minor,
                "due_minor": facts.due_minor,
                "overdue_minor": still_due(int(found["late_total"]), int(found["late_allocated"])),
                "credit_minor": facts.credit_minor,
                "refunding_minor": (
                    reserved_credit(account) if account and facts.credit_minor else 0
                ),
                "open_invoices": found["open"],
                "overdue_invoices": found["late"],
                "next_due_on": found["next_due_on"],
                "methods": methods,
                "can": account_actions(self.caller, facts.due_minor, methods),
            }
        )


class Statement(ApiView):
    abilities: ClassVar = {"GET": BILLING_READ}

    @extend_schema(
        operation_id="statement_retrieve",
        parameters=[
            day_parameter("as_of", "What was booked until the end of this day; today unless told"),
            *PAGE_PARAMETERS,
        ],
        responses=serializers.StatementShape,
        examples=examples("statement-retrieve", "statement-retrieve-refund"),
    )
    def get(self, request: Request) -> Response:
        """The ledger, the newest first, with the balance after each entry."""
        page = KeysetPage(request, orders=NEWEST_FIRST, default="-booked")
        as_of = read_day(request, "as_of") or read_seller_today()
        entries: Any = Entry.objects.for_tenant(self.tenant_id).filter(booked_on__lte=as_of)
        rows = page.slice(entries.values("id", *ENTRY_FIELDS, *NAMED_FIELDS))
        sums = {"all": Sum("amount_minor", default=0)}
        if rows:
            sums["page"] = Sum("amount_minor", filter=_until(rows[0]), default=0)
        found = entries.aggregate(**sums)
        balances = balances_down(int(found.get("page", 0)), [row["amount_minor"] for row in rows])
        shown = [_shown(row, balance) for row, balance in zip(rows, balances, strict=True)]
        reply = {
            "as_of": as_of,
            "currency": self.tenant.currency,
            "balance_minor": int(found["all"]),
        }
        return Response(reply | page.envelope(rows) | {"results": shown})


def _until(row: Mapping[str, Any]) -> Q:
    """What was booked before an entry, and itself."""
    before = Q(booked_at__lt=row["booked_at"])
    return before | Q(booked_at=row["booked_at"], pk__lte=row["id"])


def _shown(row: Mapping[str, Any], balance_minor: int) -> dict[str, Any]:
    refunded = "" if row["payment_id"] else "refund__"
    payment = parts.payment_named(
        row[f"{refunded}payment_id"],
        row[f"{refunded}payment__reference"],
        row[f"{refunded}payment__method"],
    )
    number = row["invoice__number"] or row["credit_note__number"]
    return {name: row[name] for name in ENTRY_FIELDS} | {
        "balance_minor": balance_minor,
        "label": number or (payment["reference"] if payment else ""),
        "invoice": parts.numbered(row["invoice_id"], row["invoice__number"]),
        "credit_note": parts.numbered(row["credit_note_id"], row["credit_note__number"]),
        "payment": payment,
    }
