"""What guards the account: password, second step, the devices that are signed in."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from portal.account.devices import browser_of, system_of
from portal.account.flows import after_confirming, carried
from portal.account.forms import ChangePasswordForm, ConfirmForm
from portal.api_client import parallel
from portal.common.http import PortalRequest, know_viewer, page_with_form, see_other


@require_safe
def security(request: PortalRequest) -> HttpResponse:
    authenticators, sessions = parallel(
        request.platform.auth.authenticators, request.platform.me.sessions
    )
    by_type = {each.type: each for each in authenticators}
    devices = [
        {
            "session": each,
            "browser": browser_of(each.user_agent),
            "system": system_of(each.user_agent),
        }
        for each in sessions
    ]
    return render(
        request,
        "account/security.html",
        {
            "on_security": True,
            "totp": by_type.get("totp"),
            "recovery_codes": by_type.get("recovery_codes"),
            "devices": devices,
            "others": len(devices) > 1,
            "set_up_url": after_confirming("account:two-factor-set-up"),
            "switch_off_url": after_confirming("account:two-factor-off"),
            "recovery_codes_url": after_confirming("account:recovery-codes"),
        },
    )


@page_with_form
def password(request: PortalRequest) -> HttpResponse:
    form = ChangePasswordForm(request.POST or None)
    if form.is_valid():
        with form.relaying():
            request.platform.auth.change_password(**form.values)
            return see_other("account:security", notice="password-changed")
    know_viewer(request)
    return render(request, "account/password.html", {"form": form}, status=form.status)


@page_with_form
def confirm(request: PortalRequest) -> HttpResponse:
    """The password once more, before what matters."""
    form = ConfirmForm(request.POST or None)
    if form.is_valid():
        with form.relaying():
            request.platform.auth.confirm_password(**form.values)
            return see_other(carried(request).get("next", "account:security"))
    know_viewer(request)
    return render(request, "account/confirm.html", {"form": form}, status=form.status)


@require_POST
def end_session(request: PortalRequest, session_id: UUID) -> HttpResponse:
    request.platform.me.end_session(session_id)
    return see_other("account:security", notice="session-closed")


@require_POST
def end_other_sessions(request: PortalRequest) -> HttpResponse:
    request.platform.me.end_other_sessions()
    return see_other("account:security", notice="sessions-closed")
