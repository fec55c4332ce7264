"""Two-step sign-in: setting it up, its recovery codes, switching it off.

The links to these pages lead through the password page: the platform asks for it anyway, and asking
after the app has been told its secret would be too late.
"""

from __future__ import annotations

import segno
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_POST

from portal.account.forms import DownloadCodesForm, TotpForm
from portal.common.forms import RelayForm
from portal.common.http import PortalRequest, know_viewer, page_with_form, see_other


@page_with_form
def set_up(request: PortalRequest) -> HttpResponse:
    if request.method == "POST":
        form = TotpForm(request.POST)
        if form.is_valid():
            with form.relaying():
                request.platform.auth.activate_totp(code=form.cleaned_data["code"])
                return see_other("account:recovery-codes", notice="two-factor-on")
        know_viewer(request)
    else:
        fresh = request.platform.auth.new_totp_secret()
        if fresh is None:
            return redirect("account:security")
        form = TotpForm(initial={"secret": fresh.secret, "totp_url": fresh.totp_url})
    secret = str(form["secret"].value() or "")[:64]
    totp_url = str(form["totp_url"].value() or "")[:512]
    return render(
        request,
        "account/two_factor_set_up.html",
        {
            "form": form,
            "picture": qr_code(totp_url),
            "groups": [secret[start : start + 4] for start in range(0, len(secret), 4)],
        },
        status=form.status,
    )


@page_with_form
def recovery_codes(request: PortalRequest) -> HttpResponse:
    """Shown once: right after they were made. They must not stand in an address, so no redirect."""
    auth = request.platform.auth
    codes = auth.make_recovery_codes() if request.method == "POST" else auth.recovery_codes()
    return render(
        request,
        "account/recovery_codes.html",
        {"codes": codes, "form": RelayForm(), "line": " ".join(codes.unused_codes)},
    )


@require_POST
def download_recovery_codes(request: PortalRequest) -> HttpResponse:
    """Hands back as a file what the page sent: the portal itself never knew."""
    form = DownloadCodesForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest()
    lines = form.cleaned_data["codes"].replace(" ", "\n") + "\n"
    return HttpResponse(
        lines,
        content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="tavola-recovery-codes.txt"'},
    )


@page_with_form
def switch_off(request: PortalRequest) -> HttpResponse:
    form = RelayForm(request.POST or None)
    if form.is_valid():
        with form.relaying():
            request.platform.auth.deactivate_totp()
            return see_other("account:security", notice="two-factor-off")
    know_viewer(request)
    return render(request, "account/two_factor_off.html", {"form": form}, status=form.status)


def qr_code(text: str) -> SafeString:
    """A picture for the authenticator app's camera; dark on light whatever the page's colours."""
    drawn = segno.make(text or " ", error="m").svg_inline(
        scale=5, border=3, dark="#000", light="#fff", omitsize=True
    )
    return mark_safe(drawn)  # noqa: S308 -- paths only; the text isn't in it
