"""What can stop a set-up: a code for the portal's own words, and a sentence for everybody else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Code = Literal[
    "country-unknown",
    "database-unreachable",
    "database-unfit",
    "schema-incomplete",
    "isolation-broken",
    "interrupted",
    "unexpected",
]
# After so many attempts another one by the owner is not what helps.
ATTEMPTS_ALONE: Final = 3


@dataclass(frozen=True, slots=True)
class Failure:
    """`retry_helps`: it may have passed by itself, without anybody at the operator's."""

    sentence: str
    retry_helps: bool


FAILURES: Final[dict[Code, Failure]] = {
    "country-unknown": Failure(
        "We don’t know the tax rates of this country yet. We have been told and look into it.",
        retry_helps=False,
    ),
    "database-unreachable": Failure(
        "The database didn’t answer as it should. Nothing is lost: try again in a moment.",
        retry_helps=True,
    ),
    "database-unfit": Failure(
        "The database is too slow or too old at the moment. We have been told and look into it.",
        retry_helps=False,
    ),
    "schema-incomplete": Failure(
        "Tavola itself is being updated. Nothing is lost: try again in a few minutes.",
        retry_helps=True,
    ),
    "isolation-broken": Failure(
        "One of our own checks failed: businesses might not be kept apart. We have been told and "
        "look into it.",
        retry_helps=False,
    ),
    "interrupted": Failure(
        "The set-up was interrupted. Nothing is lost: try again.", retry_helps=True
    ),
    "unexpected": Failure(
        "Something went wrong on our side. We have been told; you may try again.", retry_helps=True
    ),
}


class StepFailed(Exception):
    """A step found what it must not pass over. `diagnostics` are for staff."""

    def __init__(self, code: Code, diagnostics: str) -> None:
        super().__init__(diagnostics)
        self.code = code
        self.diagnostics = diagnostics


def helps_to_retry(code: str, attempt: int) -> bool:
    failure = FAILURES.get(code)  # type: ignore[call-overload] # a row may hold an older code
    return attempt < ATTEMPTS_ALONE and failure is not None and failure.retry_helps
