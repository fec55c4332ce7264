"""What can go wrong with a call to the platform: few named errors, each with its problem.

One middleware maps them to pages; a view catches only what it shows better itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec


class FieldError(NamedTuple):
    """One thing wrong with one field; `field` is empty when it is about the whole."""

    field: str
    code: str
    detail: str


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """RFC 9457 problem details as the platform sends them."""

    status: int
    code: str = ""
    title: str = ""
    detail: str = ""
    request_id: str = ""
    errors: tuple[FieldError, ...] = ()
    extensions: Mapping[str, Any] = MappingProxyType({})
    """Members beyond the standard ones, such as `merged_into`."""


class PlatformError(Exception):
    """A call to the platform that didn't give what the page needs."""

    def __init__(self, problem: Problem | None = None, *, retry_after: int | None = None) -> None:
        super().__init__(problem.code if problem else "")
        self.problem = problem or Problem(status=0)
        self.retry_after = retry_after
        """Seconds until another attempt makes sense, when the platform said so."""

    @property
    def code(self) -> str:
        return self.problem.code


class NotSignedIn(PlatformError):
    """Nobody is signed in, or the session is over."""


class StepNeeded(PlatformError):
    """The session waits for a step: a code by mail, a second factor, the password once more."""

    @property
    def steps(self) -> frozenset[str]:
        """What the session waits for, by allauth's names."""
        flows = self.problem.extensions.get("flows", ())
        return frozenset(
            flow["id"] for flow in flows if flow.get("is_pending") or flow["id"] == "reauthenticate"
        )


class Forbidden(PlatformError):
    """The person may not do this."""


class Missing(PlatformError):
    """Not there, or not for this visitor. `problem.extensions` may say where it went."""


class Invalid(PlatformError):
    """The platform refused the input, field by field."""

    @property
    def errors(self) -> tuple[FieldError, ...]:
        return self.problem.errors


class Conflict(PlatformError):
    """Not possible in the present state of things."""


class PreconditionFailed(PlatformError):
    """Somebody else changed it since it was read."""


class TooLarge(PlatformError):
    """The platform doesn't take that much at once."""


class RateLimited(PlatformError):
    """Too many calls; `retry_after` says when to come back."""


class Unreachable(PlatformError):
    """The platform didn't answer in time, or said that it can't at the moment."""


class Unexpected(PlatformError):
    """An answer outside the agreement: a failure there, or a mistake in the portal's client."""
