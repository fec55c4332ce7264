"""Figures and dates are written as the portal writes them: Babel is its library."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, format_percent, get_currency_precision
from hypothesis import given
from hypothesis import strategies as st

from backend.billing import written
from backend.tenants.countries import CURRENCIES

LOCALES = {"en": "en_GB", "de": "de"}
languages = st.sampled_from(["en", "de"])


@given(st.integers(-(10**14), 10**14), st.sampled_from(CURRENCIES), languages)
def test_money(minor: int, currency: str, language: str) -> None:
    digits = get_currency_precision(currency)
    expected = format_currency(Decimal(minor).scaleb(-digits), currency, locale=LOCALES[language])
    ours = written.money(minor, currency, language)
    # A code before a figure has a gap with us, which Babel forgets.
    if language == "en" and f"{currency}\N{NO-BREAK SPACE}" in ours:
        ours = ours.replace("\N{NO-BREAK SPACE}", "")
    assert ours == expected


@given(st.dates(date(2000, 1, 1), date(2199, 12, 31)), languages)
def test_days(day: date, language: str) -> None:
    assert written.day(day, language) == format_date(day, "medium", locale=LOCALES[language])
    assert written.long_day(day, language) == format_date(day, "long", locale=LOCALES[language])


@given(st.decimals(-999999, 999999, places=3), languages)
def test_quantities(value: Decimal, language: str) -> None:
    expected = format_decimal(value, locale=LOCALES[language])
    assert written.number(value, language) == ("0" if not value else expected)


@given(st.decimals(0, 100, places=2), languages)
def test_rates(value: Decimal, language: str) -> None:
    expected = format_percent(
        value / 100, "#,##0.##%" if language == "en" else "#,##0.##\xa0%", locale=LOCALES[language]
    )
    assert written.percent(value, language) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("AT611904300234573201", "AT61 1904 3002 3457 3201"),
        ("NO9386011117947", "NO93 8601 1117 947"),
    ],
)
def test_an_iban_is_in_groups(value: str, expected: str) -> None:
    assert written.iban(value) == expected
