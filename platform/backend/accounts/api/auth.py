"""Signing up, in and out, and what guards an account."""

from __future__ import annotations

from django.http import HttpResponse
from rest_framework.request import Request

from backend.accounts import attempts
from backend.accounts.api import serializers, steps
from backend.accounts.api.relay import AuthView
from backend.accounts.api.schema import operation


class CurrentSession(AuthView):
    step = steps.SessionView

    @operation("session_retrieve", response=serializers.AuthenticatedSerializer)
    def get(self, request: Request) -> HttpResponse:
        """Who is signed in, or what the next step is (401)."""
        return self.relay(request)

    @operation("session_destroy")
    def delete(self, request: Request) -> HttpResponse:
        """Sign out. The session is deleted at once."""
        return self.relay(request)


class Login(AuthView):
    step = steps.LoginView
    guess = "password"
    takes = {"POST": serializers.LoginRequest}
    limits = (attempts.PASSWORD_GUESS_FROM_ADDRESS, attempts.PASSWORD_GUESS)

    @operation(
        "login", request=serializers.LoginRequest, response=serializers.AuthenticatedSerializer
    )
    def post(self, request: Request) -> HttpResponse:
        """Sign in with a password; 401 `authentication-pending` asks for a code."""
        return self.relay(request)


class Signup(AuthView):
    step = steps.SignupView
    takes = {"POST": serializers.SignupRequest}
    limits = (attempts.SIGN_UP, attempts.MAIL_TO_TYPED_ACCOUNT)

    @operation(
        "signup", request=serializers.SignupRequest, response=serializers.AuthenticatedSerializer
    )
    def post(self, request: Request) -> HttpResponse:
        """Make an account; 401 `authentication-pending` asks for the emailed code.

        The same answer is given for an address that has an account: its owner gets a mail.
        """
        return self.relay(request)


class EmailVerification(AuthView):
    step = steps.VerifyEmailView
    takes = {"POST": serializers.KeyRequest}
    limits = (attempts.EMAIL_CODE_GUESS,)

    @operation(
        "email_verify", request=serializers.KeyRequest, response=serializers.AuthenticatedSerializer
    )
    def post(self, request: Request) -> HttpResponse:
        """Confirm the address with the emailed code."""
        return self.relay(request)


class EmailVerificationResend(AuthView):
    step = steps.ResendEmailVerificationCodeView
    limits = (attempts.MAIL_FROM_ADDRESS, attempts.MAIL_TO_ACCOUNT_TO_VERIFY)

    @operation(
        "email_verify_resend",
        request=serializers.Nothing,
        response=serializers.DoneSerializer,
    )
    def post(self, request: Request) -> HttpResponse:
        """Mail a new code; the one before is void."""
        return self.relay(request)


class PasswordResetCode(AuthView):
    step = steps.RequestPasswordResetView
    takes = {"POST": serializers.EmailRequest}
    limits = (attempts.MAIL_FROM_ADDRESS, attempts.MAIL_TO_TYPED_ACCOUNT)

    @operation(
        "password_request",
        request=serializers.EmailRequest,
        response=serializers.AuthenticatedSerializer,
    )
    def post(self, request: Request) -> HttpResponse:
        """Mail a code for a new password: 401 `authentication-pending`, known address or not."""
        return self.relay(request)


class PasswordReset(AuthView):
    step = steps.ResetPasswordView
    takes = {"POST": serializers.PasswordResetRequest}
    limits = (attempts.RESET_CODE_GUESS,)

    @operation(
        "password_reset",
        request=serializers.PasswordResetRequest,
        response=serializers.AuthenticatedSerializer,
    )
    def post(self, request: Request) -> HttpResponse:
        """Set a new password with the emailed code, and go on signing in with it."""
        return self.relay(request)


class SecondFactor(AuthView):
    step = steps.AuthenticateView
    guess = "second-factor"
    takes = {"POST": serializers.CodeRequest}
    limits = (attempts.SECOND_FACTOR_GUESS,)

    @operation(
        "2fa_authenticate",
        request=serializers.CodeRequest,
        response=serializers.AuthenticatedSerializer,
    )
    def post(self, request: Request) -> HttpResponse:
        """Finish a sign-in with a code from the authenticator app or a recovery code."""
        return self.relay(request)


class Reauthentication(AuthView):
    step = steps.ReauthenticateView
    guess = "confirmation"
    takes = {"POST": serializers.PasswordRequest}
    limits = (attempts.PASSWORD_GUESS_FROM_ADDRESS, attempts.OWN_PASSWORD_GUESS)

    @operation(
        "reauthenticate",
        request=serializers.PasswordRequest,
        response=serializers.AuthenticatedSerializer,
    )
    def post(self, request: Request) -> HttpResponse:
        """Confirm with the password that it is still the same person."""
        return self.relay(request)


class SecondFactorReauthentication(AuthView):
    step = steps.MfaReauthenticateView
    guess = "confirmation"
    takes = {"POST": serializers.CodeRequest}
    limits = (attempts.OWN_SECOND_FACTOR_GUESS,)

    @operation(
        "2fa_reauthenticate",
        request=serializers.CodeRequest,
        response=serializers.AuthenticatedSerializer,
    )
    def post(self, request: Request) -> HttpResponse:
        """Confirm with a code that it is still the same person."""
        return self.relay(request)


class PasswordChange(AuthView):
    step = steps.ChangePasswordView
    guess = "confirmation"
    takes = {"POST": serializers.PasswordChangeRequest}
    limits = (attempts.PASSWORD_GUESS_FROM_ADDRESS, attempts.OWN_PASSWORD_GUESS)

    @operation(
        "account_password",
        request=serializers.PasswordChangeRequest,
        response=serializers.AuthenticatedSerializer,
    )
    def post(self, request: Request) -> HttpResponse:
        """Change the password. All other sessions end; this one goes on under a new token."""
        return self.relay(request)


class EmailChange(AuthView):
    step = steps.ChangeEmailView
    takes = {"POST": serializers.EmailRequest}
    limits = (attempts.MAIL_FROM_ADDRESS, attempts.MAIL_TO_TYPED_ACCOUNT)

    @operation("account_email_list", response=serializers.EmailAddressesSerializer)
    def get(self, request: Request) -> HttpResponse:
        """The person's address, and the new one while it waits for its code."""
        return self.relay(request)

    @operation(
        "account_email_change",
        request=serializers.EmailRequest,
        response=serializers.EmailAddressesSerializer,
    )
    def post(self, request: Request) -> HttpResponse:
        """Mail a code to the new address; `auth/email/verify/` takes it and makes the change.

        The same answer is given for an address that has an account: its owner gets a mail. After
        the change the old address is told, and all other sessions end.
        """
        return self.relay(request)


class Authenticators(AuthView):
    step = steps.AuthenticatorsView

    @operation("account_authenticators", response=serializers.AuthenticatorsSerializer)
    def get(self, request: Request) -> HttpResponse:
        """The person's second factors."""
        return self.relay(request)


class Totp(AuthView):
    step = steps.ManageTOTPView
    records = {"POST": "person.second-factor-added", "DELETE": "person.second-factor-removed"}
    takes = {"POST": serializers.CodeRequest}
    limits = (attempts.OWN_SECOND_FACTOR_GUESS,)

    @operation("account_totp_retrieve", response=serializers.AuthenticatorSerializer)
    def get(self, request: Request) -> HttpResponse:
        """The authenticator app; if there is none, 404 with a `secret` to enrol one with."""
        return self.relay(request)

    @operation(
        "account_totp_create",
        request=serializers.CodeRequest,
        response=serializers.AuthenticatorSerializer,
    )
    def post(self, request: Request) -> HttpResponse:
        """Enrol the authenticator app with a code that it shows. Recovery codes are made too."""
        return self.relay(request)

    @operation("account_totp_destroy", response=serializers.DoneSerializer)
    def delete(self, request: Request) -> HttpResponse:
        """Turn two-factor sign-in off; the recovery codes go with it."""
        return self.relay(request)


class RecoveryCodes(AuthView):
    step = steps.ManageRecoveryCodesView
    records = {"POST": "person.recovery-codes-made"}

    @operation("account_recovery_codes_retrieve", response=serializers.RecoveryCodesSerializer)
    def get(self, request: Request) -> HttpResponse:
        """The recovery codes that are still unused."""
        return self.relay(request)

    @operation(
        "account_recovery_codes_create",
        request=serializers.Nothing,
        response=serializers.RecoveryCodesSerializer,
    )
    def post(self, request: Request) -> HttpResponse:
        """Make new recovery codes; the old ones are void."""
        return self.relay(request)
