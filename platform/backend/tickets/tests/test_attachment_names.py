"""Whatever a file is called, what it is saved as does no harm."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.tickets.file_names import LONGEST_GIVEN, NameUnfit, harmless
from backend.tickets.kinds import BY_CONTENT_TYPE, KINDS, PDF, Kind
from backend.tickets.models.attachment import LONGEST_NAME

JPEG = BY_CONTENT_TYPE["image/jpeg"]


@pytest.mark.parametrize(
    ("given_name", "name"),
    [
        ("invoice.pdf", "invoice.pdf"),
        ("Rechnung Küche (2).PDF", "Rechnung Küche (2).PDF"),
        ("Ku\u0308che.pdf", "Küche.pdf"),
        ("scan", "scan.pdf"),
        ("", "file.pdf"),
        (".pdf", "pdf.pdf"),
        ("invoice.pdf/.js", "js.pdf"),
        ("...", "file.pdf"),
        ("/etc/passwd", "passwd.pdf"),
        ("../../invoice.pdf", "invoice.pdf"),
        ("C:\\Users\\anna\\invoice.pdf", "invoice.pdf"),
        ("a/b\\c.pdf", "c.pdf"),
        (".htaccess.pdf", "htaccess.pdf"),
        ("invoice.pdf. . ", "invoice.pdf"),
        ("invoice .pdf", "invoice.pdf"),
        ("in\x00vo\x1bice\u200b.pdf", "invoice.pdf"),
        ("two\nlines\u2028more.pdf", "two lines more.pdf"),
        # Shown as "gnp.fdp" backwards by whoever believes it.
        ("invoice\u202efdp.gnp.pdf", "invoicefdp.gnp.pdf"),
        ('<a href="x">.pdf', "_a href=_x__.pdf"),
        ("what?*|:.pdf", "what____.pdf"),
        ("con.pdf", "_con.pdf"),
        ("Lpt1.backup.pdf", "_Lpt1.backup.pdf"),
        ("COM¹.pdf", "_COM¹.pdf"),
        ("console.pdf", "console.pdf"),
        ("invoice.exe.pdf", "invoice.exe.pdf"),
    ],
)
def test_a_name_becomes_harmless(given_name: str, name: str) -> None:
    assert harmless(given_name, PDF) == name


@pytest.mark.parametrize(
    "name",
    [
        "invoice.pdf.exe",
        "invoice.html",
        "invoice.pdf\u202e.exe",
        "invoice.pdf\x00.svg",
        "invoice.p df",
        "invoice.pdf:stream",
        "invoice.jpg",
    ],
)
def test_another_kinds_extension_is_unfit(name: str) -> None:
    with pytest.raises(NameUnfit):
        harmless(name, PDF)


def test_each_of_a_kinds_extensions_fits() -> None:
    assert [harmless(f"a.{each}", JPEG) for each in ("jpg", "JPEG", "jfif")] == [
        "a.jpg",
        "a.JPEG",
        "a.jfif",
    ]


@pytest.mark.parametrize("letter", ["a", "ü", "厨", "🍕"])
def test_what_is_too_long_keeps_its_extension(letter: str) -> None:
    name = harmless(f"{letter * 900}.jpeg", JPEG)
    assert name.startswith(letter * 50)
    assert name.endswith(f"{letter}.jpeg")
    assert len(name) <= LONGEST_NAME
    assert len(name.encode()) <= 240


@given(st.text(max_size=LONGEST_GIVEN), st.sampled_from(KINDS))
def test_whatever_is_given_is_a_plain_name_or_unfit(text: str, kind: Kind) -> None:
    try:
        name = harmless(text, kind)
    except NameUnfit:
        return
    stem, _, extension = name.rpartition(".")
    assert extension.lower() in kind.extensions
    assert stem == stem.strip(" .") != ""
    assert not set(name) & set('/\\<>:"|?*')
    assert not [each for each in name if unicodedata.category(each)[0] == "C"]
    assert len(name) <= LONGEST_NAME
    # Sent again as it was answered, it is the same.
    assert harmless(name, kind) == name
