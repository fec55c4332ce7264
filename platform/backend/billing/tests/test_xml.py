"""E-invoices: valid by EN 16931 whatever stands on them, and with the rows' figures."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from backend.billing.documents.einvoice import einvoice
from backend.billing.documents.facts import Credited, DocumentFacts, facts_of
from backend.billing.models import InvoiceLine, Seller
from backend.billing.models.invoice import LineKind
from backend.billing.models.issued import TaxCategory
from backend.billing.parties import tax_for
from backend.billing.tests.cast import SYSTEM, issued, line
from backend.billing.tests.documents import (
    AN_ITALIAN_VAT_ID,
    BUYING,
    SELLING,
    VARIANTS,
    Variant,
    a_line,
    change,
    some_facts,
)
from backend.billing.tests.standards import violations
from backend.conftest import House
from backend.services.models import Plan
from backend.tenants.countries import COUNTRIES

RAM = "{urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100}"


class Read:
    """An e-invoice as its reader finds it: the texts of the elements of a name."""

    def __init__(self, facts: DocumentFacts) -> None:
        self.xml = einvoice(facts)
        self.root = etree.fromstring(self.xml)

    def all(self, path: str) -> list[str]:
        names = "/".join(f"{RAM}{name}" for name in path.split("/"))
        return [element.text or "" for element in self.root.iterfind(f".//{names}")]

    def one(self, path: str) -> str:
        (text,) = self.all(path)
        return text


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.__name__)
def test_every_document_is_valid(
    aurora: House, seller: Seller, variant: Variant, language: str
) -> None:
    change(aurora, language=language)
    document = variant(aurora)
    facts = facts_of(document)
    assert violations(einvoice(facts)) == []
    written = Read(facts)
    digits = Decimal(1) if facts.currency == "ISK" else Decimal(100)
    assert Decimal(written.one("GrandTotalAmount")) * digits == document.total_minor
    assert Decimal(written.one("TaxTotalAmount")) * digits == document.tax_minor
    assert Decimal(written.one("DuePayableAmount")) * digits == document.total_minor
    nets = [Decimal(each) * digits for each in written.all("BasisAmount")]
    assert sum(nets) == document.net_minor


@pytest.mark.parametrize(
    ("element", "rule"),
    [
        ("GrandTotalAmount", "BR-CO-15"),
        ("LineTotalAmount", "BR-CO-10"),
        ("TaxTotalAmount", "BR-CO-14"),
        ("RateApplicablePercent", "BR-S-08"),
    ],
)
def test_the_rules_are_really_run(element: str, rule: str) -> None:
    """Not by the schema: each of these is well-formed."""
    root = etree.fromstring(einvoice(some_facts()))
    for each in root.iter(f"{RAM}{element}"):
        each.text = "E" if element == "CategoryCode" else "123.45"
        break
    assert any(each.startswith(rule) for each in violations(etree.tostring(root)))


def test_the_schema_is_really_asked() -> None:
    broken = einvoice(some_facts()).replace(b"ram:LineID>", b"ram:Position>")
    assert "Position" in violations(broken)[0]


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.builds(
            a_line,
            st.integers(0, 10**9),
            st.decimals("-999.999", "999.999", places=3).map(str),
            st.sampled_from(["25.50", "20.00", "9.50", "8.10", "0.00"]),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_rounding_line_by_line_keeps_the_rules(lines: list) -> None:
    assert violations(einvoice(some_facts(*lines))) == []


@pytest.mark.parametrize("code", sorted(COUNTRIES))
def test_the_operator_can_be_anywhere(code: str) -> None:
    """At home, and to a business in Austria, with that country's form of VAT ids."""
    country = COUNTRIES[code]
    seller = replace(SELLING, country=code, vat_id=country.vat_id_example or "94-3012345")
    home = replace(BUYING, country=code, vat_id=country.vat_id_example)
    abroad = replace(BUYING, country="IT", vat_id=AN_ITALIAN_VAT_ID)
    for buyer in (home, abroad):
        tax = tax_for(code, buyer.country, buyer.vat_id)
        facts = some_facts(
            a_line(4900, percent=str(tax.percent)),
            seller=seller,
            buyer=buyer,
            currency=country.currency,
            tax_category=tax.category,
        )
        assert violations(einvoice(facts)) == []


def test_who_needs_no_vat_id_shows_none() -> None:
    facts = some_facts(
        a_line(4900, percent="0.00"),
        tax_category=TaxCategory.OUTSIDE,
        buyer=replace(BUYING, country="GB", vat_id="GB980780684"),
    )
    written = Read(facts)
    assert b"GB980780684" not in written.xml
    assert SELLING.vat_id.encode() not in written.xml
    assert written.all("RateApplicablePercent") == []
    assert written.one("ExemptionReasonCode") == "VATEX-EU-O"


def test_reverse_charge_is_said_with_both_vat_ids() -> None:
    facts = some_facts(
        a_line(4900, percent="0.00"),
        tax_category=TaxCategory.REVERSE_CHARGE,
        language="de",
        buyer=replace(BUYING, country="IT", vat_id=AN_ITALIAN_VAT_ID),
    )
    written = Read(facts)
    assert written.all("SpecifiedTaxRegistration/ID") == [SELLING.vat_id, AN_ITALIAN_VAT_ID]
    assert "Steuerschuldnerschaft des Leistungsempfängers" in written.one("ExemptionReason")
    assert written.one("ExemptionReasonCode") == "VATEX-EU-AE"


def test_an_invoice_says_how_it_is_paid() -> None:
    written = Read(some_facts())
    assert written.all("TypeCode")[0] == "380"
    assert written.one("IBANID") == SELLING.iban
    assert written.one("BICID") == SELLING.bic
    assert written.one("PaymentReference") == "2026-00007"
    assert b"20261204" in written.xml


def test_a_credit_note_names_its_invoice_and_asks_for_nothing() -> None:
    credited = Credited("2026-00003", date(2026, 11, 2), "Ordered by mistake")
    written = Read(some_facts(credited=credited, due_on=None))
    assert written.all("TypeCode")[0] == "381"
    assert written.one("InvoiceReferencedDocument/IssuerAssignedID") == "2026-00003"
    assert written.all("IBANID") == []
    assert "Ordered by mistake" in written.all("IncludedNote/Content")


@pytest.mark.django_db
def test_lines_say_for_which_days(aurora: House, seller: Seller, plans: dict[str, Plan]) -> None:
    from backend.services.catalogue import offered_price
    from backend.services.models import Service
    from backend.services.models.service import Terms

    service = Service.order(
        aurora.tenant.pk, Terms.of(offered_price("house", "EUR", "month")), by=SYSTEM
    )
    days = {"period_start": date(2026, 11, 20), "period_end": date(2026, 12, 20)}
    of_service = InvoiceLine(
        description="House", unit_price_minor=4900, kind=LineKind.PERIOD, service=service, **days
    )
    facts = facts_of(issued(aurora, of_service, line(100)))
    # The last day is the one before the next period begins.
    assert facts.period == (date(2026, 11, 20), date(2026, 12, 19))
    assert facts.supplied_on == date(2026, 12, 19)
    assert violations(einvoice(facts)) == []
    assert einvoice(facts).count(b"20261219") == 3


def test_hostile_texts_are_texts() -> None:
    hostile = """<a href='x'>&amp;\u202e "quoted" ]]> --> 寿司 🐟 \ud7ff"""
    facts = some_facts(
        a_line(100, description=hostile), buyer=replace(BUYING, name=hostile), note=hostile
    )
    written = Read(facts)
    assert violations(written.xml) == []
    assert written.one("BuyerTradeParty/Name") == hostile
    assert written.one("SpecifiedTradeProduct/Name") == hostile
    assert hostile in written.all("IncludedNote/Content")


def test_the_same_facts_make_the_same_bytes() -> None:
    assert einvoice(some_facts()) == einvoice(some_facts())
