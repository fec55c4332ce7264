"""Cross-site writes are refused by what browsers say themselves, so no token and no cookie."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from portal.common.error_pages import error_page
from portal.common.http import SAFE_METHODS

log = structlog.get_logger(__name__)


class SameOriginWritesMiddleware:
    """OWASP's fetch-metadata defence, on every unsafe method, sign-in included."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in SAFE_METHODS or comes_from_here(request):
            return self.get_response(request)
        log.warning("cross_site_write_refused", method=request.method)
        return error_page(request, 403, page="cross_site")


def comes_from_here(request: HttpRequest) -> bool:
    """Whether a page of this very origin sent it, or a person by hand ("none").

    `Sec-Fetch-Site` can't be forged by a page, but is absent on plain http; then `Origin` has to
    name this host. With neither, nobody vouches for it.
    """
    origin = request.headers.get("Origin", "")
    if origin in settings.TRUSTED_ORIGINS:
        return True
    if site := request.headers.get("Sec-Fetch-Site"):
        return site in {"same-origin", "none"}
    return origin.partition("://")[2] == request.get_host()
