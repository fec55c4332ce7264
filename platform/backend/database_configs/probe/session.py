"""The connection itself, by libpq, to the very address that was checked."""

from __future__ import annotations

import os
import re
import select
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import certifi
import psycopg
from psycopg import pq
from psycopg.conninfo import make_conninfo

from backend.database_configs.probe.checks import CONNECT_SECONDS, Check
from backend.database_configs.probe.target import Target

# A path where nothing is: libpq would look into the home directory if it were given none.
_NOWHERE: Final = "/nonexistent/tavola"
_REFUSALS: Final = {
    "28P01": "wrong",
    "28000": "not-admitted",
    "3D000": "no-database",
    "42501": "not-allowed",
    "53300": "full",
    "57P01": "starting",
    "57P02": "starting",
    "57P03": "starting",
}
_FAILED_STATE: Final = re.compile(r'^B\t\d+\tErrorResponse\t.*? C "([0-9A-Z]{5})" ', re.MULTILINE)
_METHODS: Final = {
    "AuthenticationSASL": "scram-sha-256",
    "AuthenticationMD5Password": "md5",
    "AuthenticationCleartextPassword": "password",
}
_METHOD: Final = re.compile(rf"^B\t\d+\t({'|'.join(_METHODS)})\b", re.MULTILINE)


class NotConnected(Exception):
    def __init__(self, check: Check) -> None:
        super().__init__(check.reason)
        self.check = check


@contextmanager
def session(target: Target, address: str) -> Iterator[tuple[psycopg.Connection[Any], Check]]:
    """A connection in autocommit mode, and how the server let us in. Raises NotConnected."""
    with _authorities(target) as root:
        pgconn, trace = _establish(parameters(target, address, root))
    if pgconn.status != pq.ConnStatus.OK:
        said = pgconn.error_message.decode("utf-8", "replace")
        pgconn.finish()
        raise NotConnected(_refusal(target, said, trace))
    methods = _METHOD.findall(trace)
    method = _METHODS[methods[-1]] if methods else ""
    reason = "accepted" if pgconn.used_password else "no-password"
    with psycopg.Connection(pgconn) as connection:
        connection.autocommit = True
        yield connection, Check("authentication", reason, {"method": method})


def parameters(target: Target, address: str, root: str) -> dict[str, str]:
    """Everything that libpq would else take from its environment, a service or a file."""
    return {
        "host": target.host,
        "hostaddr": address,
        "port": str(target.port),
        "dbname": target.database,
        "user": target.user,
        "password": target.secret,
        "passfile": _NOWHERE,
        "connect_timeout": str(CONNECT_SECONDS),
        "application_name": "tavola",
        "client_encoding": "UTF8",
        "options": "",
        "replication": "false",
        "target_session_attrs": "any",
        "load_balance_hosts": "disable",
        "gssencmode": "disable",
        "channel_binding": "prefer",
        "sslmode": target.tls_mode,
        "sslnegotiation": "postgres",
        "sslrootcert": root,
        "sslcert": _NOWHERE,
        "sslkey": _NOWHERE,
        "sslcertmode": "disable",
        "sslcrl": _NOWHERE,
        "sslcrldir": _NOWHERE,
        "sslsni": "1",
        "sslcompression": "0",
        "ssl_min_protocol_version": "TLSv1.2",
        "ssl_max_protocol_version": "",
        "requirepeer": "",
        # Who asks for a password in clear text must have proved who they are.
        "require_auth": "scram-sha-256,md5,none" + (",password" if target.is_verified else ""),
        "min_protocol_version": "3.0",
        "max_protocol_version": "3.0",
    }


@contextmanager
def _authorities(target: Target) -> Iterator[str]:
    """The path of the certificates to trust. libpq reads files alone, so this one is in memory."""
    if not target.is_verified:
        # With a file that exists, `require` would verify.
        yield _NOWHERE
    elif not target.ca_certificate:
        yield certifi.where()
    else:
        descriptor = os.memfd_create("authorities")
        try:
            os.write(descriptor, target.ca_certificate.encode())
            yield f"/proc/self/fd/{descriptor}"
        finally:
            os.close(descriptor)


def _establish(given: dict[str, str]) -> tuple[pq.abc.PGconn, str]:
    """The connection, successful or not, and what the server sent until then.

    Of a refusal libpq tells only the text, in the server's language; its trace has the code. It
    has the password too where that is sent in clear text, so it stays here, in memory.
    """
    descriptor = os.memfd_create("trace")
    try:
        pgconn: pq.abc.PGconn = pq.PGconn.connect_start(make_conninfo(**given).encode())
        if pgconn.status != pq.ConnStatus.BAD:
            pgconn.trace(descriptor)
            pgconn.set_trace_flags(pq.Trace.SUPPRESS_TIMESTAMPS)
            _poll(pgconn)
            pgconn.untrace()
        return pgconn, Path(f"/proc/self/fd/{descriptor}").read_text("utf-8", "replace")
    finally:
        os.close(descriptor)


def _poll(pgconn: pq.abc.PGconn) -> None:
    deadline = time.monotonic() + CONNECT_SECONDS
    wanted = pq.PollingStatus.WRITING
    while wanted in (pq.PollingStatus.READING, pq.PollingStatus.WRITING):
        line = [pgconn.socket]
        reading = wanted == pq.PollingStatus.READING
        left = max(0.0, deadline - time.monotonic())
        if not any(select.select(line if reading else [], [] if reading else line, [], left)):
            pgconn.finish()
            raise NotConnected(Check("authentication", "timed-out"))
        wanted = pq.PollingStatus(pgconn.connect_poll())


def _refusal(target: Target, said: str, trace: str) -> Check:
    """Why there is no connection. `said` is libpq's own text, unless the server refused us."""
    figures = {}
    if states := _FAILED_STATE.findall(trace):
        figures = {"sqlstate": states[-1]}
        reason = _REFUSALS.get(states[-1], "refused")
    elif "authentication method requirement" in said:
        reason = "clear-text" if "cleartext" in said else "other-method"
    elif "\tStartupMessage\t" not in trace and target.tls_mode != "disable":
        # A moment ago the same address had a certificate that was in order.
        reason = "certificate"
    elif "\nB\t" not in trace:
        reason = "not-postgresql"
    else:
        reason = "broken-off"
    return Check("authentication", reason, figures)
