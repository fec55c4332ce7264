"""One error shape everywhere: RFC 9457 ``application/problem+json``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

import orjson
import structlog
from django.core.exceptions import (
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
)
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from psycopg.errors import QueryCanceled
from rest_framework import exceptions
from rest_framework.response import Response

CONTENT_TYPE = "application/problem+json"

log = structlog.get_logger(__name__)


class Problem(exceptions.APIException):
    """An error that a caller can act on. Subclasses set `status_code`, `code` and `title`.

    Extra keyword arguments become extension members of the answer; `headers` go out as headers.
    """

    status_code: int = 400
    code: str = "bad-request"
    title: str = "Bad request"

    def __init__(
        self, detail: str = "", *, headers: Mapping[str, str] | None = None, **extensions: Any
    ) -> None:
        super().__init__(detail or str(self.title), self.code)
        self.headers = dict(headers or {})
        self.extensions = extensions


class NotSignedIn(Problem):
    status_code = 401
    code = "not-signed-in"
    title = "Nobody is signed in"


class AppCredentialsInvalid(Problem):
    status_code = 401
    code = "app-credentials-invalid"
    title = "The app's credentials are missing or not valid"


class Forbidden(Problem):
    status_code = 403
    code = "forbidden"
    title = "Not allowed"


class StateForbids(Forbidden):
    """Nobody could do it now, whatever their role: the tenant's `state` stands in the way."""

    code = "tenant-state"
    title = "Not possible in the business's present state"


class NotFound(Problem):
    status_code = 404
    code = "not-found"
    title = "Not found"


class TenantNotFound(Problem):
    status_code = 404
    code = "tenant-not-found"
    title = "No such tenant among yours"


class PayloadTooLarge(Problem):
    status_code = 413
    code = "payload-too-large"
    title = "The request is too large"


class RateLimited(Problem):
    status_code = 429
    code = "rate-limited"
    title = "Too many requests"


def problem_body(
    request: HttpRequest, *, status: int, code: str, title: str, detail: str = "", **more: Any
) -> dict[str, Any]:
    """The members of a problem. `detail` is left out where it would repeat the title."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "code": code,
        "detail": detail or title,
        "request_id": getattr(request, "request_id", ""),
    }
    body.update(more)
    return body


def problem_response(request: HttpRequest, **members: Any) -> HttpResponse:
    """A problem as a plain Django response, for code outside the API's views."""
    return HttpResponse(
        orjson.dumps(problem_body(request, **members)),
        status=members["status"],
        content_type=CONTENT_TYPE,
    )


def _flatten(detail: Any, path: str = "") -> Iterator[dict[str, str]]:
    if isinstance(detail, Mapping):
        for key, value in detail.items():
            yield from _flatten(value, f"{path}.{key}" if path else str(key))
    elif isinstance(detail, list):
        for index, value in enumerate(detail):
            nested = isinstance(value, (Mapping, list))
            yield from _flatten(value, f"{path}.{index}" if nested and path else path)
    else:
        code = getattr(detail, "code", "invalid").replace("_", "-")
        field = path.removesuffix("non_field_errors").rstrip(".")
        yield {"field": field, "code": code, "detail": str(detail)}


# DRF's and Django's own exceptions, as ours. Their texts are translated by their owners.
_KNOWN: dict[type[BaseException], tuple[int, str, str]] = {
    exceptions.ParseError: (400, "malformed-json", "The body can't be read as JSON"),
    exceptions.UnsupportedMediaType: (415, "unsupported-media-type", "Unsupported media type"),
    exceptions.MethodNotAllowed: (405, "method-not-allowed", "Method not allowed"),
    exceptions.NotAcceptable: (406, "not-acceptable", "Only JSON is served here"),
    exceptions.NotFound: (404, NotFound.code, NotFound.title),
    exceptions.NotAuthenticated: (401, NotSignedIn.code, NotSignedIn.title),
    exceptions.AuthenticationFailed: (
        401,
        AppCredentialsInvalid.code,
        AppCredentialsInvalid.title,
    ),
    exceptions.PermissionDenied: (403, Forbidden.code, Forbidden.title),
    Http404: (404, NotFound.code, NotFound.title),
    PermissionDenied: (403, Forbidden.code, Forbidden.title),
    RequestDataTooBig: (413, PayloadTooLarge.code, PayloadTooLarge.title),
    TooManyFieldsSent: (413, PayloadTooLarge.code, PayloadTooLarge.title),
    SuspiciousOperation: (400, "bad-request", "Bad request"),
}


def exception_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Renders what an endpoint raised; None lets a fault surface as a 500 (see `handler500`)."""
    request = context["request"]
    headers: dict[str, str] = {}
    more: dict[str, Any] = {}
    if isinstance(exc, exceptions.ValidationError):
        status, code, title = 400, "invalid", _("Some input is not valid")
        more["errors"] = list(_flatten(exc.detail))
        detail = ""
    elif isinstance(exc, Problem):
        status, code, title = exc.status_code, exc.code, str(exc.title)
        detail, more, headers = str(exc.detail), exc.extensions, exc.headers
    elif isinstance(exc.__cause__, QueryCanceled):
        log.warning("statement timed out")
        status, code, title = 503, "timed-out", "This takes too long at the moment"
        detail, headers = "", {"Retry-After": "5"}
    else:
        for known, found in _KNOWN.items():
            if isinstance(exc, known):
                status, code, title = found
                break
        else:
            return None
        detail = str(getattr(exc, "detail", ""))
    if status == HTTPStatus.UNAUTHORIZED:
        headers.setdefault("WWW-Authenticate", "Bearer")
    body = problem_body(request, status=status, code=code, title=title, detail=detail, **more)
    return Response(body, status=status, headers=headers, content_type=CONTENT_TYPE)


def no_such_endpoint(request: HttpRequest) -> HttpResponse:
    """Below /api/ even a development server answers in the API's shape."""
    return problem_response(request, status=404, code=NotFound.code, title=NotFound.title)


def handler404(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem_response(request, status=404, code=NotFound.code, title=NotFound.title)


def handler400(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem_response(request, status=400, code="bad-request", title="Bad request")


def handler403(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem_response(request, status=403, code=Forbidden.code, title=Forbidden.title)


def handler500(request: HttpRequest) -> HttpResponse:
    return problem_response(
        request,
        status=500,
        code="internal-error",
        title="Something went wrong on our side",
        detail="It has been recorded. Name the request id when you report it.",
    )
