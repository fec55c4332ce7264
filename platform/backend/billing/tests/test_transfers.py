"""What a payer wrote is understood, however the bank passed it on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.billing.amounts import apportioned, left_over
from backend.billing.tests.cast import SYSTEM, issued
from backend.billing.transfers import named_in
from backend.billing.workflows.take_payment import announce_payment
from backend.conftest import House

AMOUNTS = st.integers(0, 10**12)


@given(AMOUNTS, st.lists(AMOUNTS, max_size=6))
def test_what_is_used_and_what_is_left_are_the_whole(amount: int, due: list[int]) -> None:
    parts = apportioned(amount, due)
    left = left_over(amount, parts)
    assert left + sum(parts) == amount
    assert left >= 0
    assert left == 0 or parts == due


@pytest.mark.django_db
@pytest.mark.usefixtures("seller")
def test_invoices_and_announced_transfers_are_found(aurora: House, bluefin: House) -> None:
    first, second = issued(aurora), issued(bluefin)
    payment = announce_payment(bluefin.tenant.pk, [second], "transfer", by=SYSTEM)
    announce_payment(bluefin.tenant.pk, [second], "card", by=SYSTEM)

    one = named_in(f"Rechnung {first.number.replace('-', '')} vom 1.3.")
    assert (one.invoices, one.announced, one.tenant_ids) == ((first,), (), {aurora.tenant.pk})
    assert named_in(f"{first.number[:7]}\n{first.number[7:]} 120,00").invoices == ()
    assert named_in(f"Re {first.number[:7]}\n{first.number[7:]}, danke").invoices == (first,)
    both = named_in(f"{first.number}/{second.number} {payment.reference.replace('-', '').lower()}")
    assert set(both.invoices) == {first, second}
    assert both.announced == (payment,)
    assert both.tenant_ids == {aurora.tenant.pk, bluefin.tenant.pk}


@pytest.mark.django_db
@pytest.mark.usefixtures("seller")
@pytest.mark.parametrize("text", ["", "thank you", "1{number}", "{number}1", "TV-0000-0000", "\0"])
def test_what_only_looks_like_one_isnt(aurora: House, text: str) -> None:
    number = issued(aurora).number
    found = named_in(text.format(number=number))
    assert (found.invoices, found.announced) == ((), ())
