"""Amounts, dates and rates as people read them, on documents and in mails: in English or German.

The portal writes the same with Babel; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from backend.common.money import as_decimal

NBSP: Final = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True)
class _Language:
    grouping: str
    point: str
    symbols: Mapping[str, str]
    months: tuple[str, ...]
    short_months: tuple[str, ...]


_LANGUAGES: Final[Mapping[str, _Language]] = {
    "en": _Language(
        grouping=",",
        point=".",
        symbols={
            "EUR": "€", "GBP": "£", "USD": "US$", "AUD": "A$", "CAD": "CA$", "NZD": "NZ$",
        },
        months=(
            "January", "February", "March", "April", "May", "June", "July", "August",
            "September", "October", "November", "December",
        ),
        short_months=(
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sept", "Oct", "Nov", "Dec",
        ),
    ),
    "de": _Language(
        grouping=".",
        point=",",
        symbols={
            "EUR": "€", "GBP": "£", "USD": "$", "AUD": "AU$", "CAD": "CA$", "NZD": "NZ$",
        },
        months=(
            "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August",
            "September", "Oktober", "November", "Dezember",
        ),
        short_months=(),
    ),
}  # fmt: skip


def money(minor: int, currency: str, language: str) -> str:
    """ "€1,250.00" or "1.250,00 €"; a currency without a sign goes by its code."""
    symbol = _LANGUAGES[language].symbols.get(currency, currency)
    figure = amount(abs(minor), currency, language)
    sign = "-" if minor < 0 else ""
    if language == "de":
        return f"{sign}{figure}{NBSP}{symbol}"
    return f"{sign}{symbol}{NBSP if symbol.isalpha() else ''}{figure}"


def amount(minor: int, currency: str, language: str) -> str:
    """The figure alone: "1,250.00" or "1.250,00"."""
    return _grouped(as_decimal(minor, currency), language)


def plain(value: Decimal) -> Decimal:
    """Without zeros at its end, and without an exponent: 1.500 is ``Decimal("1.5")``."""
    text = f"{value:f}"
    # Adding nothing takes a zero its sign.
    return Decimal(text.rstrip("0").rstrip(".") if "." in text else text) + 0


def number(value: Decimal, language: str) -> str:
    """ "1.5" or "1,5"."""
    return _grouped(plain(value), language)


def percent(value: Decimal, language: str) -> str:
    """ "13.5%" or "13,5 %"."""
    return f"{number(value, language)}{NBSP if language == 'de' else ''}%"


def day(value: date, language: str) -> str:
    """ "3 Sept 2026" or "03.09.2026"."""
    if language == "de":
        return f"{value:%d.%m.%Y}"
    return f"{value.day} {_LANGUAGES[language].short_months[value.month - 1]} {value.year}"


def long_day(value: date, language: str) -> str:
    """ "3 September 2026" or "3. September 2026"."""
    month = _LANGUAGES[language].months[value.month - 1]
    return f"{value.day}{'.' if language == 'de' else ''} {month} {value.year}"


def iban(value: str) -> str:
    """In groups of four, as it stands on cards and forms."""
    return " ".join(value[start : start + 4] for start in range(0, len(value), 4))


def _grouped(value: Decimal, language: str) -> str:
    rules = _LANGUAGES[language]
    marks = str.maketrans({",": rules.grouping, ".": rules.point})
    return f"{value:,f}".translate(marks)
