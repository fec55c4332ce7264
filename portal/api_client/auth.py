"""Signing up, in and out, and what guards it, through the platform's allauth.

A step that leads to another raises `StepNeeded`. Whatever the platform hands out as session token
on the way becomes the visitor's, hence the `sid` cookie's.
"""

from __future__ import annotations

import contextlib
from typing import Any

import msgspec

from portal.api_client import paths
from portal.api_client.calls import Calls
from portal.api_client.errors import Missing, NotSignedIn, StepNeeded
from portal.api_client.paths import Operation
from portal.api_client.replies import decode


class Meta(msgspec.Struct, frozen=True):
    session_token: str = ""


class Envelope(msgspec.Struct, frozen=True):
    meta: Meta = Meta()


class EmailAddress(msgspec.Struct, frozen=True, kw_only=True):
    email: str
    verified: bool


class EmailAddressList(msgspec.Struct, frozen=True):
    data: tuple[EmailAddress, ...]


class Authenticator(msgspec.Struct, frozen=True, kw_only=True):
    type: str
    """`totp` or `recovery_codes`."""
    created_at: float
    last_used_at: float | None = None
    total_code_count: int = 0
    unused_code_count: int = 0


class AuthenticatorList(msgspec.Struct, frozen=True):
    data: tuple[Authenticator, ...]


class TotpSecret(msgspec.Struct, frozen=True, kw_only=True):
    """What an authenticator app needs to be told, until the first code proves that it was."""

    secret: str
    totp_url: str


class RecoveryCodes(msgspec.Struct, frozen=True, kw_only=True):
    total_code_count: int
    unused_code_count: int
    unused_codes: tuple[str, ...] = ()
    """Empty when they have been shown before."""


class RecoveryCodesReply(msgspec.Struct, frozen=True):
    data: RecoveryCodes


class Auth:
    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def sign_in(self, *, email: str, password: str) -> None:
        self._step(paths.SIGN_IN, {"email": email, "password": password}, without_session=True)

    def sign_up(self, *, name: str, email: str, password: str, language: str) -> None:
        self._step(
            paths.SIGN_UP,
            {"name": name, "email": email, "password": password, "language": language},
            without_session=True,
        )

    def verify_email(self, *, code: str) -> None:
        self._step(paths.VERIFY_EMAIL, {"key": code})

    def resend_email_code(self) -> None:
        self._step(paths.RESEND_EMAIL_CODE, {})

    def second_factor(self, *, code: str) -> None:
        self._step(paths.SECOND_FACTOR, {"code": code})

    def request_reset(self, *, email: str) -> None:
        self._step(paths.REQUEST_PASSWORD_RESET, {"email": email}, without_session=True)

    def reset(self, *, code: str, password: str) -> None:
        self._step(paths.RESET_PASSWORD, {"key": code, "password": password})

    def sign_out(self) -> None:
        """Ends the session here and on the platform. Being out already is as good."""
        with contextlib.suppress(NotSignedIn, StepNeeded):
            self._calls.send(paths.SIGN_OUT)
        self._calls.visitor.session_token = ""

    def confirm_password(self, *, password: str) -> None:
        self._step(paths.CONFIRM_PASSWORD, {"password": password})

    def change_password(self, *, current_password: str, new_password: str) -> None:
        self._step(
            paths.CHANGE_PASSWORD,
            {"current_password": current_password, "new_password": new_password},
        )

    def change_email(self, *, email: str) -> None:
        """Mails a code to the new address; `verify_email` with it makes the change."""
        self._calls.send(paths.CHANGE_EMAIL, json={"email": email})

    def pending_email(self) -> str:
        """The new address that a code was mailed to; empty where no change is under way."""
        found = self._calls.fetch(paths.GET_EMAIL, EmailAddressList).data
        return next((each.email for each in found if not each.verified), "")

    def authenticators(self) -> tuple[Authenticator, ...]:
        return self._calls.fetch(paths.LIST_AUTHENTICATORS, AuthenticatorList).data

    def new_totp_secret(self) -> TotpSecret | None:
        """A fresh secret at each call; None when an authenticator app is already in use."""
        try:
            self._calls.send(paths.GET_TOTP)
        except Missing as missing:
            extensions = missing.problem.extensions
            if "secret" not in extensions:
                raise
            return msgspec.convert(dict(extensions), TotpSecret)
        return None

    def activate_totp(self, *, code: str) -> None:
        self._step(paths.ACTIVATE_TOTP, {"code": code})

    def deactivate_totp(self) -> None:
        self._step(paths.DEACTIVATE_TOTP, None)

    def recovery_codes(self) -> RecoveryCodes:
        return self._calls.fetch(paths.GET_RECOVERY_CODES, RecoveryCodesReply).data

    def make_recovery_codes(self) -> RecoveryCodes:
        return self._calls.fetch(paths.MAKE_RECOVERY_CODES, RecoveryCodesReply, json={}).data

    def _step(self, operation: Operation, json: Any, *, without_session: bool = False) -> None:
        try:
            reply = self._calls.send(operation, json=json, without_session=without_session)
        except StepNeeded as step:
            self._adopt(step.problem.extensions.get("session_token"))
            raise
        if reply.body:
            self._adopt(decode(reply.body, Envelope, operation).meta.session_token)

    def _adopt(self, session_token: str | None) -> None:
        if session_token:
            self._calls.visitor.session_token = session_token
