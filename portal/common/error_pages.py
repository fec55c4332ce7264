"""Every page that says that something isn't as wished."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

RETRY_AFTER = 30
"""Seconds after which a visitor is asked to try again, when nothing better is known."""


def error_page(
    request: HttpRequest, status: int, *, retry_after: int | None = None, **context: Any
) -> HttpResponse:
    """The page for `status`, with the reference under which the logs have it."""
    visitor = getattr(request, "visitor", None)
    response = render(
        request,
        [f"ui/errors/{status}.html", f"common/errors/{status}.html"],
        {
            "request_id": visitor.request_id if visitor else "",
            "retry_after": retry_after,
            **context,
        },
        status=status,
    )
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 403)


def missing(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 404)


def broken(request: HttpRequest) -> HttpResponse:
    return error_page(request, 500)
