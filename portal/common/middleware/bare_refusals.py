"""Refusals that Django's decorators answer with an empty body get a page."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseNotAllowed

from portal.common.error_pages import error_page


class BareRefusalsMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not isinstance(response, HttpResponseNotAllowed | HttpResponseBadRequest):
            return response
        if response.content:
            return response
        page = error_page(request, response.status_code)
        if "Allow" in response.headers:
            page.headers["Allow"] = response.headers["Allow"]
        return page
