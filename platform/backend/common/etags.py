"""ETag and If-Match on what two people edit at once: 412 instead of a lost update."""

from __future__ import annotations

from rest_framework.request import Request

from backend.common.problems import Problem


class PreconditionRequired(Problem):
    status_code = 428
    code = "precondition-required"
    title = "Send If-Match with the ETag that you have seen"


class PreconditionFailed(Problem):
    status_code = 412
    code = "precondition-failed"
    title = "Someone changed this meanwhile"


def etag_of(version: int) -> str:
    """The ETag of a row's version: a strong one, as the version counts every change."""
    return f'"{version}"'


def require_match(request: Request, current: str) -> None:
    """Raises PreconditionRequired without If-Match, PreconditionFailed when it names another."""
    given = request.headers.get("If-Match", "")
    if not given:
        raise PreconditionRequired
    if given.strip() != "*" and current not in {tag.strip() for tag in given.split(",")}:
        raise PreconditionFailed(headers={"ETag": current}, current_etag=current)
