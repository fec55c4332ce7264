"""Leaving a business, whatever one's role and the state that the business is in."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from portal.api_client.errors import Missing
from portal.common.http import PortalRequest, know_viewer, page_with_form, see_other
from portal.members.forms import LeaveForm


@page_with_form
def leave(request: PortalRequest, slug: str) -> HttpResponse:
    form = LeaveForm(request.POST or None)
    if form.is_valid():
        with form.relaying():
            request.platform.members.leave(slug, idempotency_key=form.key)
            return see_other("dashboard:tenants", notice="business-left")
    know_viewer(request)
    if request.viewer is None or request.viewer.tenant is None:
        raise Missing
    return render(request, "members/leave.html", {"slug": slug, "form": form}, status=form.status)
