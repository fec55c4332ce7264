"""The facts as they are written on the page: strings only; the template computes nothing."""

from __future__ import annotations

from typing import Any

from backend.billing.documents.facts import DocumentFacts, Line, Party
from backend.billing.documents.texts import TEXTS
from backend.billing.models.issued import TaxCategory
from backend.billing.wording import day_in
from backend.billing.written import amount, day, iban, long_day, money, number, percent
from backend.tenants.countries import COUNTRIES


def page_of(facts: DocumentFacts) -> dict[str, Any]:
    texts = TEXTS[facts.language]
    return {
        "language": facts.language,
        "currency": facts.currency,
        "words": texts,
        "title": f"{_kind(facts)} {facts.number}",
        "subject": facts.seller.name,
        "seller": {"name": facts.seller.name},
        "sender": " · ".join([facts.seller.name, facts.seller.street, _place(facts.seller)]),
        "address": _address(facts),
        "facts": _identifying(facts),
        "before": [text for text in (facts.note, _correction(facts)) if text],
        "lines": [_line(facts, line) for line in facts.lines],
        "sums": _sums(facts),
        "total": [
            texts["credited" if facts.credited else "sum"],
            money(facts.total_minor, facts.currency, facts.language),
        ],
        "after": [texts[facts.tax_category]] if facts.tax_category in texts else [],
        "pay": _pay(facts),
        "payment": _payment(facts),
        "small": _small(facts),
        "footer": _footer(facts),
    }


def _kind(facts: DocumentFacts) -> str:
    return TEXTS[facts.language]["credit-note" if facts.credited else "invoice"]


def _place(party: Party) -> str:
    return f"{party.postcode} {party.city}".strip()


def _address(facts: DocumentFacts) -> list[str]:
    buyer = facts.buyer
    lines = [buyer.name]
    if buyer.trading_name != buyer.name:
        lines.append(buyer.trading_name)
    lines += [buyer.street, _place(buyer)]
    if buyer.country != facts.seller.country:
        country = COUNTRIES.get(buyer.country)
        lines.append((country.name if country else buyer.country).upper())
    return [line for line in lines if line]


def _identifying(facts: DocumentFacts) -> list[list[str]]:
    texts, language = TEXTS[facts.language], facts.language
    rows = [
        [texts["number"], facts.number],
        [texts["date"], long_day(facts.issued_on, language)],
    ]
    if facts.period:
        first, last = facts.period
        rows.append([texts["period"], f"{day(first, language)} – {day(last, language)}"])
    if facts.due_on:
        rows.append([texts["due"], long_day(facts.due_on, language)])
    rows.append([texts["customer"], facts.buyer.reference])
    if facts.buyer.vat_id:
        rows.append([texts["your-vat-id"], facts.buyer.vat_id])
    return rows


def _correction(facts: DocumentFacts) -> str:
    if not facts.credited:
        return ""
    texts = TEXTS[facts.language]
    issued = long_day(facts.credited.issued_on, facts.language)
    about = f"{texts['for-invoice']} {facts.credited.number} {texts['of']} {issued}."
    return f"{about} {texts['reason']}: {facts.credited.reason}"


def _line(facts: DocumentFacts, line: Line) -> dict[str, str]:
    language = facts.language
    one, _, several = TEXTS[language].get(line.unit, "").partition("|")
    unit = one if abs(line.quantity) == 1 else several or one
    period = ""
    first, last = line.first_day, line.last_day
    # Most texts say it already.
    if first and last and day_in(language, first) not in line.description:
        period = f"{day(first, language)} – {day(last, language)}"
    return {
        "position": str(line.position),
        "description": line.description,
        "period": period,
        "quantity": f"{number(line.quantity, language)} {unit}".strip(),
        "price": amount(line.unit_price_minor, facts.currency, language),
        "rate": _rate(facts, line.tax_percent),
        "net": amount(line.net_minor, facts.currency, language),
    }


def _rate(facts: DocumentFacts, tax_percent: Any) -> str:
    outside = facts.tax_category == TaxCategory.OUTSIDE
    return "–" if outside else percent(tax_percent, facts.language)


def _sums(facts: DocumentFacts) -> list[list[str]]:
    """Without tax; then of each rate its tax, and what it is on."""
    texts, language, currency = TEXTS[facts.language], facts.language, facts.currency
    rows = [[texts["sum-net"], amount(facts.net_minor, currency, language)]]
    if facts.tax_category != TaxCategory.OUTSIDE:
        for rate in facts.rates:
            net = amount(rate.net_minor, currency, language)
            name = f"{texts['sum-tax']} {percent(rate.tax_percent, language)} {texts['on']} {net}"
            rows.append([name, amount(rate.tax_minor, currency, language)])
    return rows


def _pay(facts: DocumentFacts) -> str:
    texts = TEXTS[facts.language]
    if not facts.due_on:
        return texts["settled"]
    if not facts.total_minor:
        return texts["nothing-to-pay"]
    return texts["pay"].format(due=long_day(facts.due_on, facts.language))


def _payment(facts: DocumentFacts) -> list[list[str]]:
    if not facts.due_on or not facts.total_minor:
        return []
    texts, seller = TEXTS[facts.language], facts.seller
    rows = [[texts["account"], seller.name], ["IBAN", iban(seller.iban)]]
    if seller.bic:
        rows.append([texts["bic"], ", ".join(each for each in (seller.bic, seller.bank) if each)])
    rows.append([texts["reference"], facts.number])
    return rows


def _small(facts: DocumentFacts) -> list[str]:
    texts = TEXTS[facts.language]
    said = [texts["rounding"]]
    if facts.due_on:
        said.append(texts["supply"])
        if facts.total_minor:
            said.append(texts["pay-credit"])
    return said


def _footer(facts: DocumentFacts) -> list[list[str]]:
    seller, texts = facts.seller, TEXTS[facts.language]
    columns = [
        [seller.name, seller.street, _place(seller)],
        [seller.email, seller.phone, seller.registration],
        [f"{texts['vat-id']} {seller.vat_id}", f"IBAN {iban(seller.iban)}", seller.bank],
    ]
    return [[line for line in column if line] for column in columns]
