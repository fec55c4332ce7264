"""The language of a page, from the request alone."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header

LANGUAGES = frozenset(code for code, _ in settings.LANGUAGES)


def language_of(request: HttpRequest) -> str:
    """The one chosen in the address, else the first that the browser wants and we speak."""
    chosen = request.GET.get("lang", "")
    if chosen in LANGUAGES:
        return chosen
    for wanted, _ in parse_accept_lang_header(request.headers.get("Accept-Language", "").lower()):
        if wanted.split("-")[0] in LANGUAGES:
            return wanted.split("-")[0]
    return settings.LANGUAGE_CODE


class LanguageMiddleware:
    """Starts each page in the visitor's language; a signed-in person's own replaces it later."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with translation.override(language_of(request), deactivate=True):
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language() or "")
        patch_vary_headers(response, ["Accept-Language"])
        return response
