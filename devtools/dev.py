"""`bin/dev`: from a clone to a browsed portal. The steps in order; how is in the other modules."""

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import psutil

from devtools.console import Failure, coloured, interrupt, say, step, tell
from devtools.embedded_postgres import EmbeddedPostgres
from devtools.mailbox import MailboxWatcher
from devtools.only_one import only_one, running_pid
from devtools.pair import Pair, manage
from devtools.paths import CACHE, ROOT, STATE
from devtools.preconditions import port, require_answer, require_free
from devtools.processes import Processes

DATABASE = "tavola"
LAST_LINES = 25
EXCEPTION = re.compile(r"[\w.]*(Error|Exception|ImproperlyConfigured|MissingPrivilege): ")
KEPT_BY_RESET = {CACHE.name, "test"}
PEOPLE = (
    ("owner@aurora.test", "owner of Trattoria Aurora, also a member of Blue Fin Sushi"),
    ("waiter@aurora.test", "waiter of Trattoria Aurora"),
    ("staff@tavola.test", "staff superuser, in the platform's admin"),
)
PASSWORD = "tavola-demo"


def main() -> int:
    arguments = parse_arguments()
    for signum in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, interrupt)
    try:
        if arguments.database_url:
            print(database_address())
        elif arguments.stop:
            stop()
        else:
            run(reset=arguments.reset)
    except Failure as failure:
        tell(failure)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bin/dev",
        description="Sets everything up and runs platform, worker and portal until Ctrl-C.",
        epilog="Environment: PLATFORM_PORT (8000), PORTAL_PORT (8001), DATABASE_URL (an embedded "
        "PostgreSQL), PYTHON, NO_COLOR.",
    )
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--reset", action="store_true", help="throw all data away first")
    choice.add_argument(
        "--database-url", action="store_true", help="print the database's address and exit"
    )
    choice.add_argument(
        "--stop", action="store_true", help="stop a running bin/dev and the embedded database"
    )
    return parser.parse_args()


def run(*, reset: bool) -> None:
    with only_one() as lock:
        ports = port("PLATFORM_PORT", 8000), port("PORTAL_PORT", 8001)
        if ports[0] == ports[1]:
            raise Failure("PLATFORM_PORT and PORTAL_PORT are the same.")
        if reset:
            forget_everything()
        require_free(ports[0], "PLATFORM_PORT")
        require_free(ports[1], "PORTAL_PORT")
        with database() as url:
            pair = Pair(url, *ports)
            set_up(pair)
            serve(pair, lock)


def embedded() -> EmbeddedPostgres:
    return EmbeddedPostgres(STATE / "postgres")


def database_address() -> str:
    if given := os.environ.get("DATABASE_URL"):
        return given
    server = embedded()
    if server.start():
        say("PostgreSQL was started and stays up; `bin/dev --stop` stops it.")
    return server.ensure_database(DATABASE)


@contextmanager
def database() -> Iterator[str]:
    if given := os.environ.get("DATABASE_URL"):
        require_answer(given)
        yield given
        return
    server = embedded()
    with step("PostgreSQL, embedded"):
        server.start()
        address = server.ensure_database(DATABASE)
    try:
        yield address
    finally:
        server.stop()


def stop() -> None:
    pid = running_pid()
    if pid is not None:
        with step(f"Stopping process {pid}"):
            supervisor = psutil.Process(pid)
            supervisor.terminate()
            supervisor.wait()
    if embedded().stop():
        say("PostgreSQL was stopped.")
    elif pid is None:
        say("Nothing was running.")


def forget_everything() -> None:
    """All but the downloads: what the installers cached, and the test run's own database."""
    if os.environ.get("DATABASE_URL"):
        raise Failure("--reset would empty the database of DATABASE_URL: drop it yourself.")
    with step("Starting over"):
        embedded().remove()
        for entry in STATE.iterdir():
            if entry.name in KEPT_BY_RESET:
                continue
            if entry.is_dir():
                shutil.rmtree(entry)
            else:
                entry.unlink()


def set_up(pair: Pair) -> None:
    """Static files are not collected: with DEBUG, WhiteNoise serves them from their sources, as
    they are edited. Hashing and compressing them all takes half a minute."""
    pair.prepare_state()
    platform = pair.platform_environment()
    run_step("Migrations", manage("platform", "migrate", "--no-input"), platform)
    run_step("The portal's key", pair.register_portal(), platform)
    run_step("Demo data", manage("platform", "load_demo"), platform)
    portal = pair.portal_environment()
    run_step("Translations", manage("portal", "compile_translations"), portal)


def run_step(title: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
    with step(title):
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            lines = done.stdout.strip().splitlines() or ["it said nothing"]
            reason = next(filter(EXCEPTION.match, reversed(lines)), lines[-1])
            raise Failure(f"{title} failed: {reason}", "\n".join(lines[-LAST_LINES:]))


def serve(pair: Pair, lock: int) -> None:
    processes = Processes(inherited=lock)
    mail = MailboxWatcher(pair.mailbox)
    mail.start()
    try:
        processes.start("platform", pair.web_command("platform"), pair.platform_environment())
        processes.start("worker", pair.worker_command(), pair.platform_environment())
        processes.start("portal", pair.web_command("portal"), pair.portal_environment())
        processes.wait_until_answering(f"http://127.0.0.1:{pair.platform_port}/health/live")
        processes.wait_until_answering(f"http://127.0.0.1:{pair.portal_port}/health/live")
        print(welcome(pair), flush=True)
        processes.watch()
    finally:
        with step("Stopping platform, worker and portal"):
            processes.stop()
        mail.stop()


def welcome(pair: Pair) -> str:
    people = [f"    {address:<20} {who}" for address, who in PEOPLE]
    return "\n".join(
        [
            "",
            coloured("  Tavola runs.", "green"),
            "",
            f"    Portal     {coloured(pair.portal_url + '/', 'cyan')}",
            f"    Platform   {coloured(pair.platform_url + '/', 'cyan')}"
            "   (admin/ for staff, api/docs/ for developers)",
            "",
            f"  Sign in with the password {coloured(PASSWORD, 'yellow')} as",
            "",
            *people,
            "",
            "  Mail is shown here and kept in .dev/mailbox/. Ctrl-C stops everything.",
            "",
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
