"""Many rows in one statement, each with its own values."""

from __future__ import annotations

from typing import Any

import pytest

from backend.billing.models import Invoice, Seller
from backend.billing.tests.cast import draft, make_seller
from backend.common.bulk import update_all
from backend.conftest import House

pytestmark = pytest.mark.django_db


def test_each_row_gets_its_own_values_of_any_type(
    aurora: House, bluefin: House, django_assert_num_queries: Any
) -> None:
    make_seller()
    first, second, third = draft(aurora), draft(bluefin), draft(aurora)
    first.note, first.buyer, first.total_minor, first.net_minor = "50% off: 'ö'", {"a": [1]}, 7, 7
    first.tax_minor = 0
    second.note, second.buyer = "", {}
    third.note = "Not saved"

    with django_assert_num_queries(1):
        update_all([first, second], ["note", "buyer", "total_minor", "net_minor", "tax_minor"])

    found = {invoice.pk: invoice for invoice in Invoice.objects.all()}
    assert found[first.pk].note == "50% off: 'ö'"
    assert found[first.pk].buyer == {"a": [1]}
    assert found[first.pk].total_minor == 7
    assert (found[second.pk].note, found[second.pk].buyer) == ("", {})
    assert found[second.pk].total_minor == second.total_minor
    assert found[third.pk].note == ""


def test_lists_and_nulls_have_their_types() -> None:
    seller = make_seller(reminder_days=[1])
    seller.reminder_days, seller.suspension_days = [3, 10], None
    update_all([seller], ["reminder_days", "suspension_days"])
    seller.refresh_from_db()
    assert (seller.reminder_days, seller.suspension_days) == ([3, 10], None)
    update_all([seller], ["suspension_days"])
    update_all([], ["reminder_days"])
    assert Seller.objects.get().reminder_days == [3, 10]
