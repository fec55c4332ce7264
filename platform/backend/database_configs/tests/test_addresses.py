"""Which addresses are connected to, however they are written, and whatever a name leads to."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg import pq

from backend.database_configs.probe import look as looking
from backend.database_configs.probe.addresses import (
    HostInvalid,
    kind_refused,
    literal,
    normal_host,
)
from backend.database_configs.probe.look import look_at
from backend.database_configs.probe.session import parameters
from backend.database_configs.tests.conftest import target
from backend.database_configs.tests.servers import PASSWORD, RealServer, Visit, door

HERE = ("127.0.0.0/8",)


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("0.0.0.0", "unspecified"),
        ("0.1.2.3", "unspecified"),
        ("::", "unspecified"),
        ("127.0.0.1", "loopback"),
        ("127.255.0.9", "loopback"),
        ("::1", "loopback"),
        ("10.0.0.1", "private"),
        ("172.16.0.1", "private"),
        ("172.31.255.255", "private"),
        ("192.168.1.1", "private"),
        ("fd12::1", "private"),
        ("fec0::1", "private"),
        ("100.64.0.1", "shared"),
        ("100.127.255.254", "shared"),
        ("169.254.1.1", "link-local"),
        ("fe80::1", "link-local"),
        ("169.254.169.254", "metadata"),
        ("fd00:ec2::254", "metadata"),
        ("fd20:ce::254", "metadata"),
        ("100.100.100.200", "metadata"),
        ("168.63.129.16", "metadata"),
        ("224.0.0.1", "multicast"),
        ("ff02::1", "multicast"),
        ("240.0.0.1", "reserved"),
        ("255.255.255.255", "reserved"),
        ("192.0.0.8", "reserved"),
        ("192.0.2.1", "reserved"),
        ("198.18.0.1", "reserved"),
        ("203.0.113.7", "reserved"),
        ("2001:db8::1", "reserved"),
        ("4000::1", "reserved"),
        ("::ffff:10.0.0.1", "embedded"),
        ("::ffff:8.8.8.8", "embedded"),
        ("::ffff:169.254.169.254", "embedded"),
        ("::10.0.0.1", "embedded"),
        ("2002:0a00:0001::", "embedded"),
        ("2002:a9fe:a9fe::1", "embedded"),
        ("64:ff9b::a00:1", "embedded"),
        ("64:ff9b:1::a00:1", "embedded"),
        ("2001:0:4136:e378:8000:63bf:3fff:fdd2", "embedded"),
        ("8.8.8.8", None),
        ("172.15.255.255", None),
        ("172.32.0.1", None),
        ("100.128.0.1", None),
        ("2a00:1450:4001::1", None),
    ],
)
def test_kinds(address: str, kind: str | None) -> None:
    assert kind_refused(ip_address(address)) == kind


@given(st.one_of(st.builds(IPv4Address, st.integers(0, 2**32 - 1)),
                 st.builds(IPv6Address, st.integers(0, 2**128 - 1))))  # fmt: skip
def test_nothing_but_the_internet(address: IPv4Address | IPv6Address) -> None:
    if not address.is_global or address.is_multicast:
        assert kind_refused(address)


@given(st.integers(0, 2**32 - 1))
def test_no_ipv4_address_comes_in_by_the_way_of_ipv6(number: int) -> None:
    for network in ("::ffff:0:0", "64:ff9b::", "::"):
        assert kind_refused(IPv6Address(int(IPv6Address(network)) + number))
    assert kind_refused(IPv6Address((0x2002 << 112) + (number << 80)))


def test_a_setting_allows_what_it_names_and_no_more() -> None:
    assert kind_refused(ip_address("127.0.0.1"), HERE) is None
    assert kind_refused(ip_address("10.0.0.1"), HERE) == "private"
    assert kind_refused(ip_address("::1"), HERE) == "loopback"
    assert kind_refused(ip_address("::ffff:127.0.0.1"), HERE) == "embedded"


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("db.example.com", "db.example.com"),
        (" DB.Example.COM. ", "db.example.com"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("db-1.a2", "db-1.a2"),
        ("198.51.100.7", "198.51.100.7"),
        ("[2A00:1450::0001]", "2a00:1450::1"),
    ],
)
def test_hosts(text: str, host: str) -> None:
    assert normal_host(text) == host


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("/var/run/postgresql", "path"),
        ("@abstract", "path"),
        ("user@db.example.com", "path"),
        ("postgresql://db.example.com", "path"),
        ("a.example,b.example", "several"),
        ("fe80::1%eth0", "zone"),
        ("db%2eexample.com", "zone"),
        ("2130706433", "number"),
        ("0x7f000001", "number"),
        ("0x7f.1", "number"),
        ("0x", "number"),
        ("127.1", "number"),
        ("0177.0.0.1", "number"),
        ("127.0.0.1.", "number"),
        ("1.2.3.4.5", "number"),
        ("256.1.1.1", "number"),
        ("db.example.0x1", "number"),
        ("", "syntax"),
        (".", "syntax"),
        ("db..example", "syntax"),
        ("-db.example", "syntax"),
        ("db_.example", "syntax"),
        ("db.example:5432", "syntax"),
        ("bücher.example", "syntax"),
        ("db.example\x00.com", "syntax"),
        ("db example", "syntax"),
        ("a" * 64 + ".example", "syntax"),
        (".".join(["a" * 60] * 5), "syntax"),
    ],
)
def test_no_hosts(text: str, code: str) -> None:
    with pytest.raises(HostInvalid) as raised:
        normal_host(text)
    assert raised.value.code == code


@given(st.text(max_size=80))
def test_what_is_taken_for_a_host_is_one_to_libpq_and_to_the_system(text: str) -> None:
    try:
        host = normal_host(text)
    except HostInvalid:
        return
    if literal(host):
        return
    assert not set(host) & set("/,@%\0 ")
    # inet_aton understands all notations of an address.
    with pytest.raises(OSError, match="illegal"):
        socket.inet_aton(host)


def first(*resolved: str, port: int = 5432, **values: Any) -> list[dict[str, Any]]:
    found = look_at(target(port, host="db.example.com", **values), lambda *_: list(resolved))
    return [check.as_dict() for check in found]


@pytest.mark.parametrize(
    ("resolved", "kind"),
    [
        (["10.0.0.1"], "private"),
        (["8.8.8.8", "10.0.0.1"], "private"),
        (["127.0.0.1", "169.254.169.254"], "metadata"),
        (["fe80::1%lo"], "link-local"),
        (["::ffff:127.0.0.1"], "embedded"),
    ],
)
def test_one_wrong_address_is_enough(
    resolved: list[str], kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "connect", pytest.fail)

    address, *others = first(*resolved)

    assert (address["reason"], address["figures"]) == ("refused", {"kind": kind})
    assert "only addresses on the internet" in address["detail"]
    # Where an inner name leads is nobody's business.
    assert resolved[-1] not in str(address)
    assert {check["reason"] for check in others} == {"not-reached"}


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (socket.gaierror(socket.EAI_NONAME, "x"), "unknown"),
        (socket.gaierror(socket.EAI_AGAIN, "x"), "lookup-failed"),
        (UnicodeError("label too long"), "lookup-failed"),
    ],
)
def test_names_that_lead_nowhere(error: Exception, reason: str) -> None:
    def resolve(*_: Any) -> list[str]:
        raise error

    checks = list(look_at(target(5432, host="db.example.com"), resolve))
    assert checks[0].reason == reason


def test_a_name_that_leads_elsewhere_the_second_time_doesnt_matter(
    server: RealServer, at_port: Callable[[Visit], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rebinding: between check and connection, the name begins to lead to an inner address."""
    asked: list[str] = []
    port = at_port(door(server))

    def rebinding(host: str, *_: Any, **__: Any) -> list[Any]:
        asked.append(host)
        address = "127.0.0.1" if len(asked) == 1 else "127.0.0.66"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    plain = socket.getaddrinfo

    def getaddrinfo(host: str, *more: Any, **options: Any) -> list[Any]:
        # `create_connection` goes through here with the address, which is no name any more.
        return plain(host, *more, **options) if literal(host) else rebinding(host)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)

    checks = list(look_at(target(port, host="db.example.com")))

    assert [check.status for check in checks].count("failed") == 0
    assert checks[-1].reason == "filters"
    assert asked == ["db.example.com"]


def test_the_first_address_that_answers_is_taken(
    server: RealServer, at_port: Callable[[Visit], int]
) -> None:
    port = at_port(door(server))
    # Nothing listens on the other one.
    checks = first("127.0.0.66", "127.0.0.1", port=port)
    assert {check["status"] for check in checks} <= {"passed", "warning", "skipped"}


def test_neither_environment_nor_files_lead_elsewhere(
    server: RealServer,
    at_port: Callable[[Visit], int],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Any,
) -> None:
    services = tmp_path / "services"
    services.write_text(
        "[elsewhere]\nhostaddr=127.0.0.66\nport=1\nuser=mallory\nrequire_auth=md5\n"
    )
    elsewhere = {
        "PGSERVICE": "elsewhere", "PGSERVICEFILE": str(services), "PGHOST": "/tmp",
        "PGHOSTADDR": "127.0.0.66", "PGPORT": "1", "PGUSER": "mallory", "PGDATABASE": "mallory",
        "PGPASSWORD": "mallory", "PGPASSFILE": str(services), "PGOPTIONS": "-c work_mem=nonsense",
        "PGSSLMODE": "verify-full", "PGSSLROOTCERT": "/nonexistent", "PGREQUIREAUTH": "none",
        "PGGSSENCMODE": "require", "PGREQUIREPEER": "mallory", "PGTARGETSESSIONATTRS": "standby",
        "PGCONNECT_TIMEOUT": "1", "PGAPPNAME": "mallory", "PGCHANNELBINDING": "require",
        "PGSSLNEGOTIATION": "direct", "PGSSLCERTMODE": "require", "HOME": str(tmp_path),
    }  # fmt: skip
    for name, value in elsewhere.items():
        monkeypatch.setenv(name, value)

    checks = list(look_at(target(at_port(door(server)))))

    assert [check.reason for check in checks if check.status == "failed"] == []


def test_every_parameter_that_has_a_variable_is_given() -> None:
    """A newer libpq may know more: each has to be thought about."""
    harmless = {"service", "servicefile", "krbsrvname", "gsslib", "gssdelegation"}
    known = {
        option.keyword.decode()
        for option in pq.Conninfo.get_defaults()
        if option.envvar is not None
    }
    given = set(parameters(target(5432), "127.0.0.1", "/nonexistent"))
    assert known - given <= harmless


def test_a_password_is_no_way_to_other_parameters(
    server: RealServer, at_port: Callable[[Visit], int]
) -> None:
    for secret in ("x' hostaddr='127.0.0.66", "x hostaddr=127.0.0.66", "\\' port=1", " "):
        checks = list(look_at(target(at_port(door(server)), secret=secret)))
        assert checks[4].reason == "wrong", json.dumps([check.as_dict() for check in checks])


def test_a_database_is_no_way_to_other_parameters(
    server: RealServer, at_port: Callable[[Visit], int]
) -> None:
    elsewhere = f"postgresql://mallory:{PASSWORD}@127.0.0.66:1/restaurant"
    for database in (elsewhere, "dbname=restaurant host=127.0.0.66"):
        checks = list(look_at(target(at_port(door(server)), database=database)))
        assert checks[4].reason == "no-database"


def test_a_target_doesnt_show_its_secret() -> None:
    assert PASSWORD not in repr(target(5432))
