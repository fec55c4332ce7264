"""One `bin/dev` a clone: a lock that its children inherit.

After the supervisor was killed, the lock is free when the last of its processes is gone.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psutil

from devtools.console import Failure, step
from devtools.paths import CACHE

LOCK = CACHE / "dev.lock"
LEFTOVER_SECONDS = 30


@contextmanager
def only_one() -> Iterator[int]:
    """Holds the lock and yields its file descriptor."""
    with LOCK.open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            wait_for_leftovers(lock.fileno())
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield lock.fileno()


def running_pid() -> int | None:
    """The supervisor that holds the lock, if it is alive."""
    try:
        with LOCK.open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return None
    except BlockingIOError:
        return pid_in_lock()
    return None


def pid_in_lock() -> int | None:
    try:
        pid = int(LOCK.read_text())
        return pid if "devtools.dev" in psutil.Process(pid).cmdline() else None
    except (ValueError, psutil.NoSuchProcess):
        return None


def wait_for_leftovers(lock: int) -> None:
    if (pid := running_pid()) is not None:
        raise Failure(f"bin/dev runs already, as process {pid}: `bin/dev --stop` ends it.")
    deadline = time.monotonic() + LEFTOVER_SECONDS
    with step("Waiting for the processes of a killed run to end"):
        while True:
            try:
                return fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise Failure("Processes of a killed bin/dev still run.") from None
                time.sleep(0.2)
