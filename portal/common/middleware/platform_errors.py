"""What the platform refuses or can't do, as pages. The one place where that is decided."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse

from portal.api_client.errors import (
    Conflict,
    Forbidden,
    Invalid,
    Missing,
    NotSignedIn,
    PlatformError,
    PreconditionFailed,
    RateLimited,
    StepNeeded,
    TooLarge,
    Unexpected,
    Unreachable,
)
from portal.common.error_pages import RETRY_AFTER, error_page
from portal.common.http import PortalRequest, see_other, way_back
from portal.common.steps import page_of

log = structlog.get_logger(__name__)

STATUS: dict[type[PlatformError], int] = {
    Forbidden: 403,
    Missing: 404,
    # A view that relays a form keeps these on it; here they are a form that nobody expected.
    Invalid: 400,
    Conflict: 409,
    PreconditionFailed: 412,
    TooLarge: 413,
    RateLimited: 429,
    Unexpected: 502,
    Unreachable: 503,
}
PAGES_OF_STATES = {
    "draft": "onboarding:resume",
    "provisioning": "onboarding:resume",
    "suspended": "business:state",
    "archived": "business:state",
}
WAITS = frozenset({429, 502, 503})


class PlatformErrorsMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(
        self, request: PortalRequest, exception: Exception
    ) -> HttpResponse | None:
        if isinstance(exception, StepNeeded):
            return see_other(page_of(exception), query={"next": way_back(request)})
        if isinstance(exception, NotSignedIn):
            return to_sign_in(request)
        if page := page_of_state(request, exception):
            return see_other(page, request.visitor.tenant, notice=notice_about(request))
        if isinstance(exception, PlatformError):
            status = STATUS[type(exception)]
            log.info("platform_error", error=type(exception).__name__, code=exception.code)
            wait = exception.retry_after or RETRY_AFTER if status in WAITS else None
            return error_page(request, status, retry_after=wait)
        return None


def page_of_state(request: PortalRequest, exception: Exception) -> str:
    """Where a business that isn't open says why not, and what is possible; else nothing.

    The platform says that it was the state; a page that turned the visitor away by itself knows
    only that they may not.
    """
    if not isinstance(exception, Forbidden) or exception.code not in {"", "tenant-state"}:
        return ""
    tenant = request.viewer.tenant if request.viewer else None
    page = PAGES_OF_STATES.get(tenant.state, "") if tenant else ""
    # Never from the very page that explains it to itself.
    return "" if request.resolver_match and request.resolver_match.view_name == page else page


def notice_about(request: PortalRequest) -> str:
    """Only where something else would have been possible: a closed business has but one page."""
    tenant = request.viewer.tenant if request.viewer else None
    return "state-forbids" if tenant and tenant.state == "suspended" else ""


def to_sign_in(request: PortalRequest) -> HttpResponse:
    """To the sign-in page and, after it, back. A session that is gone takes its cookie along."""
    ended = bool(request.visitor.session_token)
    request.visitor.session_token = ""
    return see_other(
        "account:sign-in",
        notice="session-ended" if ended else "",
        query={"next": way_back(request)},
    )
