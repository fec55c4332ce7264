"""The page for what couldn't be sent just now: nobody types it twice."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from portal.api_client.errors import PlatformError, RateLimited, Unexpected, Unreachable
from portal.common.error_pages import RETRY_AFTER, minutes_of
from portal.common.forms import RelayForm
from portal.common.http import PortalRequest
from portal.common.middleware.platform_errors import STATUS

PASSING = (Unreachable, RateLimited, Unexpected)
"""What is usually over soon."""
TYPED = ("subject", "body", "attachments", "reason")
CHOSEN = ("department", "priority")


def unsent(
    request: PortalRequest, slug: str, form: RelayForm, error: PlatformError
) -> HttpResponse:
    """The form alone, with all that was entered: it asks nobody anything.

    Its key stays, so that what did arrive after all isn't done twice.
    """
    wait = error.retry_after or RETRY_AFTER
    response = render(
        request,
        "tickets/unsent.html",
        {
            "slug": slug,
            "form": form,
            "typed": [form[name] for name in TYPED if name in form.fields and form[name].value()],
            "chosen": [form[name].as_hidden() for name in CHOSEN if name in form.fields],
            "limited": isinstance(error, RateLimited),
            "retry_minutes": minutes_of(wait),
        },
        status=STATUS[type(error)],
    )
    response.headers["Retry-After"] = str(wait)
    return response
