"""Addresses of the account: before, during and after a session."""

from django.urls import path

from portal.account.views import (
    email,
    password_reset,
    profile,
    security,
    sign_in,
    sign_up,
    two_factor,
)

app_name = "account"

urlpatterns = [
    path("", sign_in.home, name="home"),
    path("sign-in/", sign_in.sign_in, name="sign-in"),
    path("sign-in/two-factor/", sign_in.two_factor, name="two-factor"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
    path("sign-up/", sign_up.sign_up, name="sign-up"),
    path("sign-up/verify/", sign_up.verify, name="verify"),
    path("sign-up/verify/resend/", sign_up.resend, name="resend"),
    path("password-reset/", password_reset.reset, name="reset"),
    path("password-reset/confirm/", password_reset.reset_confirm, name="reset-confirm"),
    path("account/", profile.profile, name="profile"),
    path("account/email/", email.change, name="email"),
    path("account/email/confirm/", email.confirm, name="email-confirm"),
    path("account/email/resend/", email.resend, name="email-resend"),
    path("account/confirm/", security.confirm, name="confirm"),
    path("account/security/", security.security, name="security"),
    path("account/security/password/", security.password, name="password"),
    path("account/security/two-factor/", two_factor.set_up, name="two-factor-set-up"),
    path("account/security/two-factor/off/", two_factor.switch_off, name="two-factor-off"),
    path("account/security/recovery-codes/", two_factor.recovery_codes, name="recovery-codes"),
    path(
        "account/security/recovery-codes.txt",
        two_factor.download_recovery_codes,
        name="recovery-codes-file",
    ),
    path("account/security/sessions/others/end/", security.end_other_sessions, name="end-others"),
    path(
        "account/security/sessions/<uuid:session_id>/end/",
        security.end_session,
        name="end-session",
    ),
]
