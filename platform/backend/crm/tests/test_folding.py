"""Folding lives in the database alone; what holds of it for any text."""

from __future__ import annotations

import unicodedata

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.crm.models.folding import folded

pytestmark = pytest.mark.django_db
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40)
LATIN = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x233), max_size=40)
quick = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


def fold(text: str) -> str:
    return folded([text])[text]


def terms(**fields: str) -> list[str]:
    values = {"name": "", "company": "", "email": "", "phone": ""} | fields
    with connection.cursor() as cursor:
        cursor.execute("SELECT crm_terms(%(name)s, %(company)s, %(email)s, %(phone)s)", values)
        return cursor.fetchone()[0]


def tokens(q: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT crm_query_tokens(%s)", [q])
        return cursor.fetchone()[0]


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("ÉLODIE", "elodie"),
        ("Müßig", "mussig"),
        ("STRAẞE", "strasse"),
        ("Ørsted", "orsted"),
        ("ŁÓDŹ", "lodz"),
        ("Æsir Œuvre Þór Ŋ", "aesir oeuvre thor ng"),
        ("Ɓala Ǝ", "ɓala ǝ"),
        ("Đorđe Ħ", "dorde h"),
        ("İstanbul \u0131I", "istanbul ii"),
        ("ﬁnﬀ \uff26\uff55ll", "finff full"),
        ("Ψυχής ΣΊΣΥΦΟΣ", "ψυχησ σισυφοσ"),
        ("ЁЛКА Їжак Ґ", "елка іжак ґ"),
        ("ՀԱՅԱՍՏԱՆ", "հայաստան"),
        ("a\u0301\u200db\u00ad", "ab"),
    ],
)
def test_examples(text, plain):
    assert fold(text) == plain


@quick
@given(TEXT)
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)


@quick
@given(TEXT)
def test_how_accents_are_encoded_does_not_matter(text):
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        assert fold(unicodedata.normalize(form, text)) == fold(text)


@quick
@given(LATIN)
def test_case_does_not_matter(text):
    assert fold(text.upper()) == fold(text.lower()) == fold(text)


@quick
@given(TEXT, TEXT)
def test_a_beginning_stays_a_beginning(first, rest):
    # A combining mark may melt into the letter before it; then there is no cut to speak of.
    if not unicodedata.normalize("NFKD", rest)[:1] or unicodedata.combining(
        unicodedata.normalize("NFKD", rest)[0]
    ):
        return
    assert fold(first + rest).startswith(fold(first))


@quick
@given(LATIN.filter(lambda text: not set(text) & set("@.+0123456789(")))
def test_whoever_is_searched_by_the_whole_name_is_found(name):
    asked = tokens(name)
    words = {term for term in terms(name=name) if not term.startswith((" ", "@"))}
    assert all(any(word.startswith(token) for word in words) for token in asked[:6])


@quick
@given(TEXT, TEXT, TEXT, TEXT)
def test_terms_fit_into_the_index(name, company, email, phone):
    for term in terms(name=name, company=company, email=email, phone=phone):
        assert len(term.encode()) < 1000


def test_the_number_of_terms_is_bounded():
    name = " ".join(f"w{n:x}" for n in range(50))[:200]
    assert len(terms(name=name, company=name, email=f"{'a.' * 120}@b.c", phone="1")) < 250
