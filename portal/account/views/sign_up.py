"""A new account: the form, then the code from the email."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_POST

from portal.account.flows import arrived, begun_only, carried, step_of_flow, trail
from portal.account.forms import EmailCodeForm, SignUpForm
from portal.common.http import PortalRequest, page_with_form, see_other


@page_with_form
@step_of_flow
def sign_up(request: PortalRequest) -> HttpResponse:
    invited = {"email": carried(request).get("email", "")}
    form = SignUpForm(request.POST or None, initial={"language": get_language(), **invited})
    if form.is_valid():
        with form.relaying():
            request.platform.auth.sign_up(**form.values)
            return arrived(request)
    return render(
        request, "account/sign_up.html", {"form": form, "trail": trail(request)}, status=form.status
    )


@page_with_form
@begun_only
@step_of_flow
def verify(request: PortalRequest) -> HttpResponse:
    form = EmailCodeForm(request.POST or None)
    if form.is_valid():
        with form.relaying():
            request.platform.auth.verify_email(**form.values)
            return arrived(request, notice="welcome")
    return render(
        request, "account/verify.html", {"form": form, "trail": trail(request)}, status=form.status
    )


@require_POST
@begun_only
@step_of_flow
def resend(request: PortalRequest) -> HttpResponse:
    request.platform.auth.resend_email_code()
    return see_other("account:verify", query=carried(request), notice="code-sent")
