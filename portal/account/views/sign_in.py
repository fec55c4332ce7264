"""In and out."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from portal.account.flows import AFTER_SIGN_IN, arrived, begun_only, carried, step_of_flow, trail
from portal.account.forms import SecondFactorForm, SignInForm
from portal.common.http import PortalRequest, page_with_form, see_other


@require_safe
def home(request: PortalRequest) -> HttpResponse:
    return redirect(AFTER_SIGN_IN if request.visitor.session_token else "account:sign-in")


@page_with_form
@step_of_flow
def sign_in(request: PortalRequest) -> HttpResponse:
    form = SignInForm(request.POST or None, initial=carried(request))
    if form.is_valid():
        with form.relaying():
            request.platform.auth.sign_in(**form.values)
            return arrived(request)
    return render(
        request, "account/sign_in.html", {"form": form, "trail": trail(request)}, status=form.status
    )


@page_with_form
@begun_only
@step_of_flow
def two_factor(request: PortalRequest) -> HttpResponse:
    form = SecondFactorForm(request.POST or None)
    if form.is_valid():
        with form.relaying():
            request.platform.auth.second_factor(**form.values)
            return arrived(request)
    return render(
        request,
        "account/two_factor.html",
        {"form": form, "trail": trail(request)},
        status=form.status,
    )


@require_POST
def sign_out(request: PortalRequest) -> HttpResponse:
    request.platform.auth.sign_out()
    return see_other("account:sign-in", notice="signed-out")
