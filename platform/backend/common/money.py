"""Amounts as people write them: 49.00 rather than 4900. What they come to is billing's matter."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

# How many digits stand behind the point, by ISO 4217.
DIGITS: Final[Mapping[str, int]] = {
    "AUD": 2, "CAD": 2, "CHF": 2, "CZK": 2, "DKK": 2, "EUR": 2, "GBP": 2, "HUF": 2, "ISK": 0,
    "NOK": 2, "NZD": 2, "PLN": 2, "RON": 2, "SEK": 2, "USD": 2,
}  # fmt: skip


class TooFine(ValueError):
    """There is no such amount in the currency: it has parts of the smallest unit."""


def as_decimal(minor: int, currency: str) -> Decimal:
    return Decimal(minor).scaleb(-DIGITS[currency])


def as_minor(amount: Decimal, currency: str) -> int:
    """In the currency's smallest unit. Raises TooFine."""
    minor = amount.scaleb(DIGITS[currency])
    if minor != minor.to_integral_value():
        raise TooFine(f"{currency} has {DIGITS[currency]} decimals")
    return int(minor)


def written(minor: int, currency: str) -> str:
    """For staff: "1,234.50 EUR"."""
    return f"{as_decimal(minor, currency):,.{DIGITS[currency]}f} {currency}"
