"""allauth's headless views, made strict: each is one step of a flow.

They get their input checked for shape (see `serializers`), never from the request's body.
"""

from __future__ import annotations

from typing import Any, cast

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.email_verification_by_code import EmailVerificationProcess
from allauth.account.internal.flows.manage_email import add_email
from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from allauth.account.models import EmailAddress
from allauth.headless.account import inputs, views
from allauth.headless.account.response import EmailAddressesResponse
from allauth.headless.base.response import ConflictResponse
from allauth.headless.base.views import AuthenticatedAPIView
from allauth.headless.internal.restkit.inputs import CharField, ChoiceField
from allauth.headless.mfa import inputs as mfa_inputs
from allauth.headless.mfa import views as mfa_views
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse

from backend.accounts.email_change import begin_in_vain, is_somebodys
from backend.accounts.models import Person
from backend.accounts.second_factor import has_second_factor, use_code
from backend.common.identifiers import new_id


class Shaped:
    """Hands allauth the input that was checked already."""

    def _parse_json(self, request: HttpRequest) -> dict[str, Any] | None:
        return request.shaped  # type: ignore[attr-defined] # set by the relay


class LoginInput(inputs.LoginInput):
    password = CharField(strip=False)


class LoginView(Shaped, views.LoginView):
    input_class = LoginInput


class SignupInput(inputs.SignupInput):
    """Takes as long, and answers the same, for an address that has an account already."""

    account_already_exists: bool
    password = CharField(strip=False)
    name = CharField()
    language = ChoiceField(choices=Person.Language.choices)

    def clean_password(self) -> str:
        return str(self.cleaned_data["password"])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        person = Person(email=cleaned.get("email", ""), name=cleaned.get("name", ""))
        if "password" in cleaned:
            try:
                get_adapter().clean_password(cleaned["password"], user=person)
            except ValidationError as error:
                self.add_error("password", error)
        return cleaned

    def try_save(self, request: HttpRequest) -> tuple[Person | None, HttpResponse | None]:
        if self.account_already_exists:
            self._make_an_account_in_vain()
            return super().try_save(request)
        try:
            with transaction.atomic():
                return super().try_save(request)
        except IntegrityError:
            # Somebody signed up with the same address since it was looked for.
            self.account_already_exists = True
            return super().try_save(request)

    def _make_an_account_in_vain(self) -> None:
        """Hash and write as for a new account, and undo it, so that time doesn't tell either."""
        person = Person(
            email=f"{new_id().hex}@in-vain.invalid",
            name=self.cleaned_data["name"],
            language=self.cleaned_data["language"],
        )
        person.set_password(self.cleaned_data["password"])
        with transaction.atomic():
            person.register()
            transaction.set_rollback(True)


class SignupView(Shaped, views.SignupView):
    input_class = {"POST": SignupInput}


class SessionView(Shaped, views.SessionView):
    def delete(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        get_adapter().logout(request)
        return HttpResponse(status=204)


class VerifyEmailView(Shaped, views.VerifyEmailView):
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            with transaction.atomic():
                return super().post(request, *args, **kwargs)
        except IntegrityError:
            # Somebody else has an account with the address since the code was mailed.
            return ConflictResponse(request)


class ChangeEmailInput(inputs.AddEmailInput):
    def save(self, request: HttpRequest) -> EmailAddress:
        email = self.cleaned_data["email"]
        if is_somebodys(email):
            begin_in_vain(request, email)
            return EmailAddress(email=email)
        return super().save(request)


class ChangeEmailView(Shaped, AuthenticatedAPIView, views.ManageEmailView):
    input_class = {"POST": ChangeEmailInput}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The address, and the one that a code is awaited from, whoever's that may be."""
        addresses = list(EmailAddress.objects.filter(user=self.user).order_by("-primary", "pk"))
        if pending := EmailVerificationProcess.resume(request):
            addresses.append(EmailAddress(email=pending.email))
        return EmailAddressesResponse(request, addresses)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        add_email(request, self.input)
        return self.get(request)


class ResendEmailVerificationCodeView(Shaped, views.ResendEmailVerificationCodeView):
    pass


class RequestPasswordResetView(Shaped, views.RequestPasswordResetView):
    pass


class ResetPasswordInput(inputs.ResetPasswordInput):
    """Judges the new password only under a good code: its faults could tell of the account."""

    password = CharField(strip=False)

    def clean(self) -> dict[str, Any] | None:
        return None if "key" in self.errors else super().clean()


class ResetPasswordView(Shaped, views.ResetPasswordView):
    input_class = ResetPasswordInput

    def get_input_kwargs(self) -> dict[str, Any]:
        """A code that was mailed to an address which is no longer the person's is good no more."""
        given: dict[str, Any] = super().get_input_kwargs()
        person = given["user"]
        if person and person.email != Person.normalise_email(self.process.state["email"]):
            given["code"] = ""
        return given


class ChangePasswordInput(inputs.ChangePasswordInput):
    current_password = CharField(strip=False, required=False)
    new_password = CharField(strip=False)


class ChangePasswordView(Shaped, views.ChangePasswordView):
    input_class = ChangePasswordInput


class ReauthenticateView(Shaped, views.ReauthenticateView):
    pass


class _SpendsCode:
    """A code that was accepted once is never accepted again, in whatever process."""

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]  # type: ignore[attr-defined]
        authenticator = use_code(self.user, code)  # type: ignore[attr-defined]
        if authenticator is None:
            raise get_adapter().validation_error("incorrect_code")
        self.authenticator = authenticator
        return code


class AuthenticateInput(_SpendsCode, mfa_inputs.AuthenticateInput):
    pass


class AuthenticateView(Shaped, mfa_views.AuthenticateView):
    input_class = AuthenticateInput

    def handle(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # allauth would say that nobody is signed in.
        if request.user.is_authenticated:
            return ConflictResponse(request)
        return super().handle(request, *args, **kwargs)


class MfaReauthenticateInput(_SpendsCode, mfa_inputs.ReauthenticateInput):
    pass


class MfaReauthenticateView(Shaped, mfa_views.ReauthenticateView):
    input_class = MfaReauthenticateInput


class AuthenticatorsView(Shaped, mfa_views.AuthenticatorsView):
    pass


class ManageTOTPView(Shaped, mfa_views.ManageTOTPView):
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # Asked for afterwards, the proof would cost the secret that the app has learnt by then.
        if not has_second_factor(cast("Person", request.user)):
            raise_if_reauthentication_required(request, app="allauth.mfa")
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().post(request, *args, **kwargs)
        except IntegrityError:
            # There is one already, perhaps since a moment ago. allauth rolled its part back.
            return ConflictResponse(request)


class ManageRecoveryCodesView(Shaped, mfa_views.ManageRecoveryCodesView):
    pass
