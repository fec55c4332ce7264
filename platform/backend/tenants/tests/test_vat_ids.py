# ruff: noqa: RUF001 - people type other digits and dashes
"""The form of VAT ids."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.tenants.countries import COUNTRIES
from backend.tenants.vat_ids import VatIdInvalid, normalised_vat_id


@pytest.mark.parametrize(
    ("country", "typed", "kept"),
    [
        ("IT", "IT00743110157", "IT00743110157"),
        ("IT", " it 007 431-101.57 ", "IT00743110157"),
        ("IT", "00743110157", "IT00743110157"),
        ("AT", "U13585627", "ATU13585627"),
        ("GR", "EL 094259216", "EL094259216"),
        ("GR", "094259216", "EL094259216"),
        ("GB", "980780684", "GB980780684"),
        ("GB", "XI 980 7806 84", "XI980780684"),
        ("CH", "CHE-107.787.577 MWST", "CHE107787577MWST"),
        ("CH", "CHE-107.787.577 IVA", "CHE107787577IVA"),
        ("CH", "107787577", "CHE107787577MWST"),
        ("LI", "50 000", "LI50000"),
        ("NO", "995 525 828", "NO995525828MVA"),
        ("IS", "00621", "IS00621"),
        ("CA", "12302 6635 RT 0001", "123026635RT0001"),
        ("AU", "83 914 571 673", "83914571673"),
        ("NZ", "49-091-850", "49091850"),
        ("DE", "DE 136 695 976", "DE136695976"),
        ("DE", "DE１３６６９５９７６", "DE136695976"),
        ("FR", "FR 40‑303 265 045", "FR40303265045"),
    ],
)
def test_it_is_kept_in_one_form(country: str, typed: str, kept: str) -> None:
    assert normalised_vat_id(country, typed) == kept


@pytest.mark.parametrize(
    ("country", "typed"),
    [
        ("IT", "IT00743110158"),  # a digit off
        ("IT", "IT12345"),
        ("IT", "ATU13585627"),  # another country's
        ("DE", "IT00743110157"),
        ("GB", "GB980780685"),
        ("CH", "CHE107787578"),
        ("CA", "123026635"),  # the business number, not the account
        ("CA", "123026635RC0001"),
        ("LI", "LI500000"),
        ("IT", "IT٠٠٧٤٣١١٠١٥٧"),  # Arabic digits
        ("IT", "IT00743110157; DROP"),
        ("IT", "...."),
        ("US", "12-3456789"),
        ("XX", "1234567"),
    ],
)
def test_what_can_not_be_one_is_refused(country: str, typed: str) -> None:
    with pytest.raises(VatIdInvalid):
        normalised_vat_id(country, typed)


def test_the_error_shows_how_one_looks() -> None:
    with pytest.raises(VatIdInvalid, match="VAT id of Italy, such as IT00743110157"):
        normalised_vat_id("IT", "1")


@given(
    st.sampled_from([*COUNTRIES, "XX", ""]),
    st.one_of(
        st.text(max_size=60),
        st.from_regex(r"[A-Z]{0,3}[0-9A-Z .\-]{4,18}", fullmatch=True),
        st.sampled_from([country.vat_id_example for country in COUNTRIES.values()]),
    ),
)
def test_whatever_is_typed_there_is_an_id_or_the_one_error(country: str, typed: str) -> None:
    try:
        kept = normalised_vat_id(country, typed)
    except VatIdInvalid:
        return
    assert re.fullmatch("[A-Z0-9]{4,20}", kept)
    assert normalised_vat_id(country, kept) == kept
