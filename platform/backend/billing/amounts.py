"""Every amount of billing is computed here, from facts. Pure arithmetic: no ORM, no clock.

Amounts are integers in the currency's smallest unit; all of one call are in one currency. Rates
are Decimals of percent. Rounding is half-up, away from zero, line by line: a line's net amount,
then its tax. Sums are of rounded figures, so what stands on a page adds up to what is below it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

HUNDRED = Decimal(100)


def half_up(amount: Decimal) -> int:
    """The nearest integer; of two equally near the one further from zero."""
    return int(amount.quantize(Decimal(1), rounding=ROUND_HALF_UP))


@dataclass(frozen=True, slots=True)
class LineFacts:
    """What a line's amounts follow from. A credit has a negative quantity; a price never is."""

    quantity: Decimal
    unit_price_minor: int
    tax_percent: Decimal


@dataclass(frozen=True, slots=True)
class LineAmounts:
    net_minor: int
    tax_minor: int

    @property
    def gross_minor(self) -> int:
        return self.net_minor + self.tax_minor


def line_amounts(line: LineFacts) -> LineAmounts:
    net = half_up(line.quantity * line.unit_price_minor)
    return LineAmounts(net, tax_on(net, line.tax_percent))


def tax_on(net_minor: int, percent: Decimal) -> int:
    return half_up(net_minor * percent / HUNDRED)


@dataclass(frozen=True, slots=True)
class RateTotal:
    """The lines of one tax rate together."""

    tax_percent: Decimal
    net_minor: int
    tax_minor: int


@dataclass(frozen=True, slots=True)
class Totals:
    net_minor: int
    tax_minor: int
    by_rate: tuple[RateTotal, ...]

    @property
    def total_minor(self) -> int:
        return self.net_minor + self.tax_minor


def totals(lines: Iterable[tuple[Decimal, LineAmounts]]) -> Totals:
    """Of pairs of a rate and a line's amounts; the rates from the highest down."""
    rates: dict[Decimal, tuple[int, int]] = {}
    for percent, amounts in lines:
        net, tax = rates.get(percent, (0, 0))
        rates[percent] = (net + amounts.net_minor, tax + amounts.tax_minor)
    by_rate = tuple(RateTotal(percent, *rates[percent]) for percent in sorted(rates, reverse=True))
    return Totals(
        net_minor=sum(each.net_minor for each in by_rate),
        tax_minor=sum(each.tax_minor for each in by_rate),
        by_rate=by_rate,
    )


def prorated(amount_minor: int, days: int, of_days: int) -> int:
    """The part of a price that falls on `days` of its period of `of_days`."""
    if not 0 <= days <= of_days or of_days < 1:
        raise ValueError(f"{days} of {of_days} days")
    return half_up(Decimal(amount_minor) * days / of_days)


@dataclass(frozen=True, slots=True)
class Switch:
    """What a change of price within a period comes to, without tax: both at least 0."""

    unused_minor: int
    remaining_minor: int

    @property
    def difference_minor(self) -> int:
        """To be paid; negative: the new terms are cheaper."""
        return self.remaining_minor - self.unused_minor


def switch_within(old_minor: int, new_minor: int, days_left: int, of_days: int) -> Switch:
    """Another price for the rest of the period."""
    return Switch(prorated(old_minor, days_left, of_days), prorated(new_minor, days_left, of_days))


def switch_anew(old_minor: int, new_minor: int, days_left: int, of_days: int) -> Switch:
    """Another price for a whole new period, the old one's rest given back."""
    return Switch(prorated(old_minor, days_left, of_days), new_minor)


def above(included: int, by_day: Iterable[int]) -> int:
    """The units to charge for: the most that there was on a day, less what the plan includes."""
    return max([0, *(value - included for value in by_day)])


def apportioned(amount_minor: int, due: Sequence[int]) -> list[int]:
    """What each of the amounts due gets of a sum, in their order: the first is filled first."""
    parts = []
    left = amount_minor
    for each in due:
        part = max(min(each, left), 0)
        parts.append(part)
        left -= part
    return parts


def from_credit(credit_minor: int, due_minor: int, total_minor: int) -> int:
    """The part of a new total that credit settles, once it has settled what is due already."""
    return apportioned(credit_minor, [due_minor, total_minor])[1]


def left_over(amount_minor: int, parts: Iterable[int]) -> int:
    """What is left of a sum once its parts are used."""
    return amount_minor - sum(parts)


def credited(net_minor: int, before_minor: int, percent: Decimal) -> LineAmounts:
    """A credit of `net_minor` on a line of which `before_minor` was credited already.

    However many credits a line has, their tax adds up to the tax on their sum.
    """
    tax = tax_on(before_minor + net_minor, percent) - tax_on(before_minor, percent)
    return LineAmounts(net_minor, tax)


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """The sums of all facts of an account, each at least 0; credits and payments as booked."""

    invoiced_minor: int
    credited_minor: int
    paid_minor: int
    refunded_minor: int
    allocated_minor: int

    @property
    def balance_minor(self) -> int:
        """What the tenant owes; negative: what it has to its credit."""
        return self.invoiced_minor - self.credited_minor - self.paid_minor + self.refunded_minor

    @property
    def credit_minor(self) -> int:
        """What came in and isn't used for an invoice."""
        return self.credited_minor + self.paid_minor - self.refunded_minor - self.allocated_minor

    @property
    def due_minor(self) -> int:
        """What is open on invoices."""
        return self.invoiced_minor - self.allocated_minor


def account_of(
    *,
    invoiced: Iterable[int],
    credited: Iterable[int],
    paid: Iterable[int],
    refunded: Iterable[int],
    allocated: Iterable[int],
) -> AccountFacts:
    """Of the amounts of all facts of an account."""
    return AccountFacts(sum(invoiced), sum(credited), sum(paid), sum(refunded), sum(allocated))


def still_due(total_minor: int, allocated_minor: int) -> int:
    """What is open on an invoice, or on several together."""
    return total_minor - allocated_minor


def balances_down(balance_minor: int, amounts: Iterable[int]) -> list[int]:
    """The balance after each fact of a ledger, the newest first: that after the first is given."""
    found = []
    for amount in amounts:
        found.append(balance_minor)
        balance_minor -= amount
    return found


def monthly(amounts: Mapping[str, int]) -> int:
    """Recurring revenue a month, of sums by interval ("month", "year")."""
    return amounts.get("month", 0) + half_up(Decimal(amounts.get("year", 0)) / 12)
