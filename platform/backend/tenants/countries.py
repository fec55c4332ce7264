"""The countries whose businesses can register, and what a business of each begins with.

Rates of VAT (GST, MWST …) as they hold in 2026, from the European Commission's Taxes in Europe
Database and, outside the EU, from the tax authorities' own pages (gov.uk, estv.admin.ch,
skatteetaten.no, skatturinn.is, stv.llv.li, canada.ca, ato.gov.au, ird.govt.nz). Only those that a
restaurant meets; an owner corrects them where the law moves on. The first is the country's standard
rate, which never taxes too little. The United States have no rate of the whole country.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, cast

Kind = Literal["standard", "gst", "served", "meals", "food", "reduced", "zero"]

# What a rate is called in the languages that tenants can choose.
RATE_NAMES: Final[Mapping[Kind, Mapping[str, str]]] = {
    "standard": {"en": "Standard", "de": "Normalsatz"},
    "gst": {"en": "GST", "de": "GST"},
    "served": {"en": "Meals and drinks", "de": "Speisen und Getränke"},
    "meals": {"en": "Meals", "de": "Speisen"},
    "food": {"en": "Basic food", "de": "Lebensmittel"},
    "reduced": {"en": "Reduced", "de": "Ermäßigt"},
    "zero": {"en": "Zero rate", "de": "Nullsatz"},
}


@dataclass(frozen=True, slots=True)
class Rate:
    """`percent` is a decimal string: "13.50"."""

    kind: Kind
    percent: str

    def name(self, language: str) -> str:
        return RATE_NAMES[self.kind][language]


@dataclass(frozen=True, slots=True)
class Country:
    """`time_zone` is where most of its people live. `vat_prefix`: what its VAT ids begin with."""

    code: str
    name: str
    currency: str
    time_zone: str
    rates: tuple[Rate, ...]
    language: str = "en"
    is_eu_vat: bool = True
    vat_prefix: str = ""
    vat_id_example: str = ""


def _rates(standard: str, **others: str) -> tuple[Rate, ...]:
    found: list[Rate] = [Rate("standard", standard)]
    found += [Rate(cast("Kind", kind), percent) for kind, percent in others.items()]
    return tuple(found)


def _in_eu(
    code: str, name: str, time_zone: str, example: str, rates: tuple[Rate, ...],
    currency: str = "EUR", language: str = "en",
) -> Country:  # fmt: skip
    return Country(
        code=code,
        name=name,
        currency=currency,
        time_zone=f"Europe/{time_zone}" if "/" not in time_zone else time_zone,
        rates=rates,
        language=language,
        vat_prefix="EL" if code == "GR" else code,
        vat_id_example=example,
    )


# fmt: off
_EU: Final = (
    _in_eu("AT", "Austria", "Vienna", "ATU13585627",
           _rates("20.00", meals="10.00", reduced="13.00"), language="de"),
    _in_eu("BE", "Belgium", "Brussels", "BE0428759497",
           _rates("21.00", meals="12.00", food="6.00")),
    _in_eu("BG", "Bulgaria", "Sofia", "BG175074752",
           _rates("20.00", reduced="9.00")),
    _in_eu("CY", "Cyprus", "Asia/Nicosia", "CY10259033P",
           _rates("19.00", meals="9.00", food="5.00")),
    _in_eu("CZ", "Czechia", "Prague", "CZ25123891",
           _rates("21.00", meals="12.00"), "CZK"),
    _in_eu("DE", "Germany", "Berlin", "DE136695976",
           _rates("19.00", meals="7.00"), language="de"),
    _in_eu("DK", "Denmark", "Copenhagen", "DK13585628",
           _rates("25.00"), "DKK"),
    _in_eu("EE", "Estonia", "Tallinn", "EE100931558",
           _rates("24.00", reduced="13.00")),
    _in_eu("ES", "Spain", "Madrid", "ESA13585625",
           _rates("21.00", served="10.00", food="4.00")),
    _in_eu("FI", "Finland", "Helsinki", "FI20774740",
           _rates("25.50", meals="13.50", reduced="10.00")),
    _in_eu("FR", "France", "Paris", "FR40303265045",
           _rates("20.00", meals="10.00", food="5.50")),
    _in_eu("GR", "Greece", "Athens", "EL094259216",
           _rates("24.00", meals="13.00", reduced="6.00")),
    _in_eu("HR", "Croatia", "Zagreb", "HR33392005961",
           _rates("25.00", meals="13.00", reduced="5.00")),
    _in_eu("HU", "Hungary", "Budapest", "HU12892312",
           _rates("27.00", meals="5.00", reduced="18.00"), "HUF"),
    _in_eu("IE", "Ireland", "Dublin", "IE6433435F",
           _rates("23.00", meals="9.00", reduced="13.50", zero="0.00")),
    _in_eu("IT", "Italy", "Rome", "IT00743110157",
           _rates("22.00", served="10.00", food="4.00")),
    _in_eu("LT", "Lithuania", "Vilnius", "LT119511515",
           _rates("21.00", reduced="12.00")),
    _in_eu("LU", "Luxembourg", "Luxembourg", "LU15027442",
           _rates("17.00", meals="3.00", reduced="8.00")),
    _in_eu("LV", "Latvia", "Riga", "LV40003521600",
           _rates("21.00", reduced="12.00")),
    _in_eu("MT", "Malta", "Malta", "MT11679112",
           _rates("18.00", reduced="7.00", zero="0.00")),
    _in_eu("NL", "Netherlands", "Amsterdam", "NL004495445B01",
           _rates("21.00", meals="9.00")),
    _in_eu("PL", "Poland", "Warsaw", "PL8567346215",
           _rates("23.00", meals="8.00", food="5.00"), "PLN"),
    _in_eu("PT", "Portugal", "Lisbon", "PT501964843",
           _rates("23.00", meals="13.00", food="6.00")),
    _in_eu("RO", "Romania", "Bucharest", "RO18547290",
           _rates("21.00", meals="11.00"), "RON"),
    _in_eu("SE", "Sweden", "Stockholm", "SE123456789701",
           _rates("25.00", meals="12.00", food="6.00"), "SEK"),
    _in_eu("SI", "Slovenia", "Ljubljana", "SI50223054",
           _rates("22.00", meals="9.50", reduced="5.00")),
    _in_eu("SK", "Slovakia", "Bratislava", "SK2022749619",
           _rates("23.00", meals="5.00", reduced="19.00")),
)
# fmt: on
_SWISS: Final = _rates("8.10", food="2.60", reduced="3.80")
_OTHERS: Final = (
    Country(
        "AU", "Australia", "AUD", "Australia/Sydney",
        (Rate("gst", "10.00"), Rate("zero", "0.00")),
        is_eu_vat=False, vat_id_example="83914571673",
    ),
    Country(
        "CA", "Canada", "CAD", "America/Toronto",
        (Rate("gst", "5.00"), Rate("zero", "0.00")),
        is_eu_vat=False, vat_id_example="123026635RT0001",
    ),
    Country(
        "CH", "Switzerland", "CHF", "Europe/Zurich", _SWISS,
        language="de", is_eu_vat=False, vat_prefix="CHE", vat_id_example="CHE107787577MWST",
    ),
    Country(
        "GB", "United Kingdom", "GBP", "Europe/London",
        _rates("20.00", reduced="5.00", zero="0.00"),
        is_eu_vat=False, vat_prefix="GB", vat_id_example="GB980780684",
    ),
    Country(
        "IS", "Iceland", "ISK", "Atlantic/Reykjavik", _rates("24.00", served="11.00"),
        is_eu_vat=False, vat_prefix="IS", vat_id_example="IS00621",
    ),
    Country(
        "LI", "Liechtenstein", "CHF", "Europe/Vaduz", _SWISS,
        language="de", is_eu_vat=False, vat_prefix="LI", vat_id_example="LI50000",
    ),
    Country(
        "NO", "Norway", "NOK", "Europe/Oslo", _rates("25.00", food="15.00", reduced="12.00"),
        is_eu_vat=False, vat_prefix="NO", vat_id_example="NO995525828MVA",
    ),
    Country(
        "NZ", "New Zealand", "NZD", "Pacific/Auckland", (Rate("gst", "15.00"),),
        is_eu_vat=False, vat_id_example="49091850",
    ),
    Country("US", "United States", "USD", "America/New_York", (), is_eu_vat=False),
)  # fmt: skip

COUNTRIES: Final[Mapping[str, Country]] = {
    country.code: country for country in sorted((*_EU, *_OTHERS), key=lambda country: country.code)
}
CURRENCIES: Final = tuple(sorted({country.currency for country in COUNTRIES.values()}))
