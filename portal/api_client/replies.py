"""From the platform's bytes to typed objects, or to a named error."""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVar

import msgspec
import structlog

from portal.api_client.errors import (
    Conflict,
    FieldError,
    Forbidden,
    Invalid,
    Missing,
    NotSignedIn,
    PlatformError,
    PreconditionFailed,
    Problem,
    RateLimited,
    StepNeeded,
    TooLarge,
    Unexpected,
    Unreachable,
)
from portal.api_client.paths import Operation
from portal.api_client.transport import Reply

log = structlog.get_logger(__name__)

T = TypeVar("T", bound=msgspec.Struct)

STANDARD_MEMBERS = frozenset(
    {"type", "title", "status", "code", "detail", "instance", "request_id", "errors"}
)
BY_STATUS: dict[int, type[PlatformError]] = {
    401: NotSignedIn,
    403: Forbidden,
    404: Missing,
    409: Conflict,
    410: Missing,
    412: PreconditionFailed,
    413: TooLarge,
    429: RateLimited,
    502: Unreachable,
    503: Unreachable,
    504: Unreachable,
}
BY_CODE: dict[str, type[PlatformError]] = {
    "invalid": Invalid,
    "authentication-pending": StepNeeded,
    # The portal's own credentials: no visitor can sign in out of that.
    "app-credentials-invalid": Unexpected,
}


@cache
def _decoder(shape: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(shape)


def decode(body: bytes | str, shape: type[T], operation: Operation) -> T:
    """The body as `shape`. Unknown members are ignored; a missing one is an error."""
    try:
        decoded: T = _decoder(shape).decode(body)
    except msgspec.DecodeError as error:
        # The message names the place and the types, never the value.
        log.exception("platform.reply_mismatch", operation=str(operation), mismatch=str(error))
        raise Unexpected from error
    return decoded


def error_from(reply: Reply, operation: Operation) -> PlatformError:
    """The named error for a reply that isn't a success."""
    problem = _problem(reply)
    kind = BY_CODE.get(problem.code) or BY_STATUS.get(reply.status, Unexpected)
    if kind is Unexpected:
        log.error(
            "platform.unexpected_reply",
            operation=str(operation),
            status=reply.status,
            code=problem.code,
            upstream_request_id=problem.request_id,
        )
    return kind(problem, retry_after=_seconds(reply.headers.get("Retry-After")))


def _problem(reply: Reply) -> Problem:
    try:
        members = msgspec.json.decode(reply.body, type=dict[str, Any])
        errors = tuple(
            FieldError(each["field"] or "", each["code"], each["detail"])
            for each in members.get("errors") or ()
        )
    except (msgspec.DecodeError, KeyError, TypeError):
        # A proxy in between answers in its own words; the status still says enough.
        return Problem(status=reply.status)
    return Problem(
        status=reply.status,
        code=str(members.get("code", "")),
        title=str(members.get("title", "")),
        detail=str(members.get("detail", "")),
        request_id=str(members.get("request_id", "")),
        errors=errors,
        extensions={key: value for key, value in members.items() if key not in STANDARD_MEMBERS},
    )


def _seconds(value: str | None) -> int | None:
    return int(value) if value and value.isascii() and value.isdigit() else None
