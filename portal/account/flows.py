"""Several pages in a row that lead into a session, without anything kept between them.

The platform's pending session is what `sid` holds; where to go in the end, the language, and the
address that an invitation is for are in the address of each page.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse

from portal.api_client.errors import Conflict, NotSignedIn, StepNeeded
from portal.common.http import PortalRequest, local_path, see_other
from portal.common.middleware.language import LANGUAGES
from portal.common.steps import page_of

View = Callable[[PortalRequest], HttpResponse]
AFTER_SIGN_IN = "/t/"
LONGEST_EMAIL = 254


def carried(request: PortalRequest) -> dict[str, str]:
    """What each page of the row hands on to the next."""
    given = {
        "next": local_path(request.GET.get("next", "")),
        "lang": request.GET.get("lang", "") if request.GET.get("lang") in LANGUAGES else "",
        "email": request.GET.get("email", "")[:LONGEST_EMAIL],
    }
    return {name: value for name, value in given.items() if value}


def trail(request: PortalRequest) -> str:
    """The same, to be put behind an address."""
    words = carried(request)
    return f"?{urlencode(words)}" if words else ""


def arrived(request: PortalRequest, *, notice: str = "") -> HttpResponse:
    """Signed in: to where the visitor wanted to go in the first place."""
    return see_other(carried(request).get("next", AFTER_SIGN_IN), notice=notice)


def start_again(request: PortalRequest) -> HttpResponse:
    """Back to the first page: the row was broken, or took too long."""
    request.visitor.session_token = ""
    return see_other("account:sign-in", query=carried(request), notice="start-again")


def after_confirming(page: str) -> str:
    """The way to a page that is too delicate for a session left open on a table."""
    return f"{reverse('account:confirm')}?{urlencode({'next': reverse(page)})}"


def step_of_flow(view: View) -> View:
    """Leads to the page of the next step, and back to the first when the row is broken."""

    @wraps(view)
    def wrapped(request: PortalRequest) -> HttpResponse:
        try:
            return view(request)
        except StepNeeded as needed:
            return see_other(page_of(needed), query=carried(request))
        except NotSignedIn:
            return start_again(request)
        except Conflict as conflict:
            if conflict.code != "step-not-open":
                raise
            return start_again(request)

    return wrapped


def begun_only(view: View) -> View:
    """A later page of the row, for visitors who have taken the first."""

    @wraps(view)
    def wrapped(request: PortalRequest) -> HttpResponse:
        if not request.visitor.session_token:
            return see_other("account:sign-in", query=carried(request))
        return view(request)

    return wrapped
