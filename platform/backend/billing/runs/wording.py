"""What a run gives as a reason, in the tenant's language: it stands on what the tenant reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from backend.billing.models import Invoice
from backend.billing.wording import day_in

# As many invoices are named; a reason has no room for all of them.
NAMED: Final = 5

_TEXTS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "not-paid": "Not paid: {invoices}.",
        "invoice": "invoice {number}, due on {day}",
        "more": "{count} more",
        "overdue": "An invoice is overdue.",
        "lapsed": "Not paid in time: the order has lapsed.",
        "archived": "The business was closed.",
    },
    "de": {
        "not-paid": "Nicht bezahlt: {invoices}.",
        "invoice": "Rechnung {number}, fällig am {day}",
        "more": "{count} weitere",
        "overdue": "Eine Rechnung ist überfällig.",
        "lapsed": "Nicht rechtzeitig bezahlt: Die Bestellung ist verfallen.",
        "archived": "Der Betrieb wurde geschlossen.",
    },
}


def reason(kind: str, language: str) -> str:
    """`kind` is "overdue", "lapsed" or "archived"."""
    return _TEXTS[language][kind]


def not_paid(invoices: Sequence[Invoice], language: str) -> str:
    """Names what is overdue, in the order given."""
    texts = _TEXTS[language]
    parts = [
        texts["invoice"].format(number=invoice.number, day=day_in(language, invoice.due_on))
        for invoice in invoices[:NAMED]
        if invoice.due_on
    ]
    if len(invoices) > NAMED:
        parts.append(texts["more"].format(count=len(invoices) - NAMED))
    return texts["not-paid"].format(invoices="; ".join(parts))
