"""The e-invoice: the facts as XML by EN 16931, in the syntax CII that Factur-X and ZUGFeRD embed.

BT-… and BR-… are the terms and rules of EN 16931. Drafthorse is on the worker alone.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, Final

from drafthorse.models.accounting import ApplicableTradeTax
from drafthorse.models.document import Document
from drafthorse.models.note import IncludedNote
from drafthorse.models.party import TaxRegistration
from drafthorse.models.payment import PaymentMeans, PaymentTerms
from drafthorse.models.tradelines import LineItem

from backend.billing.amounts import RateTotal
from backend.billing.documents.facts import DocumentFacts, Line, Party
from backend.billing.documents.texts import TEXTS
from backend.billing.models.issued import TaxCategory
from backend.billing.written import plain
from backend.common.money import as_decimal

PROFILE: Final = "urn:cen.eu:en16931:2017"
INVOICE: Final = "380"
CREDIT_NOTE: Final = "381"
SEPA_TRANSFER: Final = "58"
TRANSFER: Final = "30"
# Why there is no tax, in the codes of the CEF's list.
EXEMPTIONS: Final = {TaxCategory.REVERSE_CHARGE: "VATEX-EU-AE", TaxCategory.OUTSIDE: "VATEX-EU-O"}
# A VAT id is one only with its country's letters before it (BR-CO-09).
VAT_ID: Final = re.compile(r"^[A-Z]{2}[A-Z0-9+*]+$")


def einvoice(facts: DocumentFacts) -> bytes:
    """UTF-8, with its declaration. The same facts make the same bytes."""
    document = Document()
    document.context.guideline_parameter.id = PROFILE
    document.header.id = facts.number
    document.header.type_code = CREDIT_NOTE if facts.credited else INVOICE
    document.header.issue_date_time = facts.issued_on
    for text in _notes(facts):
        document.header.notes.add(IncludedNote(content=text))
    for line in facts.lines:
        document.trade.items.add(_item(facts, line))
    _seller(facts, document.trade.agreement.seller)
    _buyer(facts, document.trade.agreement.buyer)
    document.trade.delivery.event.occurrence = facts.supplied_on
    _settlement(facts, document.trade.settlement)
    # Drafthorse would read its schema's files at each call: the tests validate instead.
    xml: bytes = document.serialize(schema=None)
    return xml


def _notes(facts: DocumentFacts) -> list[str]:
    texts = TEXTS[facts.language]
    said = [facts.note, facts.credited.reason if facts.credited else "", texts["rounding"]]
    return [text for text in said if text]


def _item(facts: DocumentFacts, line: Line) -> LineItem:
    item = LineItem()
    item.document.line_id = str(line.position)
    item.product.name = line.description
    item.agreement.net.amount = as_decimal(line.unit_price_minor, facts.currency)
    item.delivery.billed_quantity = (plain(line.quantity), line.unit)
    tax = item.settlement.trade_tax
    tax.type_code = "VAT"
    tax.category_code = _category(facts, line.tax_percent)
    if facts.tax_category != TaxCategory.OUTSIDE:
        tax.rate_applicable_percent = line.tax_percent
    if line.first_day and line.last_day:
        item.settlement.period.start = line.first_day
        item.settlement.period.end = line.last_day
    item.settlement.monetary_summation.total_amount = as_decimal(line.net_minor, facts.currency)
    return item


def _category(facts: DocumentFacts, percent: Decimal) -> str:
    """The standard category is for rates above 0 (BR-S-05); another code is for none at all."""
    if facts.tax_category == TaxCategory.STANDARD and not percent:
        return "Z"
    return facts.tax_category


def _seller(facts: DocumentFacts, party: Any) -> None:
    seller = facts.seller
    _party(seller, party)
    vat_id = _vat_id(facts, seller)
    if seller.registration:
        party.legal_organization.id = seller.registration
    elif not vat_id:
        # One identifier is needed (BR-CO-26): the address that the buyer knows the seller by.
        party.id = seller.email
    party.contact.person_name = seller.name
    if seller.phone:
        party.contact.telephone.number = seller.phone
    party.contact.email.address = seller.email
    party.electronic_address.uri_ID = ("EM", seller.email)
    if vat_id:
        party.tax_registrations.add(TaxRegistration(id=("VA", vat_id)))
    elif facts.tax_category != TaxCategory.OUTSIDE:
        party.tax_registrations.add(TaxRegistration(id=("FC", seller.vat_id)))


def _buyer(facts: DocumentFacts, party: Any) -> None:
    buyer = facts.buyer
    _party(buyer, party)
    party.id = buyer.reference
    if buyer.trading_name != buyer.name:
        party.legal_organization.trade_name = buyer.trading_name
    if vat_id := _vat_id(facts, buyer):
        party.tax_registrations.add(TaxRegistration(id=("VA", vat_id)))


def _party(of: Party, party: Any) -> None:
    party.name = of.name
    address = party.address
    address.postcode, address.line_one, address.city_name = of.postcode, of.street, of.city
    address.country_id = of.country


def _vat_id(facts: DocumentFacts, party: Party) -> str:
    """Empty outside the scope of VAT, where the rules forbid it (BR-O-02)."""
    if facts.tax_category == TaxCategory.OUTSIDE or not VAT_ID.match(party.vat_id):
        return ""
    return party.vat_id


def _settlement(facts: DocumentFacts, settlement: Any) -> None:
    settlement.currency_code = facts.currency
    settlement.payment_reference = facts.number
    for rate in facts.rates:
        settlement.trade_tax.add(_tax(facts, rate))
    if facts.period:
        settlement.period.start, settlement.period.end = facts.period
    terms = PaymentTerms()
    if facts.credited:
        terms.description = TEXTS[facts.language]["settled"]
        reference = settlement.invoice_referenced_document
        reference.issuer_assigned_id = facts.credited.number
        reference.issue_date_time = facts.credited.issued_on
    else:
        terms.due = facts.due_on
        settlement.payment_means.add(_payment_means(facts))
    settlement.terms.add(terms)
    summation = settlement.monetary_summation
    net, tax = (
        as_decimal(facts.net_minor, facts.currency),
        as_decimal(facts.tax_minor, facts.currency),
    )
    total = as_decimal(facts.total_minor, facts.currency)
    summation.line_total = net
    summation.tax_basis_total = net
    summation.tax_total = (tax, facts.currency)
    summation.grand_total = total
    summation.due_amount = total


def _tax(facts: DocumentFacts, rate: RateTotal) -> ApplicableTradeTax:
    tax = ApplicableTradeTax()
    tax.type_code = "VAT"
    tax.category_code = _category(facts, rate.tax_percent)
    tax.basis_amount = as_decimal(rate.net_minor, facts.currency)
    tax.calculated_amount = as_decimal(rate.tax_minor, facts.currency)
    if facts.tax_category in EXEMPTIONS:
        tax.exemption_reason = TEXTS[facts.language][facts.tax_category]
        tax.exemption_reason_code = EXEMPTIONS[facts.tax_category]
    if facts.tax_category != TaxCategory.OUTSIDE:
        tax.rate_applicable_percent = rate.tax_percent
    return tax


def _payment_means(facts: DocumentFacts) -> PaymentMeans:
    means = PaymentMeans()
    means.type_code = SEPA_TRANSFER if facts.currency == "EUR" else TRANSFER
    means.payee_account.iban = facts.seller.iban
    means.payee_account.account_name = facts.seller.name
    if facts.seller.bic:
        means.payee_institution.bic = facts.seller.bic
    return means
