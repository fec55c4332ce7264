from django.urls import path

from backend.accounts.api import auth, me

urlpatterns = [
    path("auth/session/", auth.CurrentSession.as_view()),
    path("auth/login/", auth.Login.as_view()),
    path("auth/signup/", auth.Signup.as_view()),
    path("auth/email/verify/", auth.EmailVerification.as_view()),
    path("auth/email/verify/resend/", auth.EmailVerificationResend.as_view()),
    path("auth/password/request/", auth.PasswordResetCode.as_view()),
    path("auth/password/reset/", auth.PasswordReset.as_view()),
    path("auth/2fa/authenticate/", auth.SecondFactor.as_view()),
    path("auth/reauthenticate/", auth.Reauthentication.as_view()),
    path("auth/2fa/reauthenticate/", auth.SecondFactorReauthentication.as_view()),
    path("auth/account/password/", auth.PasswordChange.as_view()),
    path("auth/account/email/", auth.EmailChange.as_view()),
    path("auth/account/authenticators/", auth.Authenticators.as_view()),
    path("auth/account/authenticators/totp/", auth.Totp.as_view()),
    path("auth/account/authenticators/recovery-codes/", auth.RecoveryCodes.as_view()),
    path("me/", me.Me.as_view()),
    path("me/sessions/", me.MySessions.as_view()),
    path("me/sessions/<uuid:session_id>/", me.MySession.as_view()),
]
