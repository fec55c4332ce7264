"""The words on documents, in the invoice's language.

Under the codes of `TaxCategory` it stands why there is no tax; under those of `Unit` the unit, of
one and of several.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from backend.billing.models.issued import TaxCategory, Unit

TEXTS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "invoice": "Invoice",
        "credit-note": "Credit note",
        "number": "Number",
        "date": "Date",
        "due": "Due",
        "period": "Period of service",
        "customer": "Customer",
        "your-vat-id": "Your VAT id",
        "vat-id": "VAT id",
        "for-invoice": "Corrects invoice",
        "of": "of",
        "on": "on",
        "reason": "Reason",
        "description": "Description",
        "quantity": "Quantity",
        "unit-price": "Unit price",
        "tax-rate": "VAT",
        "net": "Net",
        "tax": "VAT",
        "gross": "Gross",
        "rate": "Rate",
        "sum-net": "Total without VAT",
        "sum-tax": "VAT",
        "sum": "Total",
        "credited": "Credited",
        "pay": "Please transfer the total by {due}.",
        "nothing-to-pay": "There is nothing to pay.",
        "pay-credit": "What your credit covered, or was paid in another way, is settled already.",
        "account": "Account",
        "bic": "BIC",
        "reference": "Reference",
        "settled": "The amount settles what is still open; the rest is your credit.",
        "rounding": "Amounts are rounded half-up per line.",
        "supply": "Unless a line says otherwise, the date of supply is the date of the invoice.",
        TaxCategory.REVERSE_CHARGE: (
            "Reverse charge: the recipient is liable for the VAT (article 196 of Directive "
            "2006/112/EC)."
        ),
        TaxCategory.OUTSIDE: (
            "Outside the scope of VAT: the service is supplied where the recipient is established."
        ),
        "page": "Page",
        Unit.PIECE: "",
        Unit.MONTH: "month|months",
        Unit.YEAR: "year|years",
        Unit.HOUR: "h",
    },
    "de": {
        "invoice": "Rechnung",
        "credit-note": "Gutschrift",
        "number": "Nummer",
        "date": "Datum",
        "due": "Fällig",
        "period": "Leistungszeitraum",
        "customer": "Kunde",
        "your-vat-id": "Ihre USt-IdNr.",
        "vat-id": "USt-IdNr.",
        "for-invoice": "Korrektur der Rechnung",
        "of": "vom",
        "on": "auf",
        "reason": "Grund",
        "description": "Beschreibung",
        "quantity": "Menge",
        "unit-price": "Einzelpreis",
        "tax-rate": "USt.",
        "net": "Netto",
        "tax": "USt.",
        "gross": "Brutto",
        "rate": "Satz",
        "sum-net": "Summe ohne Umsatzsteuer",
        "sum-tax": "Umsatzsteuer",
        "sum": "Gesamtbetrag",
        "credited": "Gutgeschrieben",
        "pay": "Bitte überweisen Sie den Gesamtbetrag bis {due}.",
        "nothing-to-pay": "Es ist nichts zu zahlen.",
        "pay-credit": "Was Ihr Guthaben deckt oder anders bezahlt wurde, ist schon beglichen.",
        "account": "Konto",
        "bic": "BIC",
        "reference": "Zweck",
        "settled": "Der Betrag begleicht, was noch offen ist; der Rest ist Ihr Guthaben.",
        "rounding": "Die Beträge sind je Zeile kaufmännisch gerundet.",
        "supply": "Sagt eine Zeile nichts anderes, so ist das Leistungsdatum das Rechnungsdatum.",
        TaxCategory.REVERSE_CHARGE: (
            "Steuerschuldnerschaft des Leistungsempfängers (Reverse charge), Artikel 196 der "
            "Richtlinie 2006/112/EG."
        ),
        TaxCategory.OUTSIDE: (
            "Nicht steuerbar: Die Leistung wird am Ort des Leistungsempfängers erbracht."
        ),
        "page": "Seite",
        Unit.PIECE: "",
        Unit.MONTH: "Monat|Monate",
        Unit.YEAR: "Jahr|Jahre",
        Unit.HOUR: "Std.",
    },
}
