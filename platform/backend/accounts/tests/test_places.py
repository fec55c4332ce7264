"""The place beside an address comes from the operator's file, and from nowhere else."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from mmdb_writer import MMDBWriter
from netaddr import IPSet

from backend.accounts import places
from backend.accounts.models import Person
from backend.accounts.places import place_of

VIENNA = {
    "city": {"names": {"en": "Vienna", "de": "Wien"}},
    "country": {"names": {"en": "Austria", "de": "Österreich"}},
}
ROWS: dict[str, Any] = {
    "193.81.0.0/16": VIENNA,
    "2001:871::/32": VIENNA,
    "203.116.0.0/16": {
        "city": {"names": {"en": "Singapore", "de": "Singapur"}},
        "country": {"names": {"en": "Singapore", "de": "Singapur"}},
    },
    "41.220.0.0/16": {"country": {"names": {"en": "Kenya"}}},
    "190.2.128.0/24": {"city": {"geoname_id": 1}, "country": "Brazil", "location": {}},
    "10.0.0.0/8": VIENNA,
    "127.0.0.0/8": VIENNA,
    "fc00::/7": VIENNA,
}


def write(path: Path, rows: dict[str, Any], ip_version: int = 6) -> Path:
    writer = MMDBWriter(
        ip_version, "Test-City", languages=["en", "de"], ipv4_compatible=ip_version == 6
    )
    for network, row in rows.items():
        writer.insert_network(IPSet([network]), row)
    writer.to_db_file(str(path))
    return path


@pytest.fixture
def fresh() -> Iterator[None]:
    """The file is opened once per process."""
    places.database.cache_clear()
    yield
    places.database.cache_clear()


@pytest.fixture
def city_file(settings: Any, tmp_path: Path, fresh: None) -> Path:
    path = write(tmp_path / "city.mmdb", ROWS)
    settings.GEOIP_DATABASE = str(path)
    return path


@pytest.mark.parametrize(
    ("address", "language", "place"),
    [
        ("193.81.20.7", "en", "Vienna, Austria"),
        ("193.81.20.7", "de", "Wien, Österreich"),
        ("193.81.20.7", "fr", "Vienna, Austria"),
        ("2001:871:1::9", "de", "Wien, Österreich"),
        ("::ffff:193.81.20.7", "en", "Vienna, Austria"),
        ("203.116.4.4", "de", "Singapur"),
        ("41.220.1.1", "de", "Kenya"),
        ("190.2.128.9", "en", ""),
        ("8.8.8.8", "en", ""),
        ("10.1.2.3", "en", ""),
        ("127.0.0.1", "en", ""),
        ("fd00::1", "en", ""),
        (None, "en", ""),
    ],
)
def test_it_is_a_city_and_its_country(
    city_file: Path, address: str | None, language: str, place: str
) -> None:
    assert place_of(address, language) == place


def test_without_a_file_there_is_no_place(settings: Any, fresh: None) -> None:
    settings.GEOIP_DATABASE = ""

    assert place_of("193.81.20.7", "en") == ""


def test_a_file_without_ipv6_knows_nothing_of_it(
    settings: Any, tmp_path: Path, fresh: None
) -> None:
    path = write(tmp_path / "old.mmdb", {"193.81.0.0/16": VIENNA}, ip_version=4)
    settings.GEOIP_DATABASE = str(path)

    assert place_of("2001:871:1::9", "en") == ""
    assert place_of("193.81.20.7", "en") == "Vienna, Austria"


def test_the_file_is_opened_once(city_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert place_of("193.81.20.7", "en") == "Vienna, Austria"
    monkeypatch.setattr(places.maxminddb, "open_database", lambda path: pytest.fail("again"))

    assert place_of("203.116.4.4", "en") == "Singapore"


def test_sessions_tell_it_in_the_persons_language(
    city_file: Path, visitor: Any, other_visitor: Any, ben: Person
) -> None:
    visitor.address = "193.81.20.7"
    visitor.sign_in(ben)
    other_visitor.address = "192.168.1.20"
    other_visitor.headers["accept_language"] = "en"
    other_visitor.sign_in(ben)

    found = other_visitor.get("me/sessions/").json()["results"]

    assert [(each["address"], each["place"]) for each in found] == [
        ("192.168.1.20", ""),
        ("193.81.20.7", "Wien, Österreich"),
    ]


START = "import django; django.setup()"


@pytest.mark.parametrize("content", [None, b"", b"no such format" * 1000])
def test_a_file_that_is_none_is_said_when_the_process_starts(
    tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "city.mmdb"
    if content is not None:
        path.write_bytes(content)

    done = subprocess.run(
        [sys.executable, "-c", START],
        cwd=settings.BASE_DIR.parent,
        env={**os.environ, "GEOIP_DATABASE": str(path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode != 0
    last = done.stderr.splitlines()[-1]
    assert "ImproperlyConfigured" in last
    assert f"GEOIP_DATABASE={path}" in last
