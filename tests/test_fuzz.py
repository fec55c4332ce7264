"""Hostile and random input to every described operation, against the running platform.

Schemathesis reads the description that the platform serves, and fails on any 5xx, on any answer
that isn't described, and on any body that isn't as described.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator

import pytest

from devtools.pair import manage
from devtools.paths import ROOT
from tests.running_pair import PASSWORD, RunningPair, serve, wait_until_answering

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
)
CLASSES = ("READ", "WRITE", "BULK", "AUTH", "SIGN_IN_ADDRESS", "SIGN_UP_ADDRESS", "MAIL_ADDRESS")
SCOPES = ("read", "create", "update", "delete", "import", "export", "merge", "erase")
SECONDS = 240


@pytest.fixture(scope="module")
def pair(server_url: str, tmp_path_factory: pytest.TempPathFactory) -> RunningPair:
    """A pair whose demo nobody else needs: what is played with doesn't stay as it was."""
    return RunningPair(server_url, tmp_path_factory.mktemp("fuzzed"), "tavola_fuzzed")


@pytest.fixture(scope="module")
def platform(pair: RunningPair) -> Iterator[str]:
    """Its platform, whose limits don't end the game."""
    limits = {f"RATE_LIMIT_{name}": "9999999/60" for name in CLASSES}
    environment = pair.pair.platform_environment() | limits | {"DEBUG": "0"}
    environment["SECURE_SSL_REDIRECT"] = "0"
    # An endless address is refused by the web server, in words of its own, before we see it.
    environment["GUNICORN_CMD_ARGS"] = "--limit-request-line 0"
    pair.start("platform", serve("platform", pair.pair.platform_port), environment)
    wait_until_answering(pair.pair.platform_port)
    yield f"http://127.0.0.1:{pair.pair.platform_port}"
    pair.stop()


def fuzz(platform: str, headers: dict[str, str], *filters: str) -> None:
    """Runs Schemathesis, which leaves files where it stands: not in the repository."""
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{platform}/api/schema/"]
    command += ["--checks", ",".join(CHECKS), "--phases", "coverage,fuzzing"]
    command += ["--max-examples", "20", "--seed", "1", "--continue-on-failure", "--no-color"]
    command += ["--request-timeout", "10", "--generation-database", "none", *filters]
    for name, value in headers.items():
        command += ["--header", f"{name}: {value}"]
    with tempfile.TemporaryDirectory() as directory:
        done = subprocess.run(
            command, cwd=directory, capture_output=True, text=True, timeout=SECONDS, check=False
        )
    assert done.returncode == 0, done.stdout[-15_000:] + done.stderr[-2000:]


def test_as_a_tenants_app(pair: RunningPair, platform: str) -> None:
    scopes = [f"customers.{scope}" for scope in SCOPES]
    scopes += ["tenant.read", "tickets.read", "tickets.read-all", "tickets.write"]
    arguments = [part for scope in scopes for part in ("--scope", scope)]
    printed = subprocess.run(
        manage("platform", "create_client_app", "--tenant", "bluefin", "--name", "F", *arguments),
        cwd=ROOT,
        env=pair.pair.platform_environment(),
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    app_id, key = printed[1], printed[3]
    headers = {"X-App-ID": app_id, "Authorization": f"Bearer {key}"}
    fuzz(platform, headers, "--exclude-path-regex", "/auth/|/me/")


def test_as_the_portal_with_an_owner_signed_in(pair: RunningPair, platform: str) -> None:
    app = pair.pair.portal_app()
    headers = {"X-App-ID": app["id"], "Authorization": f"Bearer {app['key']}"}
    request = urllib.request.Request(
        f"{platform}/api/v1/auth/login/",
        json.dumps({"email": "owner@bluefin.test", "password": PASSWORD}).encode(),
        headers | {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as response:
        token = json.load(response)["meta"]["session_token"]
    headers |= {"X-Session-Token": token, "X-Tenant": "bluefin"}
    # What ends the session would leave nothing to play with.
    fuzz(platform, headers, "--exclude-path-regex", "sessions|auth/session")


def test_without_credentials(platform: str) -> None:
    fuzz(platform, {})
