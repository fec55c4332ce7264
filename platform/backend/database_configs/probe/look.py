"""One look at a database, from the name of its host to what its user may do."""

from __future__ import annotations

import errno
import socket
from collections.abc import Generator, Iterator
from contextlib import closing
from ipaddress import ip_address
from typing import Any, Final

from backend.database_configs.probe import addresses
from backend.database_configs.probe.addresses import Resolve, kind_refused
from backend.database_configs.probe.checks import (
    CODES,
    CONNECT_SECONDS,
    DECISIVE,
    RESULTS,
    Check,
)
from backend.database_configs.probe.encryption import connect, look_at_encryption
from backend.database_configs.probe.server import look_at_server, look_at_version
from backend.database_configs.probe.session import NotConnected, session
from backend.database_configs.probe.target import Target

# A name may lead to many machines; one that answers is enough.
MOST_ADDRESSES: Final = 3


def look_at(target: Target, resolve: Resolve = addresses.resolve) -> Iterator[Check]:
    """Every check of CODES, in that order, each once."""
    left = list(CODES)
    with closing(_steps(target, resolve)) as steps:
        for check in steps:
            left.remove(check.code)
            yield check
            if check.status == "failed" and check.code in DECISIVE:
                break
    yield from (Check(code, "not-reached") for code in left)


def _steps(target: Target, resolve: Resolve) -> Generator[Check, None, None]:
    check, found = _look_up(target, resolve)
    yield check
    # From here on only the addresses that were checked are used: the name is never asked again.
    line, address = None, ""
    reason = "no-route"
    for address in found[:MOST_ADDRESSES]:
        line, reason = _reach(address, target.port)
        if line:
            break
    figures = {"port": target.port, "seconds": CONNECT_SECONDS}
    yield Check("reachability", reason, figures)
    if line is None:
        return
    yield from look_at_encryption(target, address, line)
    try:
        with session(target, address) as (connection, admitted):
            yield admitted
            yield look_at_version(connection)
            yield from look_at_server(connection)
    except NotConnected as refused:
        yield refused.check


def _look_up(target: Target, resolve: Resolve) -> tuple[Check, list[str]]:
    try:
        found = resolve(target.host, target.port)
    except socket.gaierror as error:
        is_unknown = error.errno != socket.EAI_AGAIN
        return Check("address", "unknown" if is_unknown else "lookup-failed"), []
    except (OSError, UnicodeError):
        return Check("address", "lookup-failed"), []
    kinds = {address: kind_refused(ip_address(address)) for address in found}
    for address in found:
        # All of them, or a name with one good address would open the door for the others.
        if kind := kind_refused(ip_address(address), target.allowed_networks):
            return Check("address", "refused", {"kind": kind}), []
    reason = "allowed" if any(kinds.values()) else "found"
    return Check("address", reason, {"addresses": found}), found


def _reach(address: str, port: int) -> tuple[socket.socket | None, str]:
    try:
        return connect(address, port), "connected"
    except TimeoutError:
        return None, "silent"
    except OSError as error:
        return None, "closed" if error.errno == errno.ECONNREFUSED else "no-route"


def verdict(checks: list[dict[str, Any]]) -> str:
    """`valid` where nothing failed; warnings are for the reader to weigh."""
    complete = {check["code"] for check in checks} == set(RESULTS)
    failed = any(check["status"] == "failed" for check in checks)
    return "valid" if complete and not failed else "invalid"
