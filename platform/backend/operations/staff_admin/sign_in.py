"""The door of the staff admin: as hard to guess at as the portal's, and on the same count."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from unfold.forms import AuthenticationForm
from unfold.widgets import BASE_INPUT_CLASSES

from backend.accounts.attempts import account_key
from backend.accounts.models import Person
from backend.accounts.records import record_started, record_wrong_guess
from backend.accounts.second_factor import has_second_factor, use_code
from backend.common import rate_limits
from backend.common.addresses import address_of, neighbourhood
from backend.common.problems import RateLimited


class StaffSignInForm(AuthenticationForm):
    """Email address and password, and the code of those who have set up a second factor."""

    code = forms.CharField(
        label="Code from your authenticator app",
        help_text="Leave it empty if you have not set one up.",
        required=False,
        max_length=32,
        widget=forms.TextInput(
            {
                "class": " ".join(BASE_INPUT_CLASSES),
                "autocomplete": "one-time-code",
                "inputmode": "numeric",
            }
        ),
    )
    error_messages = {
        **AuthenticationForm.error_messages,
        "code": "That needs the current code from your authenticator app, or a recovery code.",
    }
    request: HttpRequest

    def clean(self) -> dict[str, Any]:
        """Each attempt is counted before it is judged: two guesses at once are two."""
        buckets = [("sign-in-address", neighbourhood(self._address))]
        if email := self.cleaned_data.get("username"):
            buckets.append(("sign-in-account", account_key(email)))
        self._count(buckets)
        try:
            cleaned = super().clean()
        except forms.ValidationError:
            self._record_wrong_guess({"email": Person.normalise_email(email or "")}, "password")
            raise
        if has_second_factor(self.get_user()):
            self._require_code(self.get_user())
        self._take_back(buckets)
        record_started(self.get_user(), address=self._address, surface="staff")
        return dict(cleaned)

    def _require_code(self, person: Person) -> None:
        bucket = [("second-factor", str(person.pk))]
        self._count(bucket)
        with transaction.atomic():
            is_good = use_code(person, self.cleaned_data["code"]) is not None
        if not is_good:
            self._record_wrong_guess({"pk": person.pk}, "second-factor")
            raise forms.ValidationError(self.error_messages["code"], code="code")
        self._take_back(bucket)

    @property
    def _address(self) -> str:
        return address_of(self.request, is_portal=False)

    def _record_wrong_guess(self, found: dict[str, Any], step: str) -> None:
        record_wrong_guess(found, address=self._address, surface="staff", step=step)

    @staticmethod
    def _count(buckets: list[tuple[str, str]]) -> None:
        try:
            for rate_class, subject in buckets:
                rate_limits.require(f"{rate_class}:{subject}", settings.RATE_CLASSES[rate_class])
        except RateLimited as problem:
            raise forms.ValidationError(
                f"Too many attempts. {problem.detail}", code="rate-limited"
            ) from problem

    @staticmethod
    def _take_back(buckets: list[tuple[str, str]]) -> None:
        for rate_class, subject in buckets:
            rate_limits.refund(f"{rate_class}:{subject}", settings.RATE_CLASSES[rate_class])
