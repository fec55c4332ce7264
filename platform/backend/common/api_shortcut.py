"""Answers the API without the middleware that serves browsers."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponse
from django.urls import resolve


class ApiShortcutMiddleware:
    """Calls the API's views directly; everything else goes on through the middleware below.

    What stands below is about cookies, forms, sessions, messages and pages, of which the API has
    none. Together they took a tenth of a list's time. Signing in goes through it all: its library
    needs a session.
    """

    API = "/api/v1/"
    SIGNING_IN = "/api/v1/auth/"

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.answer = convert_exception_to_response(self.call_view)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        path = request.path_info
        if path.startswith(self.API) and not path.startswith(self.SIGNING_IN):
            return cast("HttpResponse", self.answer(request))
        return self.get_response(request)

    @staticmethod
    def call_view(request: HttpRequest) -> HttpResponse:
        match = resolve(request.path_info)
        request.resolver_match = match
        return cast("HttpResponse", match.func(request, *match.args, **match.kwargs))
