"""What a transfer is for, by the words that the payer wrote on it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from backend.billing.models import Invoice, Payment
from backend.billing.models.money import Method, State

MOST: Final = 50
# Banks drop hyphens, and break lines anywhere.
_PAYMENT: Final = re.compile(r"TV([A-HJ-NP-Z2-9]{4})([A-HJ-NP-Z2-9]{4})")
_INVOICE: Final = re.compile(r"(?<![0-9])(20[0-9]{2})-?([0-9]{5})(?![0-9])")


@dataclass(frozen=True, slots=True)
class Named:
    """What was found, over all tenants: invoices of any state, and transfers still expected."""

    invoices: tuple[Invoice, ...]
    announced: tuple[Payment, ...]

    @property
    def tenant_ids(self) -> set[UUID]:
        return {each.tenant_id for each in (*self.invoices, *self.announced)}


def named_in(text: str) -> Named:
    """Two queries, with the tenants fetched. As the owner."""
    plain = re.sub(r"\s", "", text.upper())
    references = {f"TV-{a}-{b}" for a, b in _PAYMENT.findall(plain.replace("-", ""))}
    numbers = {
        f"{year}-{number}" for each in (text, plain) for year, number in _INVOICE.findall(each)
    }
    invoices = Invoice.objects.issued().filter(number__in=numbers)
    payments = Payment.objects.filter(
        reference__in=references, method=Method.TRANSFER, state=State.PENDING
    )
    return Named(
        tuple(invoices.select_related("tenant").order_by("due_on", "sequence")[:MOST]),
        tuple(payments.select_related("tenant").order_by("pk")[:MOST]),
    )
