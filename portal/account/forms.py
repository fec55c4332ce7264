"""Forms of the account. Rules about passwords and codes are the platform's."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from portal.common.forms import RelayForm

WRONG_CODE = _("This code isn’t right, or it is too old. Please check it, or ask for a new one.")
WRONG_APP_CODE = _("This code isn’t right. Please type the one that the app shows now.")
WRONG_SECOND_STEP = _("This code isn’t right, or it was used before. Please try the next one.")
PASSWORD_TEXTS = {
    "password-too-short": _("This password is too short."),
    "password-too-common": _("Too many people use this password."),
    "password-too-similar": _("This password is too close to your name or address."),
    "password-entirely-numeric": _("A password needs more than digits."),
}
CODE_TEXTS = {"incorrect-code": WRONG_CODE, "invalid": WRONG_CODE}


def email_field() -> forms.EmailField:
    return forms.EmailField(
        label=_("Email"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "inputmode": "email"}),
    )


def password_field(label: Any, autocomplete: str, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        strip=False,
        max_length=256,
        help_text=help_text,
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}),
    )


def new_password_field() -> forms.CharField:
    return password_field(_("New password"), "new-password", _("At least 10 characters."))


def code_field(label: Any, help_text: Any = "", *, autofocus: bool = False) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=32,
        help_text=help_text,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "autocapitalize": "off",
                "spellcheck": "false",
                "autofocus": autofocus,
            }
        ),
    )


def name_field() -> forms.CharField:
    return forms.CharField(
        label=_("Your name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )


def language_field() -> forms.ChoiceField:
    return forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)


class SignInForm(RelayForm):
    email = email_field()
    password = password_field(_("Password"), "current-password")

    # Which of the two was wrong is nobody's business.
    field_names = {"email": "", "password": ""}
    error_texts = {
        "email-password-mismatch": _("This email and password don’t go together."),
    }


class SecondFactorForm(RelayForm):
    code = code_field(
        _("Code"), _("From your authenticator app, or one of your recovery codes."), autofocus=True
    )

    error_texts = {"incorrect-code": WRONG_SECOND_STEP, "invalid": WRONG_SECOND_STEP}


class SignUpForm(RelayForm):
    name = name_field()
    email = email_field()
    password = password_field(_("Password"), "new-password", _("At least 10 characters."))
    language = language_field()

    error_texts = PASSWORD_TEXTS


class EmailCodeForm(RelayForm):
    code = code_field(_("Code from the email"), autofocus=True)

    field_names = {"key": "code"}
    error_texts = CODE_TEXTS


class ResetRequestForm(RelayForm):
    email = email_field()


class ResetConfirmForm(RelayForm):
    code = code_field(_("Code from the email"), autofocus=True)
    password = new_password_field()

    field_names = {"key": "code"}
    error_texts = {**PASSWORD_TEXTS, **CODE_TEXTS}


class ConfirmForm(RelayForm):
    password = password_field(_("Password"), "current-password")

    error_texts = {
        "incorrect-password": _("This isn’t your password."),
        "invalid": _("This isn’t your password."),
    }


class ChangePasswordForm(RelayForm):
    current_password = password_field(_("Current password"), "current-password")
    new_password = new_password_field()

    error_texts = {
        **PASSWORD_TEXTS,
        "enter-current-password": _("This isn’t your current password."),
    }


class ProfileForm(RelayForm):
    name = name_field()
    language = language_field()


class ChangeEmailForm(RelayForm):
    email = forms.EmailField(
        label=_("New email address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
    )

    error_texts = {"duplicate-email": _("This is your address already.")}


class ConfirmEmailForm(EmailCodeForm):
    error_texts = {
        **CODE_TEXTS,
        "email-taken": _("Another account has this address now. Please take another one."),
    }


class TotpForm(RelayForm):
    code = code_field(_("Code from the app"), _("Six digits that change every half minute."))
    # The platform makes a new secret whenever it is asked, so a mistyped code must come back to the
    # page with the secret that the app has already been told.
    secret = forms.CharField(widget=forms.HiddenInput, max_length=64)
    totp_url = forms.CharField(widget=forms.HiddenInput, max_length=512)

    error_texts = {"incorrect-code": WRONG_APP_CODE, "invalid": WRONG_APP_CODE}


class DownloadCodesForm(forms.Form):
    """Recovery codes on their way from the page that shows them once into a file."""

    codes = forms.RegexField(regex=r"^[0-9A-Za-z-]{4,32}( [0-9A-Za-z-]{4,32}){0,31}$")
