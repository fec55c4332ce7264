"""What a look tells of real servers, right and wrong, and of impostors."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import pytest

from backend.database_configs.probe import encryption, session
from backend.database_configs.probe.checks import CODES, RESULTS, Check
from backend.database_configs.probe.look import look_at, verdict
from backend.database_configs.tests import servers
from backend.database_configs.tests.authorities import Authority
from backend.database_configs.tests.conftest import target
from backend.database_configs.tests.servers import PASSWORD, RealServer, Visit, black_hole, door

At = Callable[[Visit], int]
Checks = dict[str, dict[str, Any]]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (encryption, session):
        monkeypatch.setattr(module, "CONNECT_SECONDS", 0.3)


def look(port: int, resolve: Any = None, **values: Any) -> Checks:
    """Every check by its code; each must be there once and in order."""
    more = {"resolve": resolve} if resolve else {}
    checks = [check.as_dict() for check in look_at(target(port, **values), **more)]
    assert [check["code"] for check in checks] == list(CODES)
    return {check["code"]: check for check in checks}


def reasons(checks: Checks) -> dict[str, str]:
    return {code: check["reason"] for code, check in checks.items()}


def only_failure(checks: Checks) -> str:
    """`code: reason` of the one check that failed; all behind it were left out."""
    (failed,) = (check for check in checks.values() if check["status"] == "failed")
    behind = CODES[CODES.index(failed["code"]) + 1 :]
    assert {checks[code]["reason"] for code in behind} <= {"not-reached"}
    assert verdict(list(checks.values())) == "invalid"
    return f"{failed['code']}: {failed['reason']}"


def test_a_right_one_passes_every_check(
    server: RealServer, authority: Authority, at_port: At
) -> None:
    port = at_port(door(server, authority.context("127.0.0.1")))

    checks = look(port, tls_mode="verify-full", ca_certificate=authority.pem)

    assert reasons(checks) == {
        "address": "allowed",
        "reachability": "connected",
        "tls": "encrypted",
        "certificate": "verified",
        "authentication": "accepted",
        "version": "supported",
        "latency": "quick",
        "privileges": "sufficient",
        "rls": "filters",
    }
    assert {check["status"] for check in checks.values()} == {"passed"}
    assert verdict(list(checks.values())) == "valid"
    assert checks["tls"]["figures"]["protocol"] == "TLSv1.3"
    assert checks["tls"]["figures"]["cipher"].startswith("TLS_")
    assert checks["certificate"]["figures"]["subject"] == "server 127.0.0.1"
    assert checks["certificate"]["figures"]["issuer"] == "Authority of the tests"
    assert checks["certificate"]["figures"]["days"] == 89
    assert checks["authentication"]["figures"] == {"method": "scram-sha-256"}
    assert checks["version"]["figures"]["number"] // 10_000 == 18
    assert 0 < checks["latency"]["figures"]["median_ms"] < 50


@pytest.mark.parametrize(
    ("values", "failure"),
    [
        ({"secret": "another"}, "authentication: wrong"),
        ({"user": "nobody"}, "authentication: wrong"),
        ({"database": "elsewhere"}, "authentication: no-database"),
        ({"database": "closed"}, "authentication: not-allowed"),
        ({"tls_mode": "require"}, "tls: not-offered"),
        ({"tls_mode": "verify-full"}, "tls: not-offered"),
    ],
)
def test_a_real_server_that_refuses(
    server: RealServer, at_port: At, values: Any, failure: str
) -> None:
    assert only_failure(look(at_port(door(server)), **values)) == failure


@pytest.mark.parametrize(
    ("values", "hosts", "days", "days_old", "found"),
    [
        ({"tls_mode": "verify-full"}, ["127.0.0.1"], 90, 1, "verified"),
        ({"tls_mode": "verify-ca"}, ["another.example"], 90, 1, "verified-issuer"),
        ({"tls_mode": "require"}, ["another.example"], 90, 1, "not-verified"),
        ({"tls_mode": "verify-full"}, ["127.0.0.1"], 14, 1, "ends-soon"),
        ({"tls_mode": "verify-full"}, ["127.0.0.1"], -1, 9, "expired"),
        ({"tls_mode": "verify-full"}, ["127.0.0.1"], 9, -1, "not-yet-valid"),
        ({"tls_mode": "verify-full"}, ["another.example"], 90, 1, "other-host"),
        ({"tls_mode": "verify-full", "ca_certificate": ""}, ["127.0.0.1"], 90, 1, "unknown-issuer"),
    ],
)
def test_certificates(
    server: RealServer, authority: Authority, at_port: At,
    values: Any, hosts: list[str], days: int, days_old: int, found: str,
) -> None:  # fmt: skip
    port = at_port(door(server, authority.context(*hosts, days=days, days_old=days_old)))

    checks = look(port, **{"ca_certificate": authority.pem} | values)

    assert checks["certificate"]["reason"] == found
    # Also of a certificate that is no good, one wants to know whose it is.
    assert checks["certificate"]["figures"]["subject"] == f"server {hosts[0]}"
    is_good = RESULTS["certificate"][found][0] != "failed"
    assert checks["authentication"]["reason"] == ("accepted" if is_good else "not-reached")


def test_a_name_is_verified_at_the_address_that_it_led_to(
    server: RealServer, authority: Authority, at_port: At
) -> None:
    port = at_port(door(server, authority.context("db.example.com")))
    values = {"tls_mode": "verify-full", "ca_certificate": authority.pem}

    for host, reason in (("db.example.com", "verified"), ("db2.example.com", "other-host")):
        checks = look(port, lambda *_: ["127.0.0.1"], host=host, **values)
        assert checks["certificate"]["reason"] == reason


def test_another_authority_of_the_same_name_is_not_believed(
    server: RealServer, authority: Authority, at_port: At, tmp_path: Any
) -> None:
    impostor = Authority(tmp_path)
    port = at_port(door(server, impostor.context("127.0.0.1")))

    checks = look(port, tls_mode="verify-full", ca_certificate=authority.pem)

    assert only_failure(checks) == "certificate: invalid"


def test_a_server_that_shows_its_true_face_only_to_us_gets_no_password(
    server: RealServer, authority: Authority, at_port: At, tmp_path: Any
) -> None:
    """The second connection, which carries the password, is verified by itself."""
    contexts = [authority.context("127.0.0.1"), Authority(tmp_path).context("127.0.0.1")]
    doors = iter([door(server, context) for context in contexts])

    def visit(line: socket.socket) -> None:
        next(doors)(line)

    port = at_port(visit)

    checks = look(port, tls_mode="verify-full", ca_certificate=authority.pem)

    assert checks["certificate"]["reason"] == "verified"
    assert only_failure(checks) == "authentication: certificate"


@pytest.mark.parametrize(
    ("user", "privileges", "rls"),
    [
        ("keeper", "sufficient", "filters"),
        ("chef", "no-roles", "filters"),
        ("guest", "no-schemas", "filters"),
        ("boss", "more-than-needed", "filters"),
        ("exempt", "no-roles", "bypassed"),
        ("readonly", "read-only", "refused"),
    ],
)
def test_privileges(server: RealServer, at_port: At, user: str, privileges: str, rls: str) -> None:
    checks = look(at_port(door(server)), user=user)

    assert (checks["privileges"]["reason"], checks["rls"]["reason"]) == (privileges, rls)
    assert checks["privileges"]["figures"]["is_superuser"] is (user == "boss")


def test_without_a_right_to_tables_there_is_no_policy_to_try(
    server: RealServer, at_port: At
) -> None:
    server.execute("REVOKE TEMPORARY ON DATABASE restaurant FROM PUBLIC")
    try:
        checks = look(at_port(door(server)))
    finally:
        server.execute("GRANT TEMPORARY ON DATABASE restaurant TO PUBLIC")

    assert checks["rls"]["reason"] == "not-allowed"


def test_a_look_leaves_nothing_behind(server: RealServer, at_port: At) -> None:
    import psycopg

    look(at_port(door(server)), user="boss")

    with psycopg.connect(server.url) as connection:
        found = connection.execute(
            "SELECT (SELECT count(*) FROM pg_class WHERE relname LIKE 'tavola%'),"
            " (SELECT count(*) FROM pg_roles WHERE rolname LIKE 'tavola_probe%')"
        ).fetchone()
    assert found == (0, 0)


def test_a_slow_one_is_slow_but_valid(server: RealServer, at_port: At) -> None:
    checks = look(at_port(door(server, delay=0.06)))

    assert checks["latency"]["reason"] == "slow"
    assert 60 <= checks["latency"]["figures"]["median_ms"] < 200
    assert verdict(list(checks.values())) == "valid"


@pytest.mark.parametrize(
    ("visit", "failure"),
    [
        (servers.of_version("9.6.24"), "version: too-old"),
        (servers.of_version("14.13"), "version: too-old"),
        (servers.curious(), "authentication: clear-text"),
        (servers.web_server, "authentication: not-postgresql"),
        (servers.refusing("28000"), "authentication: not-admitted"),
        (servers.refusing("53300"), "authentication: full"),
        (servers.refusing("57P03"), "authentication: starting"),
        (servers.refusing("XX000"), "authentication: refused"),
    ],
)
def test_impostors_and_others(at_port: At, visit: Visit, failure: str) -> None:
    assert only_failure(look(at_port(visit))) == failure


def test_how_old_it_is_is_told(at_port: At) -> None:
    for version, shown in (("9.6.24", "9.6.24"), ("14.13 (Debian 14.13-1)", "14.13")):
        check = look(at_port(servers.of_version(version)))["version"]
        assert check["figures"]["version"] == shown
        assert shown in check["detail"]


def test_what_is_no_postgresql_is_said_before_any_password(at_port: At) -> None:
    checks = look(at_port(servers.web_server), tls_mode="require")
    assert only_failure(checks) == "tls: not-postgresql"


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    ("tls_mode", "failure"),
    [("verify-full", "tls: timed-out"), ("disable", "authentication: timed-out")],
)
def test_one_that_says_nothing_is_given_up(at_port: At, tls_mode: str, failure: str) -> None:
    assert only_failure(look(at_port(servers.silent), tls_mode=tls_mode)) == failure


@pytest.mark.usefixtures("impatient")
def test_unreachable_ones(server: RealServer) -> None:
    with black_hole() as port:
        assert only_failure(look(port)) == "reachability: silent"
    with servers.listening(servers.silent) as port:
        pass
    assert only_failure(look(port)) == "reachability: closed"


def test_one_that_breaks_off_is_said_to(at_port: At) -> None:
    checks = look(at_port(servers.ending))

    assert reasons(checks)["authentication"] == "no-password"
    assert {checks[code]["reason"] for code in ("latency", "privileges", "rls")} == {"broken-off"}


@pytest.mark.parametrize("tls_mode", ["disable", "require"])
def test_nobody_unproven_gets_a_password_in_clear_text(
    authority: Authority, at_port: At, tls_mode: str
) -> None:
    heard: list[bytes] = []
    context = authority.context("127.0.0.1") if tls_mode == "require" else None

    checks = look(at_port(servers.curious(context, heard)), tls_mode=tls_mode)

    assert only_failure(checks) == "authentication: clear-text"
    assert heard == []


def test_a_verified_server_may_ask_for_it(authority: Authority, at_port: At) -> None:
    heard: list[bytes] = []
    port = at_port(servers.curious(authority.context("127.0.0.1"), heard))

    checks = look(port, tls_mode="verify-full", ca_certificate=authority.pem)

    assert only_failure(checks) == "authentication: wrong"
    assert heard == [PASSWORD.encode()]
    # It has repeated what it was told, which is not passed on.
    assert PASSWORD not in str(checks)


def test_each_result_has_its_sentence() -> None:
    figures = {
        "kind": "private", "port": 1, "seconds": 5, "protocol": "TLSv1.3", "days": 3, "least": 15,
        "version": "14.1", "median_ms": 1.5, "sqlstate": "XX000",
    }  # fmt: skip

    for code, results in RESULTS.items():
        for reason in results:
            assert Check(code, reason, figures).detail.endswith(".")
