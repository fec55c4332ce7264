"""Who one is, and in which language one reads."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from portal.account.flows import after_confirming
from portal.account.forms import ProfileForm
from portal.business.words import STATES
from portal.common.http import PortalRequest, page_with_form, see_other


@page_with_form
def profile(request: PortalRequest) -> HttpResponse:
    sent = ProfileForm(request.POST or None)
    if sent.is_valid():
        with sent.relaying():
            request.platform.me.update(**sent.values, idempotency_key=sent.key)
            return see_other("account:profile", notice="profile-saved")
    mine = request.platform.me.get()
    stored = {"name": mine.person.name, "language": mine.person.language}
    form = sent if sent.is_bound else ProfileForm(initial=stored)
    return render(
        request,
        "account/profile.html",
        {
            "form": form,
            "mine": mine,
            "memberships": [(each, STATES[each.state]) for each in mine.tenants],
            "on_profile": True,
            "email_url": after_confirming("account:email"),
        },
        status=form.status,
    )
