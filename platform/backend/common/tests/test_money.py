"""Amounts as they are written, and what of them there is."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.common.money import DIGITS, TooFine, as_decimal, as_minor, written

CURRENCIES = st.sampled_from(sorted(DIGITS))
AMOUNTS = st.integers(-(10**15), 10**15)


@given(AMOUNTS, CURRENCIES)
def test_there_and_back_is_the_same(minor: int, currency: str) -> None:
    assert as_minor(as_decimal(minor, currency), currency) == minor


@given(AMOUNTS, CURRENCIES, st.integers(1, 9))
def test_no_part_of_the_smallest_unit_is_dropped(minor: int, currency: str, part: int) -> None:
    finer = as_decimal(minor, currency) + Decimal(part).scaleb(-DIGITS[currency] - 1)
    with pytest.raises(TooFine):
        as_minor(finer, currency)


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (123456789, "EUR", "1,234,567.89 EUR"),
        (-5, "GBP", "-0.05 GBP"),
        (7490, "ISK", "7,490 ISK"),
        (0, "HUF", "0.00 HUF"),
    ],
)
def test_it_is_written_for_staff(minor: int, currency: str, text: str) -> None:
    assert written(minor, currency) == text
