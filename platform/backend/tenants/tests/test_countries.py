"""The table of countries: complete, and of use to what reads it."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.conf import settings

from backend.conftest import Api, House
from backend.tenants.countries import COUNTRIES, CURRENCIES, RATE_NAMES, Country
from backend.tenants.tenant_input import time_zones
from backend.tenants.vat_ids import normalised_vat_id

EU = [
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT",
    "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
]  # fmt: skip
OTHERS = ["AU", "CA", "CH", "GB", "IS", "LI", "NO", "NZ", "US"]


def test_they_are_the_eus_and_its_neighbours_and_those_of_english() -> None:
    assert [code for code, country in COUNTRIES.items() if country.is_eu_vat] == EU
    assert sorted(COUNTRIES) == sorted(
        [*EU, *["AU", "CA", "CH", "GB", "IS", "LI", "NO", "NZ", "US"]]
    )
    assert list(COUNTRIES) == sorted(COUNTRIES)


@pytest.mark.parametrize("country", COUNTRIES.values(), ids=lambda country: country.code)
def test_each_is_of_use(country: Country) -> None:
    assert COUNTRIES[country.code] is country
    assert re.fullmatch("[A-Z]{3}", country.currency)
    assert country.language in dict(settings.LANGUAGES)
    assert country.time_zone in time_zones()
    for rate in country.rates:
        assert re.fullmatch(r"\d{1,2}\.\d{2}", rate.percent)
    names = [rate.name(country.language) for rate in country.rates]
    assert len(set(names)) == len(names)
    if country.rates:
        # The default never taxes too little.
        assert max(Decimal(rate.percent) for rate in country.rates) == Decimal(
            country.rates[0].percent
        )
    if country.vat_id_example:
        assert normalised_vat_id(country.code, country.vat_id_example) == country.vat_id_example


def test_only_the_united_states_have_neither_rates_nor_vat_ids() -> None:
    assert [c.code for c in COUNTRIES.values() if not c.rates] == ["US"]
    assert [c.code for c in COUNTRIES.values() if not c.vat_id_example] == ["US"]


@pytest.mark.parametrize(
    ("code", "rates"),
    [
        ("AT", {"20.00", "10.00", "13.00"}),
        ("DE", {"19.00", "7.00"}),
        ("FI", {"25.50", "13.50", "10.00"}),
        ("FR", {"20.00", "10.00", "5.50"}),
        ("GB", {"20.00", "5.00", "0.00"}),
        ("IT", {"22.00", "10.00", "4.00"}),
        ("CH", {"8.10", "2.60", "3.80"}),
    ],
)
def test_some_rates_by_hand(code: str, rates: set[str]) -> None:
    assert {rate.percent for rate in COUNTRIES[code].rates} == rates


def test_every_rate_has_a_name_in_every_language() -> None:
    for names in RATE_NAMES.values():
        assert set(names) == set(dict(settings.LANGUAGES))
    assert COUNTRIES["AT"].rates[0].name("de") == "Normalsatz"


def test_the_list_is_for_any_app(portal: Api, aurora: House) -> None:
    for api in (portal, aurora.app):
        found = api.get("countries/").json()["results"]
        assert [each["code"] for each in found] == sorted(COUNTRIES)
        assert found[0] == {
            "code": "AT",
            "currency": "EUR",
            "language": "de",
            "time_zone": "Europe/Vienna",
            "vat_id_example": "ATU13585627",
        }
    assert {"EUR", "GBP", "CHF", "USD"} <= set(CURRENCIES)
