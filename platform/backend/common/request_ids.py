"""A request's id: taken from the caller or made, bound to every log line, and sent back."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from http import HTTPStatus

import structlog
from django.http import HttpRequest, HttpResponse
from uuid_utils.compat import uuid7

_ACCEPTABLE = re.compile(r"[A-Za-z0-9._-]{8,128}")
_TRACEPARENT = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")

# Asked every few seconds; only what is not well is worth a line.
HEALTH = "/health/"

log = structlog.get_logger("access")


class RequestIdMiddleware:
    """Outermost: whatever goes wrong further in, the reply and the access line carry the id."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        request_id = given if _ACCEPTABLE.fullmatch(given) else str(uuid7())
        request.request_id = request_id  # type: ignore[attr-defined]
        structlog.contextvars.clear_contextvars()
        context = {"request_id": request_id}
        traceparent = request.META.get("HTTP_TRACEPARENT", "")
        if _TRACEPARENT.fullmatch(traceparent):
            context["trace_id"] = traceparent[3:35]
        structlog.contextvars.bind_contextvars(**context)
        response = self.get_response(request)
        response["X-Request-ID"] = request_id
        if request.path.startswith(HEALTH) and response.status_code == HTTPStatus.OK:
            return response
        log.info(
            "request",
            method=request.method,
            # The path alone: a query string may hold a name that was searched for.
            path=request.path,
            status=response.status_code,
            ms=round((time.perf_counter() - started) * 1000, 1),
        )
        return response
