"""How the demo's tickets are told: who says what, and how many hours after the last one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal

SAM: Final = "sam"
KIM: Final = "kim"
STAFF: Final = (SAM, KIM)
# Looks at silent tickets, and so closes those that it announced.
TAVOLA: Final = "tavola"

Does = Literal["says", "notes", "takes", "closes", "reopens", "merges", "reads", "ends-silence"]


@dataclass(frozen=True, slots=True)
class Turn:
    """`who` is one of the staff, or a member by their role. `text` is what they say, or why they
    close; of "merges" the subject of the ticket that goes on. `files`: name → content."""

    after: float
    who: str
    does: Does
    text: str = ""
    files: tuple[tuple[str, bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """One ticket. `ago` is when it was opened, before now. Unless it is `unread`, whoever opened it
    has read all of it."""

    ago: timedelta
    who: str
    subject: str
    department: str
    priority: str
    body: str
    turns: tuple[Turn, ...] = ()
    files: tuple[tuple[str, bytes], ...] = ()
    about: Literal["", "invoice", "overdue", "service"] = ""
    unread: bool = False


def says(after: float, who: str, text: str, *files: tuple[str, bytes]) -> Turn:
    return Turn(after, who, "says", text, files)


def notes(after: float, who: str, text: str) -> Turn:
    return Turn(after, who, "notes", text)


def takes(after: float, who: str = SAM) -> Turn:
    return Turn(after, who, "takes")


def closes(after: float, who: str, why: str = "") -> Turn:
    return Turn(after, who, "closes", why)


def reopens(after: float, who: str, text: str) -> Turn:
    return Turn(after, who, "reopens", text)


def merges(after: float, who: str, into: str) -> Turn:
    return Turn(after, who, "merges", into)


def silence(days: float) -> Turn:
    return Turn(days * 24, TAVOLA, "ends-silence")


def days(number: float) -> timedelta:
    return timedelta(days=number)


def hours(number: float) -> timedelta:
    return timedelta(hours=number)
