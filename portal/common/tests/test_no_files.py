"""The portal writes no file and opens no database: watched from beneath, by Python's own audit."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from io import BytesIO

import pytest

from portal.tickets import uploads
from portal.tickets.tests.cast import NEW, FakeStore

CUSTOMER = "01993d00-0000-7000-8000-000000000001"
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
CHANGES = {
    "os.mkdir",
    "os.rename",
    "os.remove",
    "os.link",
    "os.symlink",
    "os.truncate",
    "tempfile.mkstemp",
    "tempfile.mkdtemp",
    "shutil.copyfile",
    "sqlite3.connect",
}
_seen: list[str] | None = None


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if _seen is None:
        return
    if event == "open":
        path, mode, flags = arguments
        writes = isinstance(flags, int) and flags & WRITING
        if (isinstance(mode, str) and set(mode) & set("wax+")) or writes:
            _seen.append(f"open {path} {mode}")
    elif event in CHANGES:
        _seen.append(f"{event} {arguments}")


# A hook can't be taken back, so it is added once and asked to look only where a test says so.
sys.addaudithook(_watch)


@contextmanager
def watched() -> Iterator[list[str]]:
    global _seen  # noqa: PLW0603 -- the hook has no other way to be told
    _seen = []
    try:
        yield _seen
    finally:
        _seen = None


def test_the_watch_sees_what_it_should(tmp_path):
    with watched() as seen:
        (tmp_path / "file").write_text("x")
        import_module("sqlite3").connect(":memory:").close()

    assert [each.split()[0] for each in seen] == ["open", "sqlite3.connect"]


@pytest.fixture
def warm(owner):
    """Python compiles and caches modules at the first page; that isn't the portal's doing."""
    owner.get("/t/aurora/")
    owner.get("/account/security/")
    owner.get("/sign-in/")


def test_pages_and_commands_leave_no_trace(owner, visitor, platform, warm):
    with watched() as seen:
        statuses = [
            visitor.get("/sign-in/").status_code,
            visitor.post("/sign-in/", {"email": "a@b.test", "password": "x"}).status_code,
            visitor.get("/nowhere/").status_code,
            owner.get("/t/").status_code,
            owner.get("/t/aurora/").status_code,
            owner.get("/t/aurora/customers/").status_code,
            owner.get(f"/t/aurora/customers/{CUSTOMER}/").status_code,
            owner.get("/account/").status_code,
            owner.post("/account/", {"name": "G", "language": "en"}).status_code,
            owner.get("/account/security/two-factor/").status_code,
            owner.post("/sign-out/").status_code,
        ]

    assert statuses == [200, 303, 404, 200, 200, 200, 200, 200, 303, 302, 303]
    assert seen == []


@pytest.mark.parametrize("size", [10, 1_900_000])
def test_an_upload_stays_in_memory(owner, platform, warm, size):
    file = BytesIO(b"name\n" + b"Anna\n" * (size // 5))
    file.name = "guests.csv"
    with watched() as seen:
        response = owner.post("/t/aurora/customers/import/", {"file": file})

    assert response.status_code == 303
    (call,) = platform.asked("POST crm/imports/")
    assert len(call.files["file"][1]) == len(file.getvalue())
    assert seen == []


@pytest.mark.parametrize("size", [10, 19_000_000])
def test_so_does_a_file_for_a_ticket(owner, platform, warm, monkeypatch, size):
    store = FakeStore()
    monkeypatch.setattr(uploads, "store", lambda: store)
    file = BytesIO(b"x" * size)
    file.name = "printer.jpg"
    ticket = {"subject": "A", "department": "technical", "priority": "low", "body": "B"}
    owner.get(NEW)
    with watched() as seen:
        response = owner.post(NEW, {**ticket, "uploads": [file]})

    assert response.status_code == 303
    ((_, _, content),) = store.stored
    assert content == file.getvalue()
    assert seen == []
