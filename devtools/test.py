"""`bin/test`: every test, in one process for each side, then the real pair in a browser."""

import argparse
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from devtools.console import Failure, coloured, interrupt, say, step, tell
from devtools.embedded_postgres import EmbeddedPostgres
from devtools.paths import ROOT, STATE
from devtools.preconditions import require_answer

SUITES = ("platform", "portal", "tests")
STATE_OF_TESTS = STATE / "test"
NO_TESTS_COLLECTED = 5
# With these, pytest talks to a person, who can't be talked to from two processes.
INTERACTIVE = {"-s", "--pdb", "--trace", "-n", "-p", "--collect-only", "--co"}
TAKE_A_VALUE = {"-k", "-m", "-n", "-o", "-p", "-W"}
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def main() -> int:
    signal.signal(signal.SIGTERM, interrupt)
    selected, options = parse_arguments()
    try:
        if "tests" in selected:
            look_for_chromium()
        with database() as url:
            return run(selected, options, os.environ | {"DATABASE_URL": url})
    except Failure as failure:
        tell(failure)
        return 1
    except KeyboardInterrupt:
        return 130


def parse_arguments() -> tuple[dict[str, list[str]], list[str]]:
    """The paths to test by suite, and what is left for pytest."""
    parser = argparse.ArgumentParser(
        prog="bin/test",
        usage="bin/test [platform | portal | tests | PATH …] [pytest's options …]",
        description="Runs every test, or those of the sides and paths given.",
        epilog="Environment: DATABASE_URL (an embedded PostgreSQL of its own).",
    )
    _, arguments = parser.parse_known_args()
    selected: dict[str, list[str]] = {}
    options: list[str] = []
    for argument in arguments:
        suite = argument.partition("/")[0]
        is_value = options and options[-1] in TAKE_A_VALUE
        if suite in SUITES and not is_value and (ROOT / argument.partition("::")[0]).exists():
            selected.setdefault(suite, []).append(argument)
        else:
            options.append(argument)
    return selected or {suite: [suite] for suite in SUITES}, options


def look_for_chromium() -> None:
    if not any(shutil.which(name) for name in CHROMIUM):
        line = "BROWSER TESTS WILL BE SKIPPED: no Chromium found. Get it by `apt install chromium`."
        say(coloured(line, "yellow", sys.stderr))


@contextmanager
def database() -> Iterator[str]:
    if given := os.environ.get("DATABASE_URL"):
        require_answer(given)
        yield given
        return
    with one_run_at_a_time():
        server = EmbeddedPostgres(STATE_OF_TESTS / "postgres", durable=False)
        with step("PostgreSQL, embedded, for the tests alone"):
            server.start()
            address = server.ensure_database("tavola")
        try:
            yield address
        finally:
            server.stop()


@contextmanager
def one_run_at_a_time() -> Iterator[None]:
    STATE_OF_TESTS.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (STATE_OF_TESTS / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Waiting for another bin/test of this clone to end.")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def run(
    selected: Mapping[str, Sequence[str]], options: Sequence[str], environment: Mapping[str, str]
) -> int:
    codes = {}
    for suite, paths in selected.items():
        began = time.monotonic()
        say(f"\n{coloured('▶', 'cyan', sys.stderr)} pytest {' '.join([*paths, *options])}")
        command = [sys.executable, "-m", "pytest", *paths, *parallel(suite, options), *options]
        codes[suite] = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
        say(f"{suite}: {time.monotonic() - began:.0f} s")
    failed = [suite for suite, code in codes.items() if code not in (0, NO_TESTS_COLLECTED)]
    if failed:
        raise Failure(f"Failed: {', '.join(failed)}.")
    if all(code == NO_TESTS_COLLECTED for code in codes.values()):
        raise Failure("No test was selected.")
    say(coloured("All tests passed.", "green", sys.stderr))
    return 0


def parallel(suite: str, options: Sequence[str]) -> list[str]:
    """Tests wait often enough for the database, for browsers and processes to gain from a second
    process of their own; in those of the pair each runs its own pair."""
    if any(option.split("=")[0] in INTERACTIVE for option in options):
        return []
    processes = ["-n", str(max(2, min(4, os.cpu_count() or 2)))]
    # In the order of the files: the one that takes longest is among the first.
    in_files = ["--dist", "loadfile", "--no-loadscope-reorder"]
    return processes + (in_files if suite == "tests" else [])


if __name__ == "__main__":
    sys.exit(main())
