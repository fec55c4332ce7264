"""Files put straight into the store: of the type and size that were signed, in time, or not."""

from __future__ import annotations

import io
import time
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pytest
import time_machine
import urllib3
from django.core import signing
from django.core.files.storage import default_storage
from django.test import Client

from backend.common import files, local_files
from backend.common.tests.stores import local_store, s3_server, s3_store

__all__ = ["local_store", "s3_server", "s3_store"]

NAME = "uploads/some/thing"
CONTENT = b"\x89PNG not quite"
HOW: dict[str, Any] = {"content_type": "image/png", "size": len(CONTENT), "seconds": 300}
LOCAL = "http://localhost:8000"


@pytest.fixture(params=["local_store", "s3_store"])
def store(request: pytest.FixtureRequest) -> str:
    request.getfixturevalue(request.param)
    # The S3 server is the same for all tests.
    files.delete(NAME)
    return str(request.param)


class Reply(NamedTuple):
    status: int
    headers: Any


def send(
    url: str,
    body: bytes = CONTENT,
    content_type: str = "image/png",
    method: str = "PUT",
    **headers: str,
) -> Reply:
    """What a browser does with the address: over the wire to S3, to ourselves otherwise."""
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    if not url.startswith(LOCAL):
        sent = {"Content-Type": content_type, **headers}
        reply = urllib3.request(method, url, body=body, headers=sent, timeout=10, retries=False)
        return Reply(reply.status, reply.headers)
    client = Client(raise_request_exception=False)
    path = url.removeprefix(LOCAL)
    response = client.generic(method, path, body, content_type, headers=headers)
    return Reply(response.status_code, response.headers)


def is_there(name: str = NAME) -> bool:
    """Whether anything is stored, under this name or beside it."""
    folder = name.rpartition("/")[0]
    try:
        return default_storage.listdir(folder)[1] != []
    except FileNotFoundError:
        return False


def test_a_file_as_announced_is_taken(store: str) -> None:
    upload = files.upload_to(NAME, **HOW)
    assert upload.method == "PUT"
    assert upload.headers == {"Content-Type": "image/png"}
    assert upload.expires_at.timestamp() == pytest.approx(time.time() + 300, abs=5)
    assert send(upload.url).status == 200
    assert files.read(NAME) == CONTENT
    assert default_storage.listdir("uploads/some")[1] == ["thing"]


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (CONTENT, "text/html"),
        (CONTENT, "image/png; charset=utf-8"),
        (CONTENT, ""),
        (CONTENT + b"!", "image/png"),
        (CONTENT[:-1], "image/png"),
        (b"", "image/png"),
    ],
)
def test_another_type_or_length_is_refused(store: str, body: bytes, content_type: str) -> None:
    reply = send(files.upload_to(NAME, **HOW).url, body, content_type)
    assert reply.status in (400, 403)
    assert not is_there()


def test_a_file_of_unknown_length_is_refused(store: str) -> None:
    url = files.upload_to(NAME, **HOW).url
    if url.startswith(LOCAL):
        path = url.removeprefix(LOCAL)
        status = Client().generic("PUT", path, CONTENT, "image/png", CONTENT_LENGTH="").status_code
    else:
        headers = {"Content-Type": "image/png"}
        pieces = iter([CONTENT])
        status = urllib3.request("PUT", url, body=pieces, headers=headers, retries=False).status
    assert status in (400, 403, 411)
    assert not is_there()


def test_an_address_is_over_in_time(store: str) -> None:
    # S3 can't be told what time it is.
    with time_machine.travel(time.time() - 301):
        url = files.upload_to(NAME, **HOW).url
    assert send(url).status in (400, 403, 410)
    assert not is_there()


def test_a_changed_address_takes_nothing(store: str) -> None:
    address, _, query = files.upload_to(NAME, **HOW).url.partition("?")
    parts = parse_qsl(query)
    assert send(address).status in (400, 403)
    for index, (name, value) in enumerate(parts):
        for other in (value[:-1], value[:-1] + ("0" if value[-1] != "0" else "1")):
            changed = [*parts[:index], (name, other), *parts[index + 1 :]]
            assert send(f"{address}?{urlencode(changed)}").status in (400, 403), name
    assert not is_there()


def test_an_address_is_for_one_name_only(store: str) -> None:
    files.upload_to("uploads/other/thing", **HOW)
    url = files.upload_to(NAME, **HOW).url
    if not url.startswith(LOCAL):
        assert send(url.replace("/some/", "/other/")).status == 403
    assert send(url).status == 200
    assert not is_there("uploads/other/thing")


@pytest.mark.parametrize("method", ["POST", "GET", "DELETE"])
def test_an_address_is_for_putting_alone(store: str, method: str) -> None:
    url = files.upload_to(NAME, **HOW).url
    assert send(url).status == 200
    assert send(url, method=method).status in (400, 403, 405)
    assert files.read(NAME) == CONTENT


def test_what_opens_a_file_puts_none(store: str) -> None:
    link = files.link_to(NAME, filename="a.png", content_type="image/png", seconds=300)
    assert send(link.url).status in (400, 403, 405)
    assert not is_there()


def test_a_file_is_fetched_in_pieces_and_not_beyond(store: str, tmp_path: Path) -> None:
    content = bytes(range(256)) * 4096
    with (tmp_path / "given").open("w+b") as given:
        given.write(content)
        files.put(NAME, given)
    for most, expected in ((len(content) + 1, content), (1000, content[:1000]), (0, b"")):
        with (tmp_path / "fetched").open("w+b") as fetched:
            assert files.fetch(NAME, fetched, most=most) == len(expected)
            fetched.seek(0)
            assert fetched.read() == expected


def test_a_missing_file_is_told_from_a_store_that_fails(store: str, tmp_path: Path) -> None:
    with (tmp_path / "fetched").open("w+b") as fetched, pytest.raises(files.FileMissing):
        files.fetch(NAME, fetched, most=10)
    with pytest.raises(files.FileMissing):
        files.size(NAME)


def test_an_unreachable_store_has_not_lost_the_file(
    settings: Any, s3_store: None, tmp_path: Path
) -> None:
    settings.STORAGES["default"]["OPTIONS"]["endpoint_url"] = "http://127.0.0.1:1"
    settings.STORAGES = dict(settings.STORAGES)
    with (tmp_path / "fetched").open("w+b") as fetched:
        with pytest.raises(files.StoreFailed) as failed:
            files.fetch(NAME, fetched, most=10)
    assert not isinstance(failed.value, files.FileMissing)


@pytest.mark.usefixtures("s3_store")
def test_type_and_length_are_among_what_is_signed() -> None:
    query = parse_qs(urlsplit(files.upload_to(NAME, **HOW).url).query)
    assert query["X-Amz-SignedHeaders"] == ["content-length;content-type;host"]
    assert query["X-Amz-Expires"] == ["300"]


# --- On a local disk


def test_it_is_taken_once(local_store: Path) -> None:
    url = files.upload_to(NAME, **HOW).url
    assert send(url).status == 200
    assert send(url, CONTENT[::-1]).status == 409
    assert files.read(NAME) == CONTENT
    assert default_storage.listdir("uploads/some")[1] == ["thing"]


class Torn(io.RawIOBase):
    """A connection that ends in the middle of the file."""

    def __init__(self, error: OSError | None) -> None:
        self.pieces = [CONTENT[:5]]
        self.error = error

    def read(self, size: int = -1) -> bytes:
        if not self.pieces and self.error:
            raise self.error
        return self.pieces.pop() if self.pieces else b""


@pytest.mark.parametrize("error", [None, OSError("reset by peer")])
def test_a_torn_connection_leaves_nothing(local_store: Path, error: OSError | None) -> None:
    path = files.upload_to(NAME, **HOW).url.removeprefix(LOCAL)
    torn = {"wsgi.input": Torn(error)}
    assert Client().generic("PUT", path, CONTENT, "image/png", **torn).status_code == 400
    assert not is_there()
    assert Client().generic("PUT", path, CONTENT, "image/png").status_code == 200


def test_a_large_file_is_never_in_memory(local_store: Path, settings: Any) -> None:
    assert settings.DATA_UPLOAD_MAX_MEMORY_SIZE < 8_000_000
    asked: list[int] = []

    class Large(io.RawIOBase):
        left = 8_000_000

        def read(self, size: int = -1) -> bytes:
            asked.append(size)
            piece = bytes(min(size, self.left))
            self.left -= len(piece)
            return piece

    how = HOW | {"size": Large.left}
    path = files.upload_to(NAME, **how).url.removeprefix(LOCAL)
    given = {"wsgi.input": Large(), "CONTENT_LENGTH": str(Large.left)}
    assert Client().generic("PUT", path, b"-", "image/png", **given).status_code == 200
    assert max(asked) <= 65_536
    assert files.size(NAME) == 8_000_000


def test_uploads_are_for_the_platforms_user_alone(local_store: Path) -> None:
    assert send(files.upload_to(NAME, **HOW).url).status == 200
    assert (local_store / NAME).stat().st_mode & 0o077 == 0
    assert (local_store / NAME).parent.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("name", ["../secret", "/etc/secret", "uploads/../../secret"])
def test_not_even_a_signed_name_puts_beyond_the_store(local_store: Path, name: str) -> None:
    assert send(files.upload_to(name, **HOW).url).status == 403
    assert not (local_store.parent / "secret").exists()


def test_a_signature_for_something_else_takes_nothing(local_store: Path) -> None:
    claims = [NAME, "image/png", len(CONTENT), time.time() + 60]
    for salt, status in (("another", 403), (local_files.SALT, 403), (local_files.UPLOAD_SALT, 200)):
        token = signing.dumps(claims, salt=salt, compress=True)
        assert send(f"{LOCAL}/files/upload/?link={token}").status == status
    assert send(f"{LOCAL}/files/upload/").status == 403


@pytest.mark.parametrize("method", ["OPTIONS", "PUT"])
def test_only_the_portals_pages_may_ask(local_store: Path, settings: Any, method: str) -> None:
    settings.PORTAL_ORIGIN = "https://portal.example"
    url = files.upload_to(NAME, **HOW).url
    ours = send(
        url, b"" if method == "OPTIONS" else CONTENT, method=method, origin="https://portal.example"
    )
    assert ours.status == (204 if method == "OPTIONS" else 200)
    assert ours.headers["Access-Control-Allow-Origin"] == "https://portal.example"
    assert ours.headers["Access-Control-Allow-Methods"] == "PUT"
    assert ours.headers["Access-Control-Allow-Headers"] == "content-type"
    for origin in ("https://portal.example.evil.example", "https://evil.example", "null"):
        theirs = send(url, method=method, origin=origin)
        assert not [name for name in theirs.headers if name.startswith("Access-Control-")]
        assert "Origin" in theirs.headers["Vary"]


def test_a_page_of_the_portal_learns_why_it_was_refused(local_store: Path, settings: Any) -> None:
    reply = send(files.upload_to(NAME, **HOW).url, b"", origin=settings.PORTAL_ORIGIN)
    assert reply.status == 403
    assert reply.headers["Access-Control-Allow-Origin"] == settings.PORTAL_ORIGIN


def test_the_disk_takes_nothing_beside_a_bucket_or_unasked(
    settings: Any, local_store: Path
) -> None:
    url = files.upload_to(NAME, **HOW).url
    settings.LOCAL_FILES = False
    assert send(url).status == 404
    settings.LOCAL_FILES, settings.S3_BUCKET = True, "files"
    assert send(url).status == 404
    settings.S3_BUCKET = ""
    assert not is_there()
