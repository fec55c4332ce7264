"""Asking people in, as somebody of the business."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from portal.api_client.errors import Conflict, Missing, RateLimited
from portal.common.abilities import need
from portal.common.forms import RelayForm, new_key
from portal.common.http import PortalRequest, page_with_form, see_other
from portal.members.forms import InviteForm

TOO_OFTEN = _("There were many invitations in a short time. Please wait an hour before the next.")
# What the list says of them.
CONFLICTS: Final = {
    "member-already": "invitation-of-member",
    "limit-reached": "invitation-beyond-plan",
}


@page_with_form
def invite(request: PortalRequest, slug: str) -> HttpResponse:
    form = InviteForm(request.POST or None)
    if form.is_valid():
        try:
            with form.relaying():
                request.platform.invitations.create(**form.values, idempotency_key=form.key)
                return see_other("members:list", slug, notice="person-invited")
        except RateLimited:
            form.add_error(None, TOO_OFTEN)
    page = request.platform.members.list(limit=1)
    need("invite", page.can)
    form.offer(page.assignable_roles)
    return render(request, "members/invite.html", {"slug": slug, "form": form}, status=form.status)


@require_POST
def send_again(request: PortalRequest, slug: str, invitation_id: UUID) -> HttpResponse:
    form = RelayForm(request.POST)
    key = form.key if form.is_valid() else new_key()

    def send() -> None:
        request.platform.invitations.send_again(invitation_id, idempotency_key=key)

    return _done(slug, send, "invitation-sent-again")


@require_POST
def withdraw(request: PortalRequest, slug: str, invitation_id: UUID) -> HttpResponse:
    return _done(
        slug,
        lambda: request.platform.invitations.withdraw(invitation_id),
        "invitation-withdrawn",
    )


def _done(slug: str, do: Callable[[], None], notice: str) -> HttpResponse:
    """Back to the list, which says what came of it."""
    try:
        do()
    except Missing as missing:
        if missing.code != "invitation-not-found":
            raise
        notice = "invitation-closed"
    except Conflict as conflict:
        if conflict.code not in CONFLICTS:
            raise
        notice = CONFLICTS[conflict.code]
    except RateLimited:
        notice = "invitation-mailed-often"
    return see_other("members:list", slug, notice=notice)
