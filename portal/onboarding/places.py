"""Names of countries, currencies and time zones, in the visitor's language."""

from __future__ import annotations

from collections.abc import Iterable

from babel.core import get_global
from babel.dates import get_timezone_location

from portal.ui.components.formats import locale

Choice = tuple[str, str]


def country_name(code: str) -> str:
    return str(locale().territories.get(code, code))


def currency_name(code: str) -> str:
    return f"{locale().currencies.get(code, code)} ({code})"


def time_zone_name(name: str) -> str:
    """The city that the zone is named after."""
    return get_timezone_location(name, locale=locale(), return_city=True)


def countries(codes: Iterable[str]) -> list[Choice]:
    return _by_name((code, country_name(code)) for code in codes)


def currencies(codes: Iterable[str]) -> list[Choice]:
    return _by_name((code, currency_name(code)) for code in set(codes))


def time_zones(country: str, present: str) -> list[Choice]:
    """The zones of a country, and the one that is set already."""
    territories = get_global("zone_territories")
    names = {name for name, territory in territories.items() if territory == country}
    return _by_name((name, time_zone_name(name)) for name in names | {present})


def _by_name(choices: Iterable[Choice]) -> list[Choice]:
    return sorted(choices, key=lambda choice: choice[1].casefold())
