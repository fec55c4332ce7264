"""One line a request, and one id that follows it to the platform and back to the visitor."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable
from http import HTTPStatus

import structlog
from django.http import HttpRequest, HttpResponse

from portal.common.http import PortalRequest

log = structlog.get_logger("portal.access")

# Asked every few seconds; only what is not well is worth a line.
HEALTH = "/health/"
GIVEN_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")


def request_id_of(request: HttpRequest) -> str:
    """The id that a proxy gave, if it looks like one, else a new one."""
    given = request.headers.get("X-Request-ID", "")
    return given if GIVEN_ID.fullmatch(given) else uuid.uuid4().hex


class RequestLogMiddleware:
    """Names the request in every line that is logged while it is served.

    The route is logged, not the address: addresses carry what people search for.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: PortalRequest) -> HttpResponse:
        started = time.perf_counter()
        request_id = request.request_id = request_id_of(request)
        # Threads serve one request after the other: nothing of the last one may be in the lines
        # of this one.
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        response = self.get_response(request)
        response.headers["X-Request-ID"] = request_id
        if request.path.startswith(HEALTH) and response.status_code == HTTPStatus.OK:
            return response
        match = request.resolver_match
        log.info(
            "request",
            method=request.method,
            route=match.route if match else "",
            status=response.status_code,
            ms=round((time.perf_counter() - started) * 1000, 1),
        )
        return response
