"""Who one is, and in which language one reads."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from portal.account.forms import ProfileForm
from portal.common.http import PortalRequest, see_other


@require_http_methods(["GET", "POST"])
def profile(request: PortalRequest) -> HttpResponse:
    if request.method == "POST":
        form = ProfileForm(request.POST)
        if form.is_valid():
            with form.relaying():
                request.platform.me.update(**form.values, idempotency_key=form.key)
                return see_other("account:profile", notice="profile-saved")
    mine = request.platform.me.get()
    if request.method != "POST":
        form = ProfileForm(initial={"name": mine.person.name, "language": mine.person.language})
    return render(
        request,
        "account/profile.html",
        {"form": form, "mine": mine, "on_profile": True},
        status=form.status,
    )
