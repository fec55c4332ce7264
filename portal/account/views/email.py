"""Another address to sign in with: the form, then the code from its mailbox."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from portal.account.forms import ChangeEmailForm, ConfirmEmailForm
from portal.api_client.errors import Conflict
from portal.common.http import PortalRequest, know_viewer, page_with_form, see_other


@page_with_form
def change(request: PortalRequest) -> HttpResponse:
    form = ChangeEmailForm(request.POST or None)
    if form.is_valid():
        with form.relaying():
            request.platform.auth.change_email(**form.values)
            return see_other("account:email-confirm")
    know_viewer(request)
    return render(request, "account/email.html", {"form": form}, status=form.status)


@page_with_form
def confirm(request: PortalRequest) -> HttpResponse:
    form = ConfirmEmailForm(request.POST or None)
    if form.is_valid():
        try:
            with form.relaying():
                request.platform.auth.verify_email(**form.values)
                return see_other("account:profile", notice="email-changed")
        except Conflict:
            return start_again()
    pending = request.platform.auth.pending_email()
    if not pending:
        return start_again() if form.is_bound else redirect("account:profile")
    return render(
        request, "account/email_confirm.html", {"form": form, "email": pending}, status=form.status
    )


@require_POST
def resend(request: PortalRequest) -> HttpResponse:
    try:
        request.platform.auth.resend_email_code()
    except Conflict:
        return start_again()
    return see_other("account:email-confirm", notice="code-sent")


def start_again() -> HttpResponse:
    """The code was too old, or guessed at too often."""
    return see_other("account:email", notice="start-again")
