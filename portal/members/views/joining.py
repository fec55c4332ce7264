"""The page that an invitation's link opens.

Its address is a secret of whoever got the mail: it isn't logged (only routes are), and no page that
is reached from here is told where the visitor came from.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from portal.api_client.errors import Conflict, Forbidden, Missing, NotSignedIn
from portal.common.forms import RelayForm
from portal.common.http import PortalRequest, page_with_form, see_other
from portal.members.roles import SENTENCES

CLOSED: Final = {"invitation-not-found", "invitation-over", "tenant-state", "limit-reached"}


def secret_address(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def wrapped(*args: Any, **kwargs: Any) -> HttpResponse:
        response = view(*args, **kwargs)
        # Not "no-referrer", for the reason given in the settings.
        response.headers["Referrer-Policy"] = "strict-origin"
        return response

    return wrapped


@secret_address
@page_with_form
def invitation(request: PortalRequest, token: str) -> HttpResponse:
    form = RelayForm(request.POST or None)
    if form.is_valid():
        return _accept(request, token, form.key)
    try:
        preview = request.platform.invitations.preview(token)
    except (Missing, Forbidden) as error:
        return _closed(request, error)
    here = reverse("invitations:invitation", args=[token])
    return render(
        request,
        "members/invitation.html",
        {
            "token": token,
            "invitation": preview,
            "sentence": SENTENCES[preview.role],
            "is_theirs": request.viewer and request.viewer.person.email == preview.email,
            "trail": f"?{urlencode({'next': here, 'email': preview.email})}",
            "form": form,
        },
    )


@secret_address
@require_POST
def sign_out(request: PortalRequest, token: str) -> HttpResponse:
    """For who is signed in with another address than the invited one."""
    request.platform.auth.sign_out()
    return see_other("invitations:invitation", token)


def _accept(request: PortalRequest, token: str, key: str) -> HttpResponse:
    try:
        joined = request.platform.invitations.accept(token, idempotency_key=key)
    except Conflict as conflict:
        if conflict.code == "limit-reached":
            return _closed(request, conflict)
        if conflict.code != "member-already":
            raise
        slug = conflict.problem.extensions["slug"]
        return see_other("dashboard:home", slug, notice="business-joined-before")
    except (NotSignedIn, Missing, Forbidden):
        # The page itself says what stands in the way, and what to do.
        return see_other("invitations:invitation", token)
    return see_other("dashboard:home", joined.slug, notice="business-joined")


def _closed(request: PortalRequest, error: Missing | Forbidden | Conflict) -> HttpResponse:
    """Words for a link that opens nothing, or nothing at the moment."""
    if error.code not in CLOSED:
        raise error
    return render(
        request,
        "members/invitation_closed.html",
        {"code": error.code},
        status=error.problem.status,
    )
