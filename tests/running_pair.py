"""The real pair in processes of its own: platform, worker, portals, started and killed at will."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from email.message import EmailMessage
from pathlib import Path

import psycopg

from devtools.dev import set_up
from devtools.mailbox import MailboxWatcher
from devtools.pair import Pair
from devtools.paths import ROOT

START_SECONDS = 60
MAIL_SECONDS = 20
CODE = re.compile(r"^ {4}([A-Z0-9-]{6,})$", re.MULTILINE)
LINK = re.compile(r"^ {4}(https?://\S+)$", re.MULTILINE)
PASSWORD = "tavola-demo"


class RunningPair:
    """Set up like `bin/dev` with its demo people, in a database of its own that is made anew."""

    def __init__(self, server_url: str, state: Path, database: str = "tavola_end_to_end") -> None:
        # Each of the processes that share the tests has pairs of its own.
        worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
        self.database_url = fresh_database(server_url, f"{database}_{worker}")
        self.pair = Pair(self.database_url, free_port(), free_port(), state=state)
        set_up(self.pair)
        self.log = state / "processes.log"
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.mailbox = MailboxWatcher(self.pair.mailbox)

    @property
    def portal(self) -> str:
        return self.pair.portal_url

    @property
    def platform(self) -> str:
        return self.pair.platform_url

    def start_platform(self, **settings: str) -> None:
        environment = self.pair.platform_environment() | settings
        self.start("platform", serve("platform", self.pair.platform_port), environment)
        wait_until_answering(self.pair.platform_port)

    def start_worker(self) -> None:
        self.start("worker", self.pair.worker_command(), self.pair.platform_environment())

    def start_portal(self, name: str = "portal", port: int | None = None, **settings: str) -> int:
        port = port or self.pair.portal_port
        self.start(name, serve("portal", port), self.pair.portal_environment() | settings)
        wait_until_answering(port)
        return port

    def start(self, name: str, command: Sequence[str], environment: dict[str, str]) -> None:
        with self.log.open("ab") as log:
            self.running[name] = subprocess.Popen(
                command,
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def kill(self, name: str) -> None:
        """Without a chance to say goodbye: the process and its workers."""
        process = self.running.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        for name in list(self.running):
            self.kill(name)

    def code_sent_to(self, address: str) -> str:
        """The code in the next mail to `address`, as a person would copy it."""
        return self._sent_to(address, CODE)

    def link_sent_to(self, address: str) -> str:
        """The link in the next mail to `address`, on which a person would press."""
        return self._sent_to(address, LINK)

    def _sent_to(self, address: str, what: re.Pattern[str]) -> str:
        deadline = time.monotonic() + MAIL_SECONDS
        while time.monotonic() < deadline:
            for message in self.mailbox.arrived():
                if message["To"] == address and (found := what.search(text_of(message))):
                    return found[1]
            time.sleep(0.2)
        raise AssertionError(f"Nothing of that kind for {address} within {MAIL_SECONDS} s")


def serve(side: str, port: int) -> list[str]:
    command = [sys.executable, "-m", "gunicorn", "--config", f"deploy/{side}.gunicorn.py"]
    return [*command, "--bind", f"127.0.0.1:{port}", "--workers", "1"]


def text_of(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    return str(body.get_content()) if body else ""


def fresh_database(server_url: str, name: str) -> str:
    """An empty database beside the one that the address names."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name}")
    head, _, parameters = server_url.partition("?")
    return f"{head.rpartition('/')[0]}/{name}" + (f"?{parameters}" if parameters else "")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_answering(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/live", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
