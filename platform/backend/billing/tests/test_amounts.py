"""Rounding, sums, proration: the one place where billing calculates."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.billing.amounts import (
    AccountFacts,
    LineAmounts,
    LineFacts,
    above,
    apportioned,
    balances_down,
    credited,
    from_credit,
    half_up,
    line_amounts,
    monthly,
    prorated,
    still_due,
    switch_anew,
    switch_within,
    tax_on,
    totals,
)

minor = st.integers(0, 10**10)
percents = st.decimals(0, 100, places=2)
quantities = st.decimals(Decimal(-999), Decimal(999), places=3)


@pytest.mark.parametrize(
    ("amount", "rounded"),
    [("0.5", 1), ("-0.5", -1), ("1.5", 2), ("2.5", 3), ("2.4999", 2), ("-2.5", -3), ("0.49", 0)],
)
def test_halves_go_away_from_zero(amount: str, rounded: int) -> None:
    assert half_up(Decimal(amount)) == rounded


def test_a_line_is_rounded_and_then_taxed() -> None:
    # 1.5 of 3.33 are 4.995 → 5.00, and 20 percent of 5.00, not of 4.995.
    found = line_amounts(LineFacts(Decimal("1.5"), 333, Decimal("20.00")))
    assert found == LineAmounts(500, 100)


@given(quantities, minor, percents)
def test_what_is_given_back_is_what_was_charged(
    quantity: Decimal, price: int, percent: Decimal
) -> None:
    charged = line_amounts(LineFacts(quantity, price, percent))
    given_back = line_amounts(LineFacts(-quantity, price, percent))
    assert given_back == LineAmounts(-charged.net_minor, -charged.tax_minor)


@given(st.lists(st.tuples(percents, st.integers(-(10**9), 10**9))))
def test_totals_are_the_sums_of_what_is_shown(found: list[tuple[Decimal, int]]) -> None:
    lines = [(percent, LineAmounts(net, tax_on(net, percent))) for percent, net in found]
    sums = totals(lines)
    assert sums.net_minor == sum(each.net_minor for _, each in lines)
    assert sums.tax_minor == sum(each.tax_minor for _, each in lines)
    assert sums.total_minor == sum(each.gross_minor for _, each in lines)
    assert sum(each.net_minor for each in sums.by_rate) == sums.net_minor
    assert sum(each.tax_minor for each in sums.by_rate) == sums.tax_minor
    assert [each.tax_percent for each in sums.by_rate] == sorted(
        {percent for percent, _ in lines}, reverse=True
    )


@given(minor, st.integers(1, 366), st.data())
def test_a_part_is_the_nearest_to_its_share(amount: int, days: int, data: st.DataObject) -> None:
    left = data.draw(st.integers(0, days))
    part = prorated(amount, left, days)
    assert abs(Fraction(amount * left, days) - part) <= Fraction(1, 2)
    assert 0 <= part <= amount
    assert prorated(amount, 0, days) == 0
    assert prorated(amount, days, days) == amount


@given(minor, st.integers(1, 366), st.data())
def test_more_days_never_cost_less(amount: int, days: int, data: st.DataObject) -> None:
    fewer, more = sorted(data.draw(st.lists(st.integers(0, days), min_size=2, max_size=2)))
    assert prorated(amount, fewer, days) <= prorated(amount, more, days)


@pytest.mark.parametrize(("days", "of_days"), [(-1, 30), (31, 30), (0, 0)])
def test_days_outside_of_the_period_are_an_error(days: int, of_days: int) -> None:
    with pytest.raises(ValueError, match="days"):
        prorated(100, days, of_days)


@given(minor, minor, st.integers(1, 366), st.data())
def test_a_switch_and_back_on_the_same_day_costs_nothing(
    old: int, new: int, days: int, data: st.DataObject
) -> None:
    left = data.draw(st.integers(0, days))
    there, back = switch_within(old, new, left, days), switch_within(new, old, left, days)
    assert there.difference_minor + back.difference_minor == 0
    assert switch_within(old, old, left, days).difference_minor == 0


def test_a_new_period_costs_its_whole_price() -> None:
    found = switch_anew(4900, 49000, days_left=15, of_days=30)
    assert (found.unused_minor, found.remaining_minor) == (2450, 49000)
    assert found.difference_minor == 46550


@pytest.mark.parametrize(
    ("included", "by_day", "units"), [(10, [], 0), (10, [3, 10], 0), (10, [11, 15, 2], 5)]
)
def test_the_peak_above_what_is_included_is_charged(
    included: int, by_day: list[int], units: int
) -> None:
    assert above(included, by_day) == units


@given(st.integers(0, 10**6), st.lists(st.integers(0, 10**5)))
def test_money_is_used_up_in_order(amount: int, due: list[int]) -> None:
    parts = apportioned(amount, due)
    assert sum(parts) == min(amount, sum(due))
    for position, (part, each) in enumerate(zip(parts, due, strict=True)):
        assert 0 <= part <= each
        # Nothing for a later one before the earlier is full.
        assert part == each or not any(parts[position + 1 :])


@given(credit=st.integers(-(10**6), 10**6), due=minor, total=minor)
def test_credit_is_used_once_what_is_due_already_is_settled(
    credit: int, due: int, total: int
) -> None:
    part = from_credit(credit, due, total)
    assert 0 <= part <= total
    assert part == 0 or due + part <= credit
    # No more is left over than what neither needed.
    assert part == total or due + part >= credit


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=6), percents)
def test_partial_credits_add_up_to_the_line(parts: list[int], percent: Decimal) -> None:
    whole = line_amounts(LineFacts(Decimal(1), sum(parts), percent))
    before, tax = 0, 0
    for part in parts:
        credit = credited(part, before, percent)
        assert credit.net_minor == part
        before, tax = before + part, tax + credit.tax_minor
    assert LineAmounts(before, tax) == whole


@given(minor, minor, minor, minor, minor)
def test_an_account_adds_up(
    invoiced: int, credited_: int, paid: int, refunded: int, allocated: int
) -> None:
    facts = AccountFacts(invoiced, credited_, paid, refunded, allocated)
    assert facts.balance_minor == facts.due_minor - facts.credit_minor


def test_a_year_is_twelve_months_of_revenue() -> None:
    assert monthly({"month": 4900, "year": 49000}) == 4900 + 4083
    assert monthly({}) == 0


@given(st.lists(st.integers(-(10**9), 10**9), max_size=30))
def test_a_statement_goes_down_to_nothing(newest_first: list[int]) -> None:
    """Each balance is the sum of what was booked until then."""
    found = balances_down(sum(newest_first), newest_first)
    assert found == [sum(newest_first[index:]) for index in range(len(newest_first))]


@given(st.lists(st.tuples(minor, minor), max_size=10))
def test_what_is_due_of_several_is_the_sum(invoices: list[tuple[int, int]]) -> None:
    totals_, allocated = (sum(each) for each in zip(*invoices, strict=True)) if invoices else (0, 0)
    assert still_due(totals_, allocated) == sum(still_due(*invoice) for invoice in invoices)
