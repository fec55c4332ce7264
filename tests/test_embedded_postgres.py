"""The development database: it comes back from whatever happened to it."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from devtools.embedded_postgres import EmbeddedPostgres


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedPostgres]:
    """Below a private directory that only its owner enters, with a space and too long for a
    socket."""
    directory = tmp_path / "a clone" / ("x" * 90) / "postgres"
    directory.parent.mkdir(parents=True)
    tmp_path.chmod(0o700)
    found = EmbeddedPostgres(directory, durable=False)
    yield found
    found.remove()


def postmaster(server: EmbeddedPostgres) -> psutil.Process:
    return psutil.Process(int((server.data / "postmaster.pid").read_text().splitlines()[0]))


def keep_a_row(server: EmbeddedPostgres) -> None:
    with psycopg.connect(server.ensure_database("tavola")) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")


def kept_row(server: EmbeddedPostgres) -> object:
    with psycopg.connect(server.ensure_database("tavola")) as connection:
        return connection.execute("SELECT answer FROM kept").fetchone()


def test_it_keeps_its_data_over_a_stop(server: EmbeddedPostgres) -> None:
    server.start()
    keep_a_row(server)

    assert server.stop()
    assert not server.stop()
    server.start()

    assert kept_row(server) == (42,)


def test_starting_twice_is_one_server(server: EmbeddedPostgres) -> None:
    server.start()
    first = postmaster(server).pid

    EmbeddedPostgres(server.directory, durable=False).start()

    assert postmaster(server).pid == first


def test_it_recovers_from_a_killed_server(server: EmbeddedPostgres) -> None:
    server.durable = True
    server.start()
    keep_a_row(server)
    process = postmaster(server)
    process.send_signal(signal.SIGKILL)

    server.start()

    assert kept_row(server) == (42,)
    assert postmaster(server).pid != process.pid


def test_a_pid_that_is_anothers_by_now_is_neither_believed_nor_stopped(
    server: EmbeddedPostgres,
) -> None:
    server.start()
    keep_a_row(server)
    server.stop()
    note = f"{os.getpid()}\n{server.data}\n1\n5432\n/nowhere\n\n\nready\n"
    (server.data / "postmaster.pid").write_text(note)

    assert not server.stop()
    server.start()

    assert kept_row(server) == (42,)


def test_nobody_reaches_it_but_through_a_private_socket(server: EmbeddedPostgres) -> None:
    server.start()

    assert not [c for c in postmaster(server).net_connections("inet") if c.status == "LISTEN"]
    socket = Path(server.url("tavola").partition("host=")[2])
    assert socket.stat().st_mode & 0o077 == 0
    server.remove()
    assert not socket.exists()
