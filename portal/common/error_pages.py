"""Every page that says that something isn't as wished."""

from __future__ import annotations

from math import ceil

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from portal.common.http import SAFE_METHODS, way_back

RETRY_AFTER = 30
"""Seconds after which a visitor is asked to try again, when nothing better is known."""

LONG_WAIT = 90
"""Seconds from which on a wait is told in minutes."""


def error_page(
    request: HttpRequest, status: int, *, page: str = "", retry_after: int | None = None
) -> HttpResponse:
    """The page for `status`, or a more telling `page`, with the logs' reference on it."""
    response = render(
        request,
        [f"common/errors/{page or status}.html", f"ui/errors/{status}.html"],
        {
            "request_id": getattr(request, "request_id", ""),
            "retry_after": retry_after,
            "retry_minutes": minutes_of(retry_after),
            "form_url": "" if request.method in SAFE_METHODS else way_back(request),
        },
        status=status,
    )
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    return response


def minutes_of(seconds: int | None) -> int | None:
    """A long wait in whole minutes; None for a short one, or none."""
    return ceil(seconds / 60) if seconds and seconds > LONG_WAIT else None


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 403)


def missing(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 404)


def broken(request: HttpRequest) -> HttpResponse:
    return error_page(request, 500)
