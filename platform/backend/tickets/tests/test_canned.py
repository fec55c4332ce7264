"""Canned replies: what is put in is text, whatever somebody is called."""

from __future__ import annotations

import pytest

from backend.tickets.canned import as_text, filled, unfilled, unknown_placeholders
from backend.tickets.markdown import render


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("Dear {customer} of {business}", []),
        ("{custommer}, {staff}, {x}, {x}", ["custommer", "x"]),
        ("{}", [""]),
        ("a { b } and {two words} are text", []),
    ],
)
def test_what_nothing_is_known_of_is_named(text: str, unknown: list[str]) -> None:
    assert unknown_placeholders(text) == unknown


def test_what_is_known_is_put_in_and_the_rest_stays() -> None:
    text = filled("{customer}: {number} and {invoice}", {"customer": "Ann", "number": "#12"})
    assert text == "Ann: #12 and {invoice}"
    assert unfilled(text) == ["invoice"]


def test_a_value_is_not_filled_again() -> None:
    text = filled("{subject}", {"subject": "{staff}", "staff": "Sam"})
    assert text == r"\{staff\}"
    assert unfilled(text) == []


@pytest.mark.parametrize(
    "name",
    [
        "**Bold** Bar",
        "_Kitchen_",
        "[Free](mailto:wine@example.com) wine",
        "![x](mailto:wine@example.com)",
        "<b>House</b>",
        "<mailto:wine@example.com>",
        "`rm` & sons",
        "&amp; Co",
        "~~Old~~ Inn",
        "# Number one",
        "- Dash",
        "--- ",
        "+ Plus",
        "1. First",
        "12) Twelfth",
        "> Quote",
        "A | B",
        "Back\\slash *star*",
        "Two\nlines\n\n# and a heading",
        "* * *",
        "=== ",
    ],
)
@pytest.mark.parametrize("text", ["{business}", "Ciao {business}, ciao", "Well\n{business}"])
def test_no_name_formats_anything(name: str, text: str) -> None:
    plain = " ".join(name.split())

    html = render(filled(text, {"business": name}))

    shown = html.replace("<br>", "").replace("<br />", "").replace("&amp;", "&")
    shown = shown.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"')
    assert shown.strip() == f"<p>{text.replace('{business}', plain)}</p>"


def test_an_address_in_a_name_leads_where_it_says() -> None:
    html = render(filled("{business}", {"business": "[Free](https://example.com/) wine"}))
    link = (
        '<a href="https://example.com/" rel="noopener noreferrer nofollow">https://example.com/</a>'
    )
    assert html == f"<p>[Free]({link}) wine</p>\n"


@pytest.mark.parametrize("name", ["Trattoria Aurora S.r.l.", "Müller", "2026-0013", "#12"])
def test_common_names_stay_as_they_are(name: str) -> None:
    assert as_text(name) == name
