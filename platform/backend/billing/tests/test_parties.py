"""Who is taxed how: the operator's country against the buyer's."""

from __future__ import annotations

from decimal import Decimal

import pytest

from backend.billing.parties import Tax, buyer_of, tax_for
from backend.conftest import House


@pytest.mark.parametrize(
    ("seller", "buyer", "vat_id", "category", "percent"),
    [
        ("AT", "AT", "ATU13585627", "S", "20.00"),
        ("AT", "AT", "", "S", "20.00"),
        ("AT", "IT", "IT12345670587", "AE", "0.00"),
        # Nothing proves that it is a business.
        ("AT", "IT", "", "S", "20.00"),
        ("AT", "GR", "EL094259216", "AE", "0.00"),
        ("AT", "GB", "GB123456782", "O", "0.00"),
        ("AT", "CH", "", "O", "0.00"),
        ("GB", "GB", "", "S", "20.00"),
        ("GB", "IT", "IT12345670587", "O", "0.00"),
        # There is no tax of the whole country, so it is no rate of nothing.
        ("US", "US", "", "O", "0.00"),
        ("US", "IT", "IT12345670587", "O", "0.00"),
    ],
)
def test_tax_goes_by_both_countries_and_the_vat_id(
    seller: str, buyer: str, vat_id: str, category: str, percent: str
) -> None:
    assert tax_for(seller, buyer, vat_id) == Tax(category, Decimal(percent))


@pytest.mark.django_db
def test_the_company_is_named_where_it_is_known(aurora: House) -> None:
    assert buyer_of(aurora.tenant)["name"] == "Trattoria Aurora"
    aurora.tenant.legal_name = "Aurora Ristorazione S.r.l."
    buyer = buyer_of(aurora.tenant)
    assert (buyer["name"], buyer["trading_name"]) == (
        "Aurora Ristorazione S.r.l.",
        "Trattoria Aurora",
    )
