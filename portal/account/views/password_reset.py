"""A forgotten password. The pages are the same whether or not the address has an account."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from portal.account.flows import arrived, begun_only, carried, step_of_flow, trail
from portal.account.forms import ResetConfirmForm, ResetRequestForm
from portal.common.http import PortalRequest, page_with_form, see_other


@page_with_form
@step_of_flow
def reset(request: PortalRequest) -> HttpResponse:
    form = ResetRequestForm(request.POST or None)
    if form.is_valid():
        with form.relaying():
            request.platform.auth.request_reset(**form.values)
            return see_other("account:reset-confirm", query=carried(request))
    return render(
        request, "account/reset.html", {"form": form, "trail": trail(request)}, status=form.status
    )


@page_with_form
@begun_only
@step_of_flow
def reset_confirm(request: PortalRequest) -> HttpResponse:
    form = ResetConfirmForm(request.POST or None)
    if form.is_valid():
        with form.relaying():
            request.platform.auth.reset(**form.values)
            return arrived(request, notice="password-changed")
    return render(
        request,
        "account/reset_confirm.html",
        {"form": form, "trail": trail(request)},
        status=form.status,
    )
