"""The form of a VAT id, by country; whether it is in use, only an authority can say."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Final

import stdnum.au.abn
import stdnum.ca.bn
import stdnum.ch.vat
import stdnum.eu.vat
import stdnum.gb.vat
import stdnum.is_.vsk
import stdnum.no.mva
import stdnum.nz.ird
from stdnum.exceptions import InvalidFormat, ValidationError

from backend.tenants.countries import COUNTRIES

LONGEST_INPUT: Final = 40
# What people put between the digits.
_SEPARATORS: Final = re.compile("[\\s./\u2010-\u2015-]")
_PLAIN: Final = re.compile(r"[0-9A-Z]{4,20}")
_LIECHTENSTEIN: Final = re.compile(r"LI[0-9]{5}")
_SWISS_WORDS: Final = ("MWST", "TVA", "IVA", "TPV")


class VatIdInvalid(ValueError):
    """Says what is wrong, for the person who typed it."""


def normalised_vat_id(country_code: str, text: str) -> str:
    """The id as it is kept: without spaces, with its country's letters where it has any.

    Raises VatIdInvalid.
    """
    country = COUNTRIES.get(country_code)
    if country is None or not country.vat_id_example:
        raise VatIdInvalid("This country has no VAT ids that we know.")
    number = _SEPARATORS.sub("", unicodedata.normalize("NFKC", text[:LONGEST_INPUT])).upper()
    # Digits of other scripts would pass as digits below.
    if _PLAIN.fullmatch(number):
        try:
            return _check(country_code, country.vat_prefix, number)
        except ValidationError:
            pass
    raise VatIdInvalid(f"This is not a VAT id of {country.name}, such as {country.vat_id_example}.")


def _check(country_code: str, prefix: str, number: str) -> str:
    if check := _OUTSIDE_THE_EU.get(country_code):
        return check(number)
    return str(stdnum.eu.vat.validate(number if number.startswith(prefix) else prefix + number))


def _british(number: str) -> str:
    """Northern Ireland's begin with XI."""
    return ("XI" if number.startswith("XI") else "GB") + stdnum.gb.vat.validate(number)


def _swiss(number: str) -> str:
    number = number if number.startswith("CHE") else f"CHE{number}"
    return str(stdnum.ch.vat.validate(number + ("" if number.endswith(_SWISS_WORDS) else "MWST")))


def _norwegian(number: str) -> str:
    return "NO" + stdnum.no.mva.validate(number + ("" if number.endswith("MVA") else "MVA"))


def _icelandic(number: str) -> str:
    return "IS" + stdnum.is_.vsk.validate(number)


def _of_liechtenstein(number: str) -> str:
    number = number if number.startswith("LI") else f"LI{number}"
    if not _LIECHTENSTEIN.fullmatch(number):
        raise InvalidFormat
    return number


def _canadian(number: str) -> str:
    """A GST/HST account: the business number alone is not one."""
    number = stdnum.ca.bn.validate(number)
    if number[9:11] != "RT":
        raise InvalidFormat
    return number


_OUTSIDE_THE_EU: Final[Mapping[str, Callable[[str], str]]] = {
    "AU": stdnum.au.abn.validate,
    "CA": _canadian,
    "CH": _swiss,
    "GB": _british,
    "IS": _icelandic,
    "LI": _of_liechtenstein,
    "NO": _norwegian,
    "NZ": stdnum.nz.ird.validate,
}
