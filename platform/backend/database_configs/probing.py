"""Starts the process that looks at a stranger's database, and bounds its time."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from threading import Event, Timer
from typing import Any, Final

import structlog
from django.conf import settings

from backend.database_configs.probe.checks import CODES, Check
from backend.database_configs.probe.target import Target

LONGEST_LOOK: Final = 30

log = structlog.get_logger(__name__)


def look_from_outside(target: Target) -> Iterator[dict[str, Any]]:
    """Each check as it is known, all of them in the end, within LONGEST_LOOK seconds.

    The process has none of our environment: no key, no password, no `PG…` variable, no home
    directory. What it says besides its checks is nobody's to read: it may hold the secret.
    """
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "backend.database_configs.probe"],
        cwd="/",
        env={
            "PYTHONPATH": str(settings.BASE_DIR.parent),
            "PYTHONDONTWRITEBYTECODE": "1",
            "HOME": "/nonexistent",
            "LC_ALL": "C.UTF-8",
        },
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    late = Event()

    def give_up() -> None:
        late.set()
        process.kill()

    timer = Timer(LONGEST_LOOK, give_up)
    timer.start()
    left = list(CODES)
    try:
        for check in _told(process, target):
            left.remove(check["code"])
            yield check
    finally:
        timer.cancel()
        process.kill()
        process.wait()
    if left:
        log.warning("probe ended early", late=late.is_set(), code=process.returncode)
        yield Check(left.pop(0), "timed-out" if late.is_set() else "no-sense").as_dict()
        yield from (Check(code, "not-reached").as_dict() for code in left)


def _told(process: subprocess.Popen[str], target: Target) -> Iterator[dict[str, Any]]:
    assert process.stdin
    assert process.stdout
    with process.stdout:
        with suppress(BrokenPipeError), process.stdin:
            json.dump(asdict(target), process.stdin)
        for line in process.stdout:
            # Killed within a line, it leaves half of one.
            if line.endswith("\n"):
                yield json.loads(line)
