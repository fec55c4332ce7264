"""What a newcomer sees of `bin/dev`: mails, and processes that die."""

from __future__ import annotations

import json
import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from devtools.console import Failure
from devtools.mailbox import END, MailboxWatcher, render
from devtools.pair import Pair
from devtools.preconditions import port, require_answer, require_free
from devtools.processes import ProcessEnded, Processes

MAIL = b"""\
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: 8bit
Subject: Your code
To: ada@example.test

Gr\xc3\xbc\xc3\x9fe, your code is \x1b[31mABC-123\x07.
"""


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    return Pair("postgresql:///x", 18000, 18001, state=tmp_path / "state")


def test_a_mail_is_shown_once_and_only_when_it_is_complete(tmp_path: Path) -> None:
    (tmp_path / "before.log").write_bytes(MAIL + END)
    watcher = MailboxWatcher(tmp_path)
    file = tmp_path / "now.log"

    file.write_bytes(MAIL)
    assert watcher.arrived() == []
    file.write_bytes(MAIL + END + MAIL[:20])
    [message] = watcher.arrived()
    assert watcher.arrived() == []

    shown = render(message)
    assert "To: ada@example.test" in shown
    assert "Grüße, your code is" in shown
    assert "ABC-123" in shown


def test_a_mail_cannot_drive_the_terminal(tmp_path: Path) -> None:
    watcher = MailboxWatcher(tmp_path)
    (tmp_path / "now.log").write_bytes(MAIL + END)
    [message] = watcher.arrived()

    assert "\x07" not in render(message)
    assert "\x1b" not in render(message)


def test_a_process_that_dies_is_named_with_its_last_words() -> None:
    read, write = os.pipe()
    processes = Processes(inherited=write)
    try:
        processes.start("sleeper", ["sleep", "60"], os.environ)
        processes.start("portal", [sys.executable, "-c", "print('no app'); exit(3)"], os.environ)
        with pytest.raises(ProcessEnded, match=r"^portal ended with exit code 3") as ended:
            processes.watch()
    finally:
        processes.stop()
        os.close(write)

    assert ended.value.details.splitlines()[-1] == "no app"
    with os.fdopen(read) as pipe:
        assert pipe.read() == ""  # every child has closed its copy: none is left


def test_secrets_are_made_once_and_for_nobody_else(pair: Pair) -> None:
    pair.prepare_state()
    first = pair.platform_environment()

    assert pair.platform_environment() == first
    assert pair.portal_environment()["PLATFORM_APP_KEY"] == pair.portal_app()["key"]
    for name in ("secrets.json", "portal-app.json"):
        assert stat.S_IMODE((pair.state / name).stat().st_mode) == 0o600


def test_a_key_that_begins_with_a_dash_is_no_option(pair: Pair) -> None:
    pair.prepare_state()
    app = {"id": "01900000-0000-7000-8000-000000000000", "key": "-" + 42 * "k"}
    (pair.state / "portal-app.json").write_text(json.dumps(app))

    asked = subprocess.run(
        [*pair.register_portal(), "--help"],  # read in order: it would stumble over the key first
        env=pair.platform_environment(),
        capture_output=True,
        text=True,
        check=False,
    )

    assert asked.returncode == 0, asked.stderr


def test_what_a_person_exported_for_something_else_stays_out(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SENTRY_DSN", "https://elsewhere.example/1")
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere.example")

    for environment in (pair.platform_environment(), pair.portal_environment()):
        assert not {"SENTRY_DSN", "REDIS_URL"} & environment.keys()


def test_a_taken_port_is_said_in_one_line() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        number = other.getsockname()[1]
        with pytest.raises(Failure) as failure:
            require_free(number, "PORTAL_PORT")

    assert str(failure.value).startswith(f"Port {number} is taken by process {os.getpid()} (")
    assert str(failure.value).endswith("): choose another by PORTAL_PORT.")


@pytest.mark.parametrize("value", ["http", "0", "65536", "-1", "\N{FULLWIDTH DIGIT EIGHT}"])
def test_a_port_must_be_one(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_PORT", value)

    with pytest.raises(Failure, match=r"^PORTAL_PORT must be a port number, not "):
        port("PORTAL_PORT", 8001)


def test_a_broken_database_is_said_in_one_line_without_its_password() -> None:
    with pytest.raises(Failure) as failure:
        require_answer("postgresql://someone:s3cret@127.0.0.1:1/nothing")

    assert str(failure.value).startswith("The database of DATABASE_URL can't be used: ")
    assert "\n" not in str(failure.value)
    assert "s3cret" not in str(failure.value)
