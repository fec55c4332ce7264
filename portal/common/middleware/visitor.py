"""The visitor: what the request says of them, their line to the platform, and the `sid` cookie."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from portal.api_client import Platform, Viewer, Visitor
from portal.common.addresses import client_address
from portal.common.http import PortalRequest
from portal.common.middleware.language import LANGUAGES

COOKIE = "sid"
# How long a session lasts is the platform's to say, 90 days at most: the cookie outlives it.
COOKIE_AGE = 90 * 24 * 60 * 60
TOKEN = re.compile(r"[\x21-\x7e]{1,512}")
TRACEPARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")


class VisitorMiddleware:
    """Gives the view `visitor`, `platform` and `viewer`, and keeps the session token in `sid`.

    The cookie follows the visitor: whatever their token is when the page is done, it holds.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: PortalRequest) -> HttpResponse:
        cookie = request.COOKIES.get(COOKIE, "")
        traceparent = request.headers.get("traceparent", "")
        request.viewer = None
        request.markers = {}
        request.visitor = Visitor(
            session_token=cookie if TOKEN.fullmatch(cookie) else "",
            address=client_address(request),
            user_agent=request.headers.get("User-Agent", "")[:255],
            language=translation.get_language() or settings.LANGUAGE_CODE,
            request_id=request.request_id,
            traceparent=traceparent if TRACEPARENT.fullmatch(traceparent) else "",
        )
        request.platform = Platform(request.visitor, partial(welcome, request))
        response = self.get_response(request)
        token = request.visitor.session_token
        if token and token != cookie:
            response.set_cookie(
                COOKIE,
                token,
                max_age=COOKIE_AGE,
                httponly=True,
                secure=settings.SID_COOKIE_SECURE or request.is_secure(),
                samesite="Lax",
            )
        elif cookie and not token:
            response.delete_cookie(COOKIE, samesite="Lax")
        return response

    def process_view(
        self, request: PortalRequest, view: Any, args: Any, kwargs: dict[str, Any]
    ) -> None:
        """Takes the tenant from the address, before the view asks anything."""
        slug = kwargs.get("slug", "")
        request.visitor.tenant = slug
        if slug:
            structlog.contextvars.bind_contextvars(tenant=slug)


def welcome(request: PortalRequest, viewer: Viewer) -> None:
    """Turns the page over to the person whom the platform recognised."""
    request.viewer = viewer
    if viewer.person.language in LANGUAGES:
        translation.activate(viewer.person.language)
