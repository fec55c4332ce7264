"""Documents of every kind, as rows and as facts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from backend.billing.amounts import LineAmounts, LineFacts, line_amounts, totals
from backend.billing.documents.facts import DocumentFacts, Line, Party
from backend.billing.models import Account, CreditNote, Entry, Invoice, InvoiceLine, Seller
from backend.billing.models.account import EntryKind
from backend.billing.models.issued import TaxCategory
from backend.billing.tests.cast import SELLER, SYSTEM, draft, issued, line
from backend.billing.workflows.credit_invoice import credit_invoice
from backend.conftest import House

DETAILS = {
    "legal_name": "Trattoria Aurora S.r.l.",
    "street": "Via Garibaldi 12",
    "postcode": "00153",
    "city": "Roma",
}
AN_ITALIAN_VAT_ID = "IT00743110157"
SELLING = Party(**{name: value for name, value in SELLER.items() if not name.endswith("_days")})
BUYING = Party(
    name="Lindenhof Gastronomie GmbH",
    trading_name="Gasthaus Lindenhof",
    street="Getreidegasse 21",
    postcode="5020",
    city="Salzburg",
    country="AT",
    vat_id="",
    reference="lindenhof",
)


def change(house: House, **details: Any) -> None:
    for name, value in details.items():
        setattr(house.tenant, name, value)
    house.tenant.save()


def issued_at_rates(house: House, *rates: tuple[int, str]) -> Invoice:
    """Rows made by hand: a price, and the rate that it is taxed at, which no workflow mixes."""
    invoice = draft(house, *[line(price) for price, _ in rates])
    rows = list(InvoiceLine.objects.filter(invoice=invoice).order_by("position"))
    for row, (_, percent) in zip(rows, rates, strict=True):
        row.tax_percent = Decimal(percent)
        row.calculate()
        row.save()
    invoice.calculate(rows)
    invoice.tax_category = TaxCategory.STANDARD
    invoice.seller = {name: getattr(SELLING, name) for name in Party.__slots__}
    invoice.buyer = {name: getattr(BUYING, name) for name in Party.__slots__}
    invoice.state, invoice.number, invoice.sequence = "open", "2026-00099", 99
    invoice.issued_at = timezone.now()
    invoice.issued_on = invoice.due_on = date(2026, 11, 20)
    invoice.save()
    Account.lock(invoice.tenant_id, invoice.currency)
    Entry.objects.create(
        tenant_id=invoice.tenant_id,
        kind=EntryKind.INVOICE,
        amount_minor=invoice.total_minor,
        currency=invoice.currency,
        booked_on=invoice.issued_on,
        invoice=invoice,
    )
    return invoice


def a_line(
    price: int, quantity: str = "1", percent: str = "20.00", *, position: int = 1, **fields: Any
) -> Line:
    facts = LineFacts(Decimal(quantity), price, Decimal(percent))
    amounts = line_amounts(facts)
    plain = Line(
        position=position,
        description="Set-up",
        quantity=facts.quantity,
        unit="C62",
        unit_price_minor=price,
        tax_percent=facts.tax_percent,
        net_minor=amounts.net_minor,
        tax_minor=amounts.tax_minor,
        first_day=None,
        last_day=None,
    )
    return replace(plain, **fields)


def some_facts(*lines: Line, **fields: Any) -> DocumentFacts:
    """An Austrian invoice of these lines, added up."""
    lines = lines or (a_line(10000),)
    sums = totals((each.tax_percent, LineAmounts(each.net_minor, each.tax_minor)) for each in lines)
    plain = DocumentFacts(
        number="2026-00007",
        issued_on=date(2026, 11, 20),
        issued_at=datetime(2026, 11, 20, 9, 30, tzinfo=UTC),
        due_on=date(2026, 12, 4),
        credited=None,
        currency="EUR",
        language="en",
        note="",
        seller=SELLING,
        buyer=BUYING,
        tax_category=TaxCategory.STANDARD,
        lines=tuple(replace(each, position=n) for n, each in enumerate(lines, start=1)),
        rates=sums.by_rate,
        net_minor=sums.net_minor,
        tax_minor=sums.tax_minor,
        total_minor=sums.total_minor,
    )
    return replace(plain, **fields)


def at_the_standard_rate(house: House) -> Invoice:
    return issued(house, line(4900, description="House"), line(333, "1.5", "By the hour"))


def reverse_charge(house: House) -> Invoice:
    change(house, vat_id=AN_ITALIAN_VAT_ID, **DETAILS)
    return at_the_standard_rate(house)


def outside(house: House) -> Invoice:
    change(house, country="GB", vat_id="GB980780684")
    return at_the_standard_rate(house)


def outside_of_an_unregistered_seller(house: House) -> Invoice:
    Seller.objects.update(registration="")
    return outside(house)


def several_rates(house: House) -> Invoice:
    return issued_at_rates(house, (10000, "20.00"), (333, "10.00"), (5001, "13.00"), (77, "20.00"))


def with_a_rate_of_nothing(house: House) -> Invoice:
    return issued_at_rates(house, (10000, "20.00"), (500, "0.00"))


def unused_time(house: House) -> Invoice:
    return issued(house, line(12900), line(4033, -1, "House, not used"))


def nothing_to_pay(house: House) -> Invoice:
    return issued(house, line(4900), line(4900, -1, "House, not used"))


def without_decimals(house: House) -> Invoice:
    change(house, currency="ISK")
    return at_the_standard_rate(house)


def of_a_seller_without_vat(house: House) -> Invoice:
    """Both in the United States: nothing is taxed, at home as abroad."""
    Seller.objects.update(country="US", vat_id="94-3012345")
    change(house, country="US", currency="USD", vat_id="")
    return at_the_standard_rate(house)


def credited_without_decimals(house: House) -> CreditNote:
    invoice = without_decimals(house)
    first = InvoiceLine.objects.filter(invoice=invoice).order_by("position")[0]
    return credit_invoice(invoice, by=SYSTEM, reason="Too much", net_minor={first.pk: 1233})


def credited_whole(house: House) -> CreditNote:
    return credit_invoice(unused_time(house), by=SYSTEM, reason="Ordered by mistake")


def credited_in_part(house: House) -> CreditNote:
    invoice = several_rates(house)
    rows = InvoiceLine.objects.filter(invoice=invoice).order_by("position")
    parts = {rows[0].pk: 2501, rows[1].pk: 100}
    return credit_invoice(invoice, by=SYSTEM, reason="Not delivered", net_minor=parts)


def credited_reverse_charge(house: House) -> CreditNote:
    return credit_invoice(reverse_charge(house), by=SYSTEM, reason="Ordered by mistake")


def credited_outside(house: House) -> CreditNote:
    return credit_invoice(outside(house), by=SYSTEM, reason="Ordered by mistake")


Variant = Callable[[House], Invoice | CreditNote]
VARIANTS: list[Variant] = [
    at_the_standard_rate,
    reverse_charge,
    outside,
    outside_of_an_unregistered_seller,
    several_rates,
    with_a_rate_of_nothing,
    unused_time,
    nothing_to_pay,
    without_decimals,
    of_a_seller_without_vat,
    credited_without_decimals,
    credited_whole,
    credited_in_part,
    credited_reverse_charge,
    credited_outside,
]
