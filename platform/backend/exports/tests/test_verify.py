"""`verify_export`: whole archives are found whole, and whatever else is done to one is noticed."""

from __future__ import annotations

import io
import json
import zlib
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from backend.conftest import House
from backend.exports.archive import FORMAT, MANIFEST, VERSION, Archive
from backend.exports.tests.conftest import made
from backend.exports.verification import NotAnExport, verify

ROWS = [{"id": 1, "name": "Maria \\ Rossi\n"}, {"id": 2, "name": "Zoë"}]


def archive_of(tables: dict[str, list[dict[str, Any]]]) -> bytes:
    """A small archive, made by the same writer as all."""
    file = io.BytesIO()
    with Archive(file, made_at=datetime(2026, 11, 20, 12, tzinfo=UTC)) as archive:
        archive.add_readme()
        described, rows = [], 0
        for name, each in tables.items():
            lines = [f"{json.dumps(row)}\n".encode() for row in each]
            part = archive.add(f"tables/{name}.ndjson", lines)
            rows += part.rows
            described.append(
                {
                    "file": part.file,
                    "rows": part.rows,
                    "bytes": part.bytes,
                    "sha256": part.sha256,
                    "table": name,
                    "columns": ["id", "name"],
                }
            )
        archive.add_manifest(
            {
                "format": FORMAT,
                "version": VERSION,
                "made_at": "2026-11-20T12:00:00+00:00",
                "tenant": {"name": "Trattoria Aurora"},
                "rows": rows,
                "files": described,
                "left_out": [],
            }
        )
    return file.getvalue()


WHOLE = archive_of({"crm_customer": ROWS, "crm_tag": []})


def packed_again(changes: dict[str, bytes | None]) -> bytes:
    """The whole archive with some files changed, added, or (None) left out."""
    file = io.BytesIO()
    with ZipFile(io.BytesIO(WHOLE)) as old, ZipFile(file, "w", ZIP_DEFLATED) as new:
        content: dict[str, bytes | None] = {name: old.read(name) for name in old.namelist()}
        for name, data in (content | changes).items():
            if data is not None:
                new.writestr(name, data)
    return file.getvalue()


def faults(archive: bytes) -> list[str]:
    return verify(io.BytesIO(archive)).faults


def manifest_with(**members: Any) -> bytes:
    with ZipFile(io.BytesIO(WHOLE)) as archive:
        return json.dumps(json.loads(archive.read(MANIFEST)) | members).encode()


def test_a_whole_archive_is_whole() -> None:
    found = verify(io.BytesIO(WHOLE))
    assert found.faults == []
    assert (found.tenant, found.files, found.rows) == ("Trattoria Aurora", 2, 2)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"tables/crm_tag.ndjson": None}, "tables/crm_tag.ndjson is missing"),
        ({"tables/crm_extra.ndjson": b"{}\n"}, "tables/crm_extra.ndjson is not listed"),
        (
            {"tables/crm_tag.ndjson": b'{"id": 3, "name": "slipped in"}\n'},
            "tables/crm_tag.ndjson: rows 1, expected 0",
        ),
        ({"README.txt": b"Send your password to"}, "README.txt: its sum differs"),
        ({"SHA256SUMS": b""}, "manifest.json: its sum differs"),
        ({MANIFEST: manifest_with(rows=3)}, "manifest.json: 3 rows in all, but 2 together"),
    ],
)
def test_what_was_done_to_it_is_named(changes: dict[str, bytes | None], fault: str) -> None:
    assert [each for each in faults(packed_again(changes)) if each.startswith(fault)]


@pytest.mark.parametrize(
    "archive",
    [
        b"",
        b"PK\x03\x04",
        WHOLE[:-30],
        packed_again({MANIFEST: None}),
        packed_again({MANIFEST: b"{}"}),
        packed_again({MANIFEST: b"[]"}),
        packed_again({MANIFEST: b"not json"}),
        packed_again({MANIFEST: manifest_with(format="another")}),
        packed_again({MANIFEST: manifest_with(version=2)}),
        packed_again({"SHA256SUMS": None}),
        packed_again({"tables/crm_tag.ndjson": b"not json\n"}),
        packed_again({"tables/crm_tag.ndjson": b'{"id": 1}\n'}),
    ],
)
def test_what_is_none_is_said_to_be_none(archive: bytes) -> None:
    with pytest.raises(NotAnExport):
        verify(io.BytesIO(archive))


@given(
    st.lists(
        st.fixed_dictionaries(
            {"id": st.integers(), "name": st.text(st.characters(exclude_categories=["Cs"]))}
        ),
        max_size=5,
    )
)
def test_rows_of_any_content_come_back(rows: list[dict[str, Any]]) -> None:
    archive = archive_of({"crm_customer": rows})
    assert faults(archive) == []
    with ZipFile(io.BytesIO(archive)) as unpacked:
        lines = unpacked.read("tables/crm_customer.ndjson").split(b"\n")[:-1]
    assert [json.loads(line) for line in lines] == rows


@given(st.integers(0, len(WHOLE) - 1), st.integers(1, 255))
def test_no_changed_byte_of_a_row_goes_unnoticed(at: int, by: int) -> None:
    """Whatever is flipped: found out, or the rows are read as they were."""
    changed = bytearray(WHOLE)
    changed[at] ^= by
    try:
        found = faults(bytes(changed))
    except (NotAnExport, NotImplementedError, RuntimeError, OverflowError, zlib.error, EOFError):
        return
    if not found:
        with ZipFile(io.BytesIO(bytes(changed))) as archive:
            lines = archive.read("tables/crm_customer.ndjson").split(b"\n")[:-1]
        assert [json.loads(line) for line in lines] == ROWS


@pytest.mark.django_db(transaction=True)
def test_the_command_checks_a_real_one(aurora: House, tmp_path: Path) -> None:
    export = made(aurora)
    file = tmp_path / "export.zip"
    with default_storage.open(export.archive) as stored:
        file.write_bytes(stored.read())
    out = StringIO()
    call_command("verify_export", str(file), f"--sha256={export.sha256.upper()}", stdout=out)
    assert out.getvalue().startswith("Trattoria Aurora, 20")
    assert f"with {export.rows} rows in {export.tables_total} files" in out.getvalue()
    with pytest.raises(CommandError, match="its sum differs"):
        call_command("verify_export", str(file), f"--sha256={'0' * 64}")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "can't be read: No such file"),
        (b"nothing", "is no archive of ours, or damaged"),
        (packed_again({"README.txt": b"x"}), "The archive is damaged:\n  README.txt: its sum"),
    ],
)
def test_the_command_says_what_is_wrong(tmp_path: Path, content: bytes | None, said: str) -> None:
    file = tmp_path / "export.zip"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(CommandError, match=said):
        call_command("verify_export", str(file))
