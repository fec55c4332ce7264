"""The strictly read-only portal: for maintenance, or for show."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from portal.common.error_pages import RETRY_AFTER, error_page
from portal.common.http import SAFE_METHODS


class ReadOnlyMiddleware:
    """Refuses every unsafe method while `PORTAL_READ_ONLY` is set. Pages hide their forms by it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.PORTAL_READ_ONLY and request.method not in SAFE_METHODS:
            return error_page(request, 503, retry_after=RETRY_AFTER)
        return self.get_response(request)
