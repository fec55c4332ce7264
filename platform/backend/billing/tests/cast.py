"""What tests of billing begin with."""

from __future__ import annotations

from typing import Any

from backend.billing.models import Invoice, InvoiceLine, Payment, Seller
from backend.billing.workflows.draft_invoice import draft_invoice
from backend.billing.workflows.issue_invoices import issue_invoices
from backend.billing.workflows.take_payment import record_transfer
from backend.common.actor import Actor
from backend.conftest import House
from backend.services.models import LimitName, Plan

SYSTEM = Actor.system()
SELLER = {
    "name": "Tavola Betriebs GmbH",
    "street": "Lindengasse 5",
    "postcode": "1070",
    "city": "Wien",
    "country": "AT",
    "vat_id": "ATU13585627",
    "registration": "FN 123456 a, Handelsgericht Wien",
    "email": "billing@tavola.test",
    "iban": "AT611904300234573201",
    "bic": "BKAUATWW",
    "bank": "Beispielbank",
    "reminder_days": [3, 10, 17],
    "suspension_days": 24,
}
# Monthly prices in minor units; a year costs ten months.
PLANS = (("starter", "Starter", 1900), ("house", "House", 4900), ("group", "Group", 12900))
ADDON = ("extra-people", "Extra people", 900)


def make_seller(**changes: Any) -> Seller:
    return Seller.objects.create(**{**SELLER, **changes})


def make_plan(key: str, name: str, monthly: int, *, is_addon: bool = False) -> Plan:
    """In EUR and GBP, for months and years; for each 10.00, 3 people and 100 customers."""
    plan = Plan.objects.create(key=key, name=name, is_addon=is_addon, position=monthly // 100)
    for currency in ("EUR", "GBP"):
        plan.prices.create(currency=currency, interval="month", amount_minor=monthly)
        plan.prices.create(currency=currency, interval="year", amount_minor=10 * monthly)
    plan.limits.create(name=LimitName.MEMBERS, value=max(monthly // 1000, 1) * 3)
    if not is_addon:
        plan.limits.create(name=LimitName.CUSTOMERS, value=monthly // 10)
    return plan


def make_plans() -> dict[str, Plan]:
    plans = {key: make_plan(key, name, monthly) for key, name, monthly in PLANS}
    key, name, monthly = ADDON
    return plans | {key: make_plan(key, name, monthly, is_addon=True)}


def line(unit_price_minor: int, quantity: Any = 1, description: str = "Set-up") -> InvoiceLine:
    return InvoiceLine(
        description=description, quantity=quantity, unit_price_minor=unit_price_minor
    )


def draft(house: House, *lines: InvoiceLine) -> Invoice:
    return draft_invoice(house.tenant, lines or [line(10000)])


def issued(house: House, *lines: InvoiceLine) -> Invoice:
    """An open invoice: 100.00 net unless lines are given."""
    invoice = draft(house, *lines)
    issue_invoices([invoice], by=SYSTEM)
    invoice.refresh_from_db()
    return invoice


def transfer(house: House, amount_minor: int, reference: str = "") -> Payment:
    """Money that comes in by itself."""
    return record_transfer(
        house.tenant.pk,
        house.tenant.currency,
        amount_minor,
        reference or f"bank {Payment.objects.count()}",
        by=SYSTEM,
    )
