"""The short names in addresses."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.tenants.models.tenant import SLUG
from backend.tenants.slugs import LONGEST, next_free, slug_of


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Trattoria Aurora", "trattoria-aurora"),
        ("Caffè dell’Orso", "caffe-dellorso"),
        ("Müßig & Søn", "mussig-son"),
        ("Łódź – Bistro №1", "lodz-bistro-no1"),
        ("Ταβέρνα Ήλιος", "taverna-ilios"),
        ("Бирария", "birariya"),
        ("Αυγό ЁЖ", "aygo-ezh"),
        ("寿司", "business"),
        ("  --  ", "business"),
        ("İstanbul", "istanbul"),
        ("x" * 60, "x" * 50),
        ("a" * 49 + " b", "a" * 49),
    ],
)
def test_a_name_is_spelled(name: str, slug: str) -> None:
    assert slug_of(name) == slug


@given(st.text(max_size=250))
def test_every_name_makes_a_slug_that_the_database_takes(name: str) -> None:
    slug = slug_of(name)
    assert re.fullmatch(SLUG, slug)
    assert len(slug) <= LONGEST


@given(
    st.from_regex(r"[a-z0-9]{1,25}(-[a-z0-9]{1,24})?", fullmatch=True),
    st.integers(min_value=0, max_value=30),
)
def test_the_next_free_one_is_free_and_valid(base: str, others: int) -> None:
    taken: set[str] = set()
    for _ in range(others):
        taken.add(next_free(base, taken))
    slug = next_free(base, taken)
    assert len(taken) == others
    assert slug not in taken
    assert re.fullmatch(SLUG, slug)
    assert len(slug) <= LONGEST


def test_collisions_are_counted() -> None:
    assert next_free("aurora", {"luna"}) == "aurora"
    assert next_free("aurora", {"aurora"}) == "aurora-2"
    assert next_free("aurora", {"aurora", "aurora-2", "aurora-4"}) == "aurora-3"
    assert next_free("a" * 50, {"a" * 50}) == "a" * 48 + "-2"
