"""The process that looks: what it is given, what it is bounded by, and what is made of its end."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from backend.database_configs import probing
from backend.database_configs.probe.checks import CODES
from backend.database_configs.probing import look_from_outside
from backend.database_configs.tests import native_server, servers
from backend.database_configs.tests.authorities import Authority
from backend.database_configs.tests.conftest import target
from backend.database_configs.tests.servers import PASSWORD, RealServer, Visit, door

At = Callable[[Visit], int]


def looked(port: int, **values: Any) -> dict[str, str]:
    checks = list(look_from_outside(target(port, **values)))
    assert [check["code"] for check in checks] == list(CODES)
    return {check["code"]: check["reason"] for check in checks}


def test_it_tells_the_same_as_a_look_in_this_process(server: RealServer, at_port: At) -> None:
    assert looked(at_port(door(server))) == {
        "address": "allowed",
        "reachability": "connected",
        "tls": "off",
        "certificate": "off",
        "authentication": "accepted",
        "version": "supported",
        "latency": "quick",
        "privileges": "sufficient",
        "rls": "filters",
    }


def test_checks_come_one_by_one(server: RealServer, at_port: At) -> None:
    checks = look_from_outside(target(at_port(door(server, delay=0.03))))
    next(checks)
    began = time.monotonic()
    next(check for check in checks if check["code"] == "rls")
    assert time.monotonic() - began > 0.2


def test_one_that_never_comes_to_an_end_is_killed(
    at_port: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probing, "LONGEST_LOOK", 2)
    began = time.monotonic()

    reasons = looked(at_port(servers.dripping))

    assert time.monotonic() - began < 4
    assert reasons["version"] == "supported"
    assert reasons["latency"] == "timed-out"
    assert (reasons["privileges"], reasons["rls"]) == ("not-reached", "not-reached")


def test_one_that_dies_has_said_what_it_knew(
    server: RealServer, at_port: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[Any] = []
    popen = subprocess.Popen

    def start(*arguments: Any, **options: Any) -> Any:
        started.append(popen(*arguments, **options))
        return started[-1]

    monkeypatch.setattr(subprocess, "Popen", start)
    checks = look_from_outside(target(at_port(door(server, delay=0.03))))
    told = [next(checks)["code"] for _ in range(4)]
    started[0].kill()

    left = list(checks)

    assert told == list(CODES[:4])
    assert [check["reason"] for check in left] == ["no-sense", *["not-reached"] * 4]
    assert started[0].returncode is not None


def test_who_stops_listening_ends_it(server: RealServer, at_port: At) -> None:
    checks = look_from_outside(target(at_port(door(server, delay=0.03))))
    next(checks)
    before = set(children())
    checks.close()
    assert len(before) == 1
    assert not before & set(children())


def children() -> list[psutil.Process]:
    """The processes of ours that look."""
    own = psutil.Process().children()
    return [child for child in own if "backend.database_configs.probe" in child.cmdline()]


def test_it_has_nothing_of_ours_but_what_it_looks_at(
    server: RealServer, at_port: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGHOSTADDR", "127.0.0.66")
    monkeypatch.setenv("SECRET_KEY", "not-for-a-stranger")
    checks = look_from_outside(target(at_port(door(server, delay=0.03))))
    next(checks)
    (child,) = children()
    environment, command = child.environ(), child.cmdline()
    bounds = [child.rlimit(what) for what in (psutil.RLIMIT_AS, psutil.RLIMIT_FSIZE)]

    assert [check["status"] for check in checks].count("failed") == 0
    assert set(environment) == {"HOME", "LC_ALL", "PYTHONDONTWRITEBYTECODE", "PYTHONPATH"}
    assert PASSWORD not in str((environment, command))
    assert bounds == [(1 << 30, 1 << 30), (1 << 20, 1 << 20)]


def test_it_loads_nothing_of_the_platform() -> None:
    names = "print([name for name in sys.modules if 'django' in name or 'settings' in name])"
    done = subprocess.run(
        [sys.executable, "-P", "-c", f"import sys, backend.database_configs.probe.look; {names}"],
        env={"PYTHONPATH": str(Path(probing.__file__).parents[2])},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("binaries", native_server.INSTALLED, ids=lambda path: path.parent.name)
def test_a_system_server_with_tls_of_its_own(binaries: Path, authority: Authority) -> None:
    """Where Debian's PostgreSQL is installed: channel binding, and what a door can't show."""
    certificate, key = authority.files("127.0.0.1")
    with native_server.running(binaries, certificate, key) as port:
        values = {"tls_mode": "verify-full", "ca_certificate": authority.pem}
        reasons = looked(port, **values)
        wrong = looked(port, **values | {"secret": "another"})
        plain = looked(port, tls_mode="disable")
    assert reasons == {
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
    assert wrong["authentication"] == "wrong"
    # Its rules let nobody in without encryption.
    assert plain["authentication"] == "not-admitted"
