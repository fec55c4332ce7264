"""Private files: stored, measured, handed out for a while, deleted; on S3 and on a local disk."""

from __future__ import annotations

import io
import re
import time
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
import time_machine
import urllib3
from django.core import signing
from django.core.files.storage import default_storage
from django.test import Client

from backend.common import checks, files, local_files
from backend.common.tests.stores import local_store, s3_server, s3_store

__all__ = ["local_store", "s3_server", "s3_store"]

NAME = "exports/some/thing.zip"
CONTENT = b"PK\x03\x04 not quite"
HOW = {"filename": "Trattoria Aurora.zip", "content_type": "application/zip", "seconds": 300}


@pytest.fixture(params=["local_store", "s3_store"])
def store(request: pytest.FixtureRequest) -> str:
    request.getfixturevalue(request.param)
    return str(request.param)


class Fetched(NamedTuple):
    status: int
    headers: Any
    body: bytes


def fetch(url: str, **headers: str) -> Fetched:
    """What a browser gets at the link: over the wire from S3, from ourselves otherwise."""
    if not url.startswith("http://localhost:8000/"):
        reply = urllib3.request("GET", url, timeout=10, retries=False)
        return Fetched(reply.status, reply.headers, reply.data)
    response = Client().get(
        url.removeprefix("http://localhost:8000"),
        headers={name.replace("_", "-"): value for name, value in headers.items()},
    )
    # Not closed by hand: that would tell Django to look at a database that this test mustn't have.
    return Fetched(response.status_code, response.headers, response.getvalue())


def test_what_is_put_can_be_measured_and_fetched(store: str) -> None:
    file = io.BytesIO(CONTENT)
    file.seek(5)
    files.put(NAME, file)
    assert files.size(NAME) == len(CONTENT)
    assert files.read(NAME) == CONTENT
    response = fetch(files.link_to(NAME, **HOW).url)
    assert response.status == 200
    assert response.body == CONTENT
    assert response.headers["Content-Type"] == "application/zip"
    assert response.headers["Content-Disposition"] == 'attachment; filename="Trattoria Aurora.zip"'


def test_the_same_name_means_the_same_file(store: str) -> None:
    files.put(NAME, io.BytesIO(b"a longer first version"))
    files.put(NAME, io.BytesIO(CONTENT))
    assert fetch(files.link_to(NAME, **HOW).url).body == CONTENT
    assert default_storage.listdir("exports/some")[1] == ["thing.zip"]


def test_what_is_deleted_is_gone_and_deleting_again_is_no_error(store: str) -> None:
    files.put(NAME, io.BytesIO(CONTENT))
    url = files.link_to(NAME, **HOW).url
    files.delete(NAME)
    files.delete(NAME)
    assert fetch(url).status in (404, 410)
    with pytest.raises(files.StoreFailed):
        files.read(NAME)
    with pytest.raises(files.StoreFailed):
        files.size(NAME)


def test_a_link_is_over_in_time(store: str) -> None:
    files.put(NAME, io.BytesIO(CONTENT))
    # S3 can't be told what time it is.
    with time_machine.travel(time.time() - 301):
        link = files.link_to(NAME, **HOW)
    assert link.expires_at.timestamp() == pytest.approx(time.time() - 1, abs=5)
    response = fetch(link.url)
    assert response.status in (400, 403, 410)
    assert CONTENT not in response.body


def tampered(url: str) -> list[str]:
    """The link with one thing changed in its query at a time: longer, for another, unsigned."""
    address, _, query = url.partition("?")
    parts = parse_qsl(query)
    found = [address]
    for index, (name, value) in enumerate(parts):
        if name.lower().startswith("response-") or name == "X-Amz-Algorithm":
            continue
        for other in (value[:-1], value[:-1] + ("0" if value[-1] != "0" else "1")):
            changed = [*parts[:index], (name, other), *parts[index + 1 :]]
            found.append(f"{address}?{urlencode(changed)}")
    return found


def test_a_link_opens_nothing_once_it_is_tampered_with(store: str) -> None:
    files.put(NAME, io.BytesIO(CONTENT))
    url = files.link_to(NAME, **HOW).url
    assert fetch(url).status == 200
    changed = tampered(url)
    assert len(changed) >= 3
    for each in changed:
        response = fetch(each)
        assert response.status in (400, 403), each
        assert CONTENT not in response.body


@pytest.mark.usefixtures("s3_store")
def test_a_signature_for_one_file_opens_no_other(s3_server: str) -> None:
    files.put(NAME, io.BytesIO(CONTENT))
    files.put("exports/other/thing.zip", io.BytesIO(b"theirs"))
    url = files.link_to(NAME, **HOW).url
    assert fetch(url.replace("/some/", "/other/")).status == 403


def test_an_unreachable_store_is_a_failure_of_the_store(settings: Any, s3_store: None) -> None:
    settings.STORAGES["default"]["OPTIONS"]["endpoint_url"] = "http://127.0.0.1:1"
    settings.STORAGES = dict(settings.STORAGES)
    with pytest.raises(files.StoreFailed, match="EndpointConnectionError"):
        files.put(NAME, io.BytesIO(CONTENT))


@pytest.mark.parametrize(
    ("endpoint", "address"),
    [
        (None, f"https://tavola.s3.eu-central-1.amazonaws.com/{NAME}"),
        ("https://objects.example", f"https://objects.example/tavola/{NAME}"),
    ],
)
def test_a_link_leads_to_the_region_or_to_the_store_that_is_named(
    settings: Any, endpoint: str | None, address: str
) -> None:
    settings.S3_BUCKET = "tavola"
    options = {"bucket_name": "tavola", "endpoint_url": endpoint, "region_name": "eu-central-1"}
    options |= {"access_key": "the-id", "secret_key": "the-secret"}
    store = {"BACKEND": "backend.common.s3.PrivateS3Storage", "OPTIONS": options}
    settings.STORAGES = {**settings.STORAGES, "default": store}
    assert files.link_to(NAME, **HOW).url.partition("?")[0] == address


# --- On a local disk


def test_a_full_or_missing_disk_is_a_failure_of_the_store(local_store: Path) -> None:
    local_store.write_text("in the way")
    with pytest.raises(files.StoreFailed):
        files.put(NAME, io.BytesIO(CONTENT))


def test_files_are_for_the_platforms_user_alone(local_store: Path) -> None:
    files.put(NAME, io.BytesIO(CONTENT))
    assert (local_store / NAME).stat().st_mode & 0o077 == 0
    assert (local_store / NAME).parent.stat().st_mode & 0o077 == 0


def test_what_is_served_is_only_saved_and_never_kept(local_store: Path) -> None:
    files.put(NAME, io.BytesIO(CONTENT))
    response = fetch(files.link_to(NAME, **HOW).url)
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "private, no-store"
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert response.body == CONTENT


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "exports/../../secret"])
def test_not_even_a_signed_name_leaves_the_store(local_store: Path, name: str) -> None:
    (local_store.parent / "secret").write_text("secret")
    url = files.link_to(name, **HOW).url
    assert fetch(url).status == 403


def test_a_signature_for_something_else_opens_nothing(local_store: Path) -> None:
    files.put(NAME, io.BytesIO(CONTENT))
    claims = [NAME, "a.zip", "application/zip", time.time() + 60]
    token = signing.dumps(claims, salt="another", compress=True)
    assert fetch(f"http://localhost:8000/files/?link={token}").status == 403
    token = signing.dumps(claims, salt=local_files.SALT, compress=True)
    assert fetch(f"http://localhost:8000/files/?link={token}").body == CONTENT


@pytest.mark.parametrize("query", ["", "?link=", "?link=%00", "?link=a:b:c", "?other=1"])
def test_no_link_is_no_file(local_store: Path, query: str) -> None:
    assert Client().get(f"/files/{query}").status_code == 403


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "This link has expired"), ("de", "Dieser Link ist abgelaufen")],
)
def test_who_comes_too_late_reads_why(local_store: Path, language: str, said: str) -> None:
    with time_machine.travel(time.time() - 301):
        url = files.link_to(NAME, **HOW).url
    response = fetch(url, accept_language=language)
    assert response.status == 410
    assert said in response.body.decode()
    assert f'lang="{language}"' in response.body.decode()


def test_links_are_read_only(local_store: Path) -> None:
    files.put(NAME, io.BytesIO(CONTENT))
    url = urlsplit(files.link_to(NAME, **HOW).url)
    for method in ("POST", "PUT", "DELETE"):
        assert Client().generic(method, f"{url.path}?{url.query}").status_code == 405
    assert files.size(NAME) == len(CONTENT)


def test_the_log_has_nothing_that_opens_a_file(local_store: Path) -> None:
    url = urlsplit(files.link_to(NAME, **HOW).url)
    assert url.path == "/files/"
    assert re.fullmatch(r"link=[\w.:%-]+", url.query)


# --- Without a place for files


def test_without_a_place_nothing_is_served_or_begun(settings: Any, local_store: Path) -> None:
    files.put(NAME, io.BytesIO(CONTENT))
    url = files.link_to(NAME, **HOW).url
    settings.LOCAL_FILES = False
    assert fetch(url).status == 404
    with pytest.raises(files.StorageNotConfigured):
        files.require_store()


def test_the_disk_serves_nothing_beside_a_bucket(settings: Any, local_store: Path) -> None:
    files.put(NAME, io.BytesIO(CONTENT))
    url = files.link_to(NAME, **HOW).url
    settings.S3_BUCKET = "files"
    assert fetch(url).status == 404
    files.require_store()


@pytest.mark.parametrize(
    ("bucket", "local", "warnings"),
    [("", False, [checks.NO_PLACE_FOR_FILES]), ("files", False, []), ("", True, [])],
)
def test_the_deployment_checks_miss_a_place_for_files(
    settings: Any, bucket: str, local: bool, warnings: list[Any]
) -> None:
    settings.S3_BUCKET, settings.LOCAL_FILES = bucket, local
    assert checks.place_for_files(None) == warnings
