"""What is sent here fits in memory, or is refused before it is read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from portal.common.error_pages import error_page


class BodyLimitMiddleware:
    """A view that takes whole files says so: see `takes_large_bodies`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        limit = getattr(view, "body_limit", settings.REQUEST_BODY_LIMIT)
        return error_page(request, 413) if body_length(request) > limit else None


def body_length(request: HttpRequest) -> int:
    """In bytes, as the request announces it."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    return int(length) if length.isdigit() else 0
