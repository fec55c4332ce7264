"""`bin/check`: what CI runs besides the tests. All checks run, then it fails if any did."""

import argparse
import signal
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass

from devtools import check_commands
from devtools.check_commands import CheckFailed, CheckSkipped
from devtools.console import coloured, interrupt, say

# mypy takes longest: two at a time keep two cores busy.
WORKERS = 2


@dataclass(frozen=True)
class Check:
    name: str
    run: Callable[[], None]


CHECKS = (
    Check("mypy, platform", check_commands.mypy_platform),
    Check("mypy, portal and tools", check_commands.mypy_portal),
    Check("OpenAPI: valid, and docs/api/openapi.yaml is up to date", check_commands.openapi),
    Check("docs/permissions.md is up to date", check_commands.permission_table),
    Check("ruff", check_commands.ruff),
    Check("ruff format", check_commands.ruff_format),
    Check("import contracts", check_commands.import_contracts),
    Check("templates", check_commands.templates),
    Check("no missing migration", check_commands.missing_migrations),
    Check("Django's deployment checks, platform", check_commands.deploy_platform),
    Check("Django's deployment checks, portal", check_commands.deploy_portal),
    Check("translations are complete", check_commands.translations),
    Check("shell scripts", check_commands.shell_scripts),
    Check("known vulnerabilities", check_commands.vulnerabilities),
)


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="bin/check", description="Checks all but what the tests do."
    )
    parser.add_argument(
        "--fix", action="store_true", help="first put right what a program can, then check"
    )
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, interrupt)
    if arguments.fix:
        check_commands.fix()
    with ThreadPoolExecutor(WORKERS) as pool:
        results = [pool.submit(perform, check) for check in CHECKS]
        passed = [result.result() for result in as_completed(results)]
    failed = passed.count(False)
    if failed:
        say(coloured(f"{failed} of {len(CHECKS)} checks failed.", "red", sys.stderr))
        return 1
    say(coloured("All checks passed.", "green", sys.stderr))
    return 0


def perform(check: Check) -> bool:
    began = time.monotonic()
    mark, colour, note = "✓", "green", ""
    try:
        check.run()
    except CheckSkipped as skipped:
        mark, colour, note = "!", "yellow", f"skipped: {skipped}"
    except CheckFailed as failed:
        mark, colour, note = "✗", "red", str(failed)
    seconds = time.monotonic() - began
    lines = [f"{coloured(mark, colour, sys.stderr)} {check.name} ({seconds:.1f} s)"]
    lines += [f"    {line}" for line in note.splitlines()]
    say("\n".join(lines))
    return mark != "✗"


if __name__ == "__main__":
    sys.exit(main())
