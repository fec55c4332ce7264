from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.crm import csv_files
from backend.crm.csv_files import COLUMNS, armed, disarmed, read


def values(content: str | bytes, **options: Any) -> list[dict[str, str]]:
    data = content.encode() if isinstance(content, str) else content
    return [dict(row.values) for row in read(data, **options).rows]


TEXT = "name{0}email{0}phone\nÄnna{0}a@example.com{0}1\n"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1"])
def test_dialects_and_encodings(delimiter, encoding):
    content = TEXT.format(delimiter).encode(encoding)
    assert values(content) == [{"name": "Änna", "email": "a@example.com", "phone": "1"}]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(end):
    assert values(f"name{end}Anna{end}{end}Bruno{end}") == [{"name": "Anna"}, {"name": "Bruno"}]


def test_excels_own_hint_wins():
    assert values("sep=;\nname;company\nAnna;a,b,c\n") == [{"name": "Anna", "company": "a,b,c"}]


@pytest.mark.parametrize(
    ("heading", "column"),
    [
        ("NAME", "name"),
        (" Kunde ", "name"),
        ("E-Mail-Adresse", "email"),
        ("e_mail", "email"),
        ("Tel.", "phone"),
        ("Handy", "phone"),
        ("Firma", "company"),
        ("Sprache", "language"),
        ("Geburtsdatum", "birthday"),
        ("Date of birth", "birthday"),
        ("Anschrift", "address"),
        ("Schlagwörter", "tags"),
    ],
)
def test_headings(heading, column):
    anchor = "email" if column == "name" else "name"
    assert values(f"{anchor},{heading}\n,x\n") == [{column: "x"}]


def test_first_and_last_names_are_joined():
    assert values("Nachname;Vorname;Telefon\nKlein;Dora;1\nKlein;;\n") == [
        {"name": "Dora Klein", "phone": "1"},
        {"name": "Klein"},
    ]


def test_columns_without_meaning_are_named():
    assert read(b"name,Tisch,,  Shoe  size\nAnna,1,2,3\n").ignored_columns == ["Tisch", "Shoe size"]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("1980-02-03", "1980-02-03"),
        ("3.2.1980", "1980-02-03"),
        ("03/02/1980", "1980-02-03"),
        ("03-02-1980", "1980-02-03"),
        ("3 Feb 1980", "3 Feb 1980"),
        ("3.2.80", "3.2.80"),
    ],
)
def test_dates(cell, expected):
    assert values(f"name,birthday\nAnna,{cell}\n")[0]["birthday"] == expected


def test_dates_where_the_month_comes_first():
    dates = "name,birthday\nAnna,02/03/1980\nBruno,3.2.1980\n"
    assert [row["birthday"] for row in values(dates, month_first=True)] == [
        "1980-02-03",
        "1980-02-03",
    ]


def test_lines_are_those_of_the_file():
    content = 'name,address\n\nAnna,"a\nb"\n\nBruno,\n'
    assert [row.line for row in read(content.encode()).rows] == [3, 6]


@given(st.text())
def test_a_disarmed_cell_is_no_formula_and_can_be_armed_again(cell):
    assert disarmed(cell)[:1] not in set("=+-@\t\r") or not cell
    assert armed(disarmed(cell)) == cell


LINE = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"], exclude_characters="|"),
    min_size=1,
    max_size=30,
)
CUSTOMER = st.fixed_dictionaries(
    {column: st.one_of(st.just(""), LINE) for column in COLUMNS if column != "tags"}
    | {
        "name": LINE,
        "birthday": st.one_of(st.none(), st.dates().map(str)),
        "address": st.lists(LINE, max_size=3).map("\n".join),
        "tags": st.lists(LINE, max_size=3),
    }
)


@given(st.lists(CUSTOMER, max_size=5))
def test_what_is_written_is_read_again(customers):
    content = "".join(csv_files.write(customers)).encode()
    assert values(content) == [
        {
            column: "|".join(cell) if column == "tags" else cell
            for column, cell in customer.items()
            if cell
        }
        for customer in customers
    ]


@given(
    st.binary(max_size=300)
    | st.text(st.sampled_from("name,email;\"\n\r\t'=|1é "), max_size=80).map(
        lambda text: f"name,email,phone\n{text}".encode()
    )
)
def test_no_file_breaks_the_reader(content):
    with suppress(csv_files.Unreadable):
        read(content)
