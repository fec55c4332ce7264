"""A PostgreSQL of the system's packages, where there is one: it speaks TLS itself."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

from backend.database_configs.tests.servers import PASSWORD

INSTALLED = sorted(Path("/usr/lib/postgresql").glob("*/bin/"))
# As root the server refuses to run; the packages bring a user for it.
USER = "postgres"
RULES = f"local all {USER} trust\nhostssl all all 127.0.0.1/32 scram-sha-256\n"
SETUP = f"""
CREATE ROLE keeper LOGIN CREATEROLE PASSWORD '{PASSWORD}';
CREATE DATABASE restaurant OWNER keeper;
"""


@contextmanager
def running(binaries: Path, certificate: Path, key: Path) -> Iterator[int]:
    """The port of a server on 127.0.0.1 that admits `keeper` by TLS alone."""
    # Short enough for a socket, and open to the server's user up to the root.
    place = Path(mkdtemp(prefix="tavola-pg-", dir="/tmp"))
    data = place / "data"
    try:
        for name, source in (("server.pem", certificate), ("server.key", key)):
            shutil.copy(source, place / name)
            (place / name).chmod(0o600)
        if os.geteuid() == 0:
            for path in (place, *place.iterdir()):
                shutil.chown(path, USER)
        _run(binaries / "initdb", "--pgdata", data, "--username", USER, "--auth=trust", "--no-sync")
        (data / "pg_hba.conf").write_text(RULES)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        options = {
            "port": port, "listen_addresses": "127.0.0.1", "unix_socket_directories": place,
            "ssl": "on", "ssl_cert_file": place / "server.pem",
            "ssl_key_file": place / "server.key", "fsync": "off",
        }  # fmt: skip
        line = " ".join(f"-c {name}={value}" for name, value in options.items())
        control = [binaries / "pg_ctl", "--pgdata", data, "--silent", "--wait"]
        _run(*control, "--options", line, "--log", place / "log", "start")
        try:
            _run(binaries / "psql", "--quiet", "--host", place, "--port", str(port), "--username",
                 USER, "postgres", stdin=SETUP)  # fmt: skip
            yield port
        finally:
            _run(*control, "--mode=immediate", "stop")
    finally:
        shutil.rmtree(place)


def _run(*command: str | Path, stdin: str = "") -> None:
    as_user = []
    if os.geteuid() == 0:
        user = pwd.getpwnam(USER)
        as_user = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    subprocess.run(
        [*as_user, *map(str, command)],
        cwd="/",
        env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"},
        input=stdin,
        text=True,
        # A pipe would stay open for as long as the server that it starts.
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )
