"""Servers for a validation to meet: a real PostgreSQL behind doors of ours, and impostors.

The embedded PostgreSQL speaks neither TCP nor TLS, so that doors do: one thread for each visitor,
passing bytes on. All listen on 127.0.0.1.
"""

from __future__ import annotations

import select
import socket
import ssl
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
from django.conf import settings

START = """
import sys
from pathlib import Path
from devtools.embedded_postgres import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]), durable=False)
server.start()
print(server.ensure_database("restaurant"))
"""
STOP = START.replace("server.start()\n", "").replace(
    'print(server.ensure_database("restaurant"))', "server.remove()"
)
SSL_REQUEST = bytes.fromhex("0000000804d2162f")
PASSWORD = "marker-of-the-secret-Zx81"
# Who may log in, by name; each with the password.
ROLES = {
    "keeper": "CREATEROLE",
    "chef": "",
    "guest": "",
    "boss": "SUPERUSER",
    "exempt": "BYPASSRLS",
    "readonly": "",
}

Visit = Callable[[socket.socket], None]


@dataclass(frozen=True)
class RealServer:
    """A PostgreSQL with a database `restaurant`; but for `postgres`, it asks for passwords."""

    socket_path: str
    url: str

    def execute(self, statement: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statement)


@contextmanager
def real_server(directory: Path) -> Iterator[RealServer]:
    """Started by the development tools, in a process of theirs: this side doesn't import them."""
    url = _devtools(START, directory)
    try:
        rules = directory / "data" / "pg_hba.conf"
        rules.write_text("local all postgres trust\nlocal all all scram-sha-256\n")
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("SELECT pg_reload_conf()")
            for role, options in ROLES.items():
                connection.execute(f"CREATE ROLE {role} LOGIN {options} PASSWORD '{PASSWORD}'")
            connection.execute(
                "GRANT CREATE ON DATABASE restaurant TO keeper, chef, exempt, readonly"
            )
            connection.execute("ALTER ROLE readonly SET default_transaction_read_only = on")
            connection.execute("CREATE DATABASE closed")
            connection.execute("REVOKE CONNECT ON DATABASE closed FROM PUBLIC")
            directories = connection.execute("SHOW unix_socket_directories").fetchone()
        assert directories
        yield RealServer(f"{directories[0]}/.s.PGSQL.5432", url)
    finally:
        _devtools(STOP, directory)


def _devtools(script: str, directory: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-c", script, str(directory)],
        env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "PYTHONPATH": str(settings.ROOT_DIR)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@contextmanager
def listening(visit: Visit) -> Iterator[int]:
    """The port of a server that lets `visit` deal with each visitor."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_accept, args=(listener, visit), daemon=True).start()
        try:
            yield listener.getsockname()[1]
        finally:
            # Else the thread would go on waiting in a closed socket.
            listener.shutdown(socket.SHUT_RDWR)


def _accept(listener: socket.socket, visit: Visit) -> None:
    with suppress(OSError):
        while True:
            line, _ = listener.accept()
            threading.Thread(target=_deal, args=(line, visit), daemon=True).start()


def _deal(line: socket.socket, visit: Visit) -> None:
    # Visitors come and go as they like: the first one only looks whether anybody is there.
    with line, suppress(OSError, struct.error):
        visit(line)


def door(server: RealServer, context: ssl.SSLContext | None = None, delay: float = 0) -> Visit:
    """Passes on what is said to the real server; with a context, encrypted on this side.

    Each answer is held back for `delay` seconds.
    """

    def visit(line: socket.socket) -> None:
        first = line.recv(8, socket.MSG_WAITALL)
        if first == SSL_REQUEST:
            line.sendall(b"S" if context else b"N")
            if context:
                line = context.wrap_socket(line, server_side=True)
            first = b""
        with line, socket.socket(socket.AF_UNIX) as inside:
            inside.connect(server.socket_path)
            inside.sendall(first)
            _pass_on(line, inside, delay)

    return visit


def _pass_on(line: socket.socket, inside: socket.socket, delay: float) -> None:
    while True:
        pending = isinstance(line, ssl.SSLSocket) and line.pending()
        ready = [line] if pending else select.select([line, inside], [], [])[0]
        for source in ready:
            data = source.recv(65_536)
            if not data:
                return
            if source is inside:
                time.sleep(delay)
            (line if source is inside else inside).sendall(data)


def message(kind: bytes, body: bytes) -> bytes:
    """A message of PostgreSQL's protocol, version 3."""
    return kind + struct.pack("!i", len(body) + 4) + body


def _hear_startup(line: socket.socket) -> None:
    while _read(line, _length(line)) == SSL_REQUEST[4:]:
        line.sendall(b"N")


def _hear_password(line: socket.socket) -> bytes:
    if _read(line, 1) != b"p":
        raise ConnectionAbortedError
    return _read(line, _length(line))


def _length(line: socket.socket) -> int:
    (length,) = struct.unpack("!i", _read(line, 4))
    return int(length) - 4


def _read(line: socket.socket, most: int) -> bytes:
    data = b""
    while len(data) < most and (more := line.recv(most - len(data))):
        data += more
    return data


def of_version(version: str) -> Visit:
    """Lets anybody in, and says that it is this old."""

    def visit(line: socket.socket) -> None:
        _hear_startup(line)
        line.sendall(message(b"R", struct.pack("!i", 5) + b"salt"))
        _hear_password(line)
        line.sendall(
            message(b"R", struct.pack("!i", 0))
            + message(b"S", b"server_version\0" + version.encode() + b"\0")
            + message(b"S", b"client_encoding\0UTF8\0")
            + message(b"Z", b"I")
        )
        line.recv(1)

    return visit


def curious(context: ssl.SSLContext | None = None, heard: list[bytes] | None = None) -> Visit:
    """Asks for the password in clear text, and repeats what it gets in its refusal."""

    def visit(line: socket.socket) -> None:
        if context:
            _read(line, len(SSL_REQUEST))
            line.sendall(b"S")
            line = context.wrap_socket(line, server_side=True)
        with line:
            _hear_startup(line)
            line.sendall(message(b"R", struct.pack("!i", 3)))
            said = _hear_password(line).rstrip(b"\0")
            if heard is not None:
                heard.append(said)
            fields = (b"SFATAL", b"VFATAL", b"C28P01", b"Mno, " + said, b"D" + said, b"")
            line.sendall(message(b"E", b"\0".join(fields) + b"\0"))

    return visit


def web_server(line: socket.socket) -> None:
    line.recv(1000)
    line.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")


def silent(line: socket.socket) -> None:
    """Takes everything and never answers."""
    while line.recv(65_536):
        pass


def dripping(line: socket.socket) -> None:
    """Lets anybody in, then answers so slowly that no single wait is ever too long."""
    _hear_startup(line)
    line.sendall(message(b"R", struct.pack("!i", 0)))
    line.sendall(message(b"S", b"server_version\00017.1\0") + message(b"Z", b"I"))
    while True:
        line.sendall(message(b"N", b"SNOTICE\0C00000\0M.\0\0"))
        time.sleep(0.1)


def ending(line: socket.socket) -> None:
    """Lets anybody in and breaks off."""
    _hear_startup(line)
    line.sendall(message(b"R", struct.pack("!i", 0)))
    line.sendall(message(b"S", b"server_version\00017.1\0") + message(b"Z", b"I"))
    line.recv(1)


def refusing(state: str) -> Visit:
    """Refuses at once, with this SQLSTATE and in a language of its own."""

    def visit(line: socket.socket) -> None:
        _hear_startup(line)
        fields = (b"SFATAL", b"VFATAL", b"C" + state.encode(), "Mça va pas".encode(), b"")
        line.sendall(message(b"E", b"\0".join(fields) + b"\0"))

    return visit


@contextmanager
def black_hole() -> Iterator[int]:
    """The port of a machine that doesn't answer: its queue of visitors is full."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        port = listener.getsockname()[1]
        visitors = []
        for _ in range(2):
            visitor = socket.socket()
            visitor.setblocking(False)
            visitor.connect_ex(("127.0.0.1", port))
            visitors.append(visitor)
        time.sleep(0.05)
        yield port
        for visitor in visitors:
            visitor.close()
