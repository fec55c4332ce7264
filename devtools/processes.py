"""Runs the pair's processes side by side: their lines prefixed, all stopped together."""

import os
import shutil
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections import deque
from collections.abc import Mapping, Sequence
from typing import IO

from devtools.console import Failure, coloured, printable
from devtools.paths import ROOT

COLOURS = ("cyan", "magenta", "blue", "green")
LAST_LINES = 25
START_SECONDS = 60
STOP_SECONDS = 20


class ProcessEnded(Failure):
    def __init__(self, name: str, code: int, lines: Sequence[str]) -> None:
        how = f"was killed by signal {-code}" if code < 0 else f"ended with exit code {code}"
        super().__init__(
            f"{name} {how}, so everything was stopped.",
            details="\n".join([f"The last lines of {name}:", *lines]),
        )


class Processes:
    """`inherited` is a file descriptor that every child keeps open, so that a lock on it is held
    until the last of them is gone, even when this process was killed."""

    def __init__(self, inherited: int) -> None:
        self._inherited = inherited
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._last: dict[str, deque[str]] = {}
        self._readers: list[threading.Thread] = []

    def start(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
        colour = COLOURS[len(self._running) % len(COLOURS)]
        process = subprocess.Popen(
            [*_stopped_when_this_process_dies(), *command],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C reaches only us, and we stop the children in order
            pass_fds=[self._inherited],
        )
        self._running[name] = process
        self._last[name] = deque(maxlen=LAST_LINES)
        assert process.stdout is not None
        reader = threading.Thread(
            target=self._show, args=(name, colour, process.stdout), daemon=True
        )
        reader.start()
        self._readers.append(reader)

    def wait_until_answering(self, url: str) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not answers(url):
            self.check()
            if time.monotonic() > deadline:
                raise Failure(f"{url} does not answer after {START_SECONDS} s.")
            time.sleep(0.1)

    def watch(self) -> None:
        """Returns never: ends by `ProcessEnded` or by the exception of a signal's handler."""
        while True:
            self.check()
            time.sleep(0.2)

    def check(self) -> None:
        for name, process in self._running.items():
            if (code := process.poll()) is not None:
                for reader in self._readers:
                    reader.join(timeout=0.5)
                raise ProcessEnded(name, code, self._last[name])

    def stop(self) -> None:
        """First politely, to let requests and jobs finish; interrupted or too slow, at once."""
        for process in self._running.values():
            process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        try:
            for process in self._running.values():
                process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            pass
        finally:
            for process in self._running.values():
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()
            for reader in self._readers:
                reader.join(timeout=1)
            self._running.clear()

    def _show(self, name: str, colour: str, stream: IO[bytes]) -> None:
        prefix = coloured(f"{name:>8} │ ", colour)
        with stream:
            for line in stream:
                text = printable(line.decode(errors="replace").rstrip())
                self._last[name].append(text)
                print(f"{prefix}{text}", flush=True)


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2):
            return True
    except urllib.error.HTTPError:
        return True
    except (OSError, urllib.error.URLError):
        return False


def _stopped_when_this_process_dies() -> list[str]:
    """Linux can send a child SIGTERM when its parent is killed. Elsewhere, they are left behind."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig=TERM", "--"] if setpriv else []
