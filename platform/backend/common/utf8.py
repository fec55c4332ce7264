"""Forms are read as UTF-8, whatever the request says of itself."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class Utf8Middleware:
    """Forgets the charset in `Content-Type`: JSON has none, and browsers' forms are UTF-8.

    Django would decode with any codec that Python knows: Punycode takes minutes over what the
    limits let in, and IDNA fails.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.encoding is not None:
            request.encoding = "utf-8"
        return self.get_response(request)
