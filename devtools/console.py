"""What the commands print: steps with their time, and failures in one clear line."""

import os
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn, TextIO

COLOURS = {"red": 31, "green": 32, "yellow": 33, "blue": 34, "magenta": 35, "cyan": 36}
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f]|\x1b(?!\[[0-9;]*m)")
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class Failure(Exception):
    """Something that the person can put right. `str()` is one line; `details` may follow it."""

    def __init__(self, message: str, details: str = "") -> None:
        super().__init__(message)
        self.details = details


def coloured(text: str, colour: str, stream: TextIO | None = None) -> str:
    if shows_colours(stream or sys.stdout):
        return f"\033[{COLOURS[colour]}m{text}\033[0m"
    return text


def shows_colours(stream: TextIO) -> bool:
    return stream.isatty() and not os.environ.get("NO_COLOR")


def say(text: str = "") -> None:
    """To stderr: stdout is for what a script would read, such as the database's address."""
    print(text, file=sys.stderr, flush=True)


@contextmanager
def step(title: str) -> Iterator[None]:
    began = time.monotonic()
    try:
        yield
    except BaseException:
        say(f"{coloured('✗', 'red', sys.stderr)} {title}")
        raise
    say(f"{coloured('✓', 'green', sys.stderr)} {title} ({time.monotonic() - began:.1f} s)")


def tell(failure: Failure) -> None:
    if failure.details:
        say(failure.details.rstrip())
    say(coloured(str(failure), "red", sys.stderr))


def printable(text: str) -> str:
    """Without what a mail or a log line could confuse a terminal with; colours where they show."""
    text = CONTROL.sub("", text)
    return text if shows_colours(sys.stdout) else COLOUR.sub("", text)


def interrupt(signum: int, frame: FrameType | None) -> NoReturn:
    """A handler that makes a signal end the program as Ctrl-C does: with everything cleaned up."""
    raise KeyboardInterrupt
