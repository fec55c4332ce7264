"""What a file is by its contents, whatever it says."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zipfile
from tempfile import TemporaryFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.tickets.contents import found_in
from backend.tickets.kinds import BY_CONTENT_TYPE, BY_EXTENSION, DOCX, KINDS, Kind
from backend.tickets.models.attachment import LARGEST_FILE
from backend.tickets.office_files import UNKNOWN, ZIP
from backend.tickets.tests.specimens import BAD, GOOD, office, png, zipped


def found(content: bytes, content_type: str) -> str:
    return found_in(io.BytesIO(content), BY_CONTENT_TYPE[content_type])


def test_there_is_a_good_file_of_each_kind() -> None:
    assert {content_type for content_type, _ in GOOD} == {kind.content_type for kind in KINDS}


def test_nothing_that_runs_is_among_the_kinds() -> None:
    assert not set(BY_EXTENSION) & {
        "html", "htm", "svg", "xml", "js", "mjs", "exe", "bat", "cmd", "com", "ps1", "sh", "msi",
        "jar", "php", "py", "zip", "7z", "rar", "iso", "eml", "msg", "doc", "xls", "docm", "xlsm",
        "rtf", "lnk", "url", "swf", "hta",
    }  # fmt: skip
    assert len(BY_EXTENSION) == sum(len(kind.extensions) for kind in KINDS)


@pytest.mark.parametrize(("content_type", "content"), GOOD)
def test_a_file_is_what_it_says(content_type: str, content: bytes) -> None:
    assert found(content, content_type) == content_type


@pytest.mark.parametrize(("content_type", "content"), BAD)
def test_a_file_that_is_something_else_is_told(content_type: str, content: bytes) -> None:
    assert found(content, content_type) != content_type


@pytest.mark.parametrize(("content_type", "content"), GOOD)
def test_no_kind_is_taken_for_another(content_type: str, content: bytes) -> None:
    texts = {"text/plain", "text/csv"}
    for other in BY_CONTENT_TYPE.keys() - {content_type}:
        if {other, content_type} != texts:
            assert found(content, other) != other


@given(st.binary(max_size=400), st.sampled_from(KINDS))
@settings(deadline=None)
def test_whatever_is_in_it_there_is_an_answer(content: bytes, kind: Kind) -> None:
    for mark in (b"", b"PK\x03\x04", b"\0\0\0\x18ftyp", b"RIFF", b"\xff\xfe"):
        assert "/" in found_in(io.BytesIO(mark + content), kind)


@given(st.data())
@settings(deadline=None, max_examples=300)
def test_a_damaged_document_has_an_answer(data: st.DataObject) -> None:
    content = bytearray(office("word/document.xml"))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(content)))
    assert "/" in found_in(io.BytesIO(bytes(content[:cut]) if cut % 3 == 0 else content), DOCX)


def peak(content: bytes, kind: Kind) -> int:
    """How many bytes are needed at most to look at it, beside the file itself."""
    with TemporaryFile() as file:
        file.write(content)
        del content
        tracemalloc.start()
        try:
            found_in(file, kind)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()


@pytest.mark.parametrize(
    ("content_type", "content"),
    [
        ("text/plain", b"table 4 \n" * (LARGEST_FILE // 9)),
        ("text/csv", b"\xff\xfe" + "für 4;\n".encode("utf-16-le") * (LARGEST_FILE // 16)),
        ("image/png", png(bytes(LARGEST_FILE - 100))),
    ],
)
def test_a_large_file_is_not_in_memory(content_type: str, content: bytes) -> None:
    assert peak(content, BY_CONTENT_TYPE[content_type]) < 5_000_000


def test_a_document_of_too_many_parts_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each would be an object in memory, half a million of them fit into 20 MB."""
    many = {f"word/{index:06}": b"" for index in range(25_000)}
    content = office("word/document.xml", **many)
    opened: list[object] = []
    plain = zipfile.ZipFile.__init__
    monkeypatch.setattr(
        zipfile.ZipFile,
        "__init__",
        lambda *args, **more: (opened.append(args), plain(*args, **more))[1],
    )
    assert found(content, DOCX.content_type) != DOCX.content_type
    assert opened == []


def test_a_second_end_that_tells_of_more_parts_is_not_believed() -> None:
    """`zipfile` would go by it, whatever the first one says."""
    content = office("word/document.xml")
    assert found(content, DOCX.content_type) == DOCX.content_type
    end = content.rfind(b"PK\x05\x06")
    larger = struct.pack("<4sLQL", b"PK\x06\x07", 0, end, 1)
    assert found(content[:end] + larger + content[end:], DOCX.content_type) == UNKNOWN
    assert found(png(larger + content[end:]), "image/png") == ZIP


def test_four_bytes_by_chance_make_no_archive() -> None:
    noise = b"PK\x05\x06" + b"\x9c" * 200
    assert found(png(noise), "image/png") == "image/png"
    assert found(png(b"PK\x05\x06"), "image/png") == "image/png"


def test_a_part_that_swells_is_not_read_to_its_end() -> None:
    bomb = zipped({"[Content_Types].xml": b" " * 300_000_000, "word/document.xml": "x"}, stored=0)
    assert len(bomb) < 400_000
    assert peak(bomb, DOCX) < 5_000_000
    assert found(bomb, DOCX.content_type) != DOCX.content_type
