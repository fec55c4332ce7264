"""Limits on guesses, and on what costs others something, exact across processes.

Each is counted before the attempt, in a statement of its own, and taken back when the attempt turns
out harmless: counting afterwards would let parallel guesses through.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from allauth.account.internal.flows.email_verification_by_code import (
    EMAIL_VERIFICATION_CODE_SESSION_KEY,
)
from allauth.account.internal.flows.password_reset_by_code import (
    PASSWORD_RESET_VERIFICATION_SESSION_KEY,
)
from allauth.account.internal.stagekit import LOGIN_SESSION_KEY
from django.conf import settings
from django.utils.crypto import salted_hmac

from backend.accounts.models import Person
from backend.accounts.sessions import SessionStore
from backend.common import rate_limits
from backend.common.addresses import neighbourhood
from backend.common.caller import Caller

WRONG_GUESSES: Final = frozenset(
    {"email_password_mismatch", "enter_current_password", "incorrect_code", "incorrect_password"}
)


@dataclass(frozen=True)
class Attempt:
    """One request to an auth endpoint, before it is handled. `session` is read when asked for."""

    caller: Caller
    data: dict[str, Any]
    session: SessionStore


@dataclass(frozen=True)
class Limit:
    """`subject` says whose bucket it is; None: the step isn't open, and nothing can be guessed."""

    rate_class: str
    subject: Callable[[Attempt], str | None]
    counts_wrong_guesses: bool = False

    def is_spent(self, error_codes: frozenset[str] | None) -> bool:
        """Whether the count stands. `error_codes` is None where the input was accepted."""
        if self.counts_wrong_guesses:
            return bool(error_codes and error_codes & WRONG_GUESSES)
        return error_codes is None


def account_key(email: str) -> str:
    """Name an account in a bucket without keeping addresses in the counters' table."""
    return salted_hmac("backend.accounts.attempts", Person.normalise_email(email)).hexdigest()


def take(limits: Iterable[Limit], attempt: Attempt) -> list[tuple[Limit, str]]:
    """Count the attempt in each bucket; raise RateLimited at the first that is full."""
    taken = []
    for limit in limits:
        subject = limit.subject(attempt)
        if subject is not None:
            bucket = f"{limit.rate_class}:{subject}"
            rate_limits.require(bucket, settings.RATE_CLASSES[limit.rate_class])
            taken.append((limit, bucket))
    return taken


def settle(taken: Iterable[tuple[Limit, str]], error_codes: frozenset[str] | None) -> None:
    """Take the counts back that the outcome doesn't deserve."""
    for limit, bucket in taken:
        if not limit.is_spent(error_codes):
            rate_limits.refund(bucket, settings.RATE_CLASSES[limit.rate_class])


def visitor(attempt: Attempt) -> str:
    return neighbourhood(attempt.caller.address)


def typed_account(attempt: Attempt) -> str:
    return account_key(attempt.data["email"])


def signed_in_account(attempt: Attempt) -> str | None:
    return account_key(attempt.caller.person.email) if attempt.caller.person else None


def signed_in_person(attempt: Attempt) -> str | None:
    return str(attempt.caller.person.id) if attempt.caller.person else None


def person_at_second_factor(attempt: Attempt) -> str | None:
    login = attempt.session.get(LOGIN_SESSION_KEY) or {}
    return str(UUID(login["user_pk"])) if login.get("user_pk") else None


def whose_door(attempt: Attempt) -> dict[str, Any]:
    """Whom a wrong guess is about, as a filter on people: who is signed in, who is half-way in, or
    who has the address that was typed, if anybody has."""
    if attempt.caller.person:
        return {"pk": attempt.caller.person.id}
    if half_way := person_at_second_factor(attempt):
        return {"pk": UUID(half_way)}
    return {"email": Person.normalise_email(str(attempt.data.get("email", "")))}


def account_to_verify(attempt: Attempt) -> str | None:
    return _account_of_code(attempt, EMAIL_VERIFICATION_CODE_SESSION_KEY)


def account_to_reset(attempt: Attempt) -> str | None:
    return _account_of_code(attempt, PASSWORD_RESET_VERIFICATION_SESSION_KEY)


def _account_of_code(attempt: Attempt, key: str) -> str | None:
    state = attempt.session.get(key)
    return account_key(state["email"]) if state else None


PASSWORD_GUESS: Final = Limit("sign-in-account", typed_account, counts_wrong_guesses=True)
PASSWORD_GUESS_FROM_ADDRESS: Final = Limit("sign-in-address", visitor, counts_wrong_guesses=True)
OWN_PASSWORD_GUESS: Final = Limit("sign-in-account", signed_in_account, counts_wrong_guesses=True)
SECOND_FACTOR_GUESS: Final = Limit(
    "second-factor", person_at_second_factor, counts_wrong_guesses=True
)
OWN_SECOND_FACTOR_GUESS: Final = Limit("second-factor", signed_in_person, counts_wrong_guesses=True)
EMAIL_CODE_GUESS: Final = Limit("code", account_to_verify, counts_wrong_guesses=True)
RESET_CODE_GUESS: Final = Limit("code", account_to_reset, counts_wrong_guesses=True)
SIGN_UP: Final = Limit("sign-up-address", visitor)
MAIL_FROM_ADDRESS: Final = Limit("mail-address", visitor)
MAIL_TO_TYPED_ACCOUNT: Final = Limit("mail-account", typed_account)
MAIL_TO_ACCOUNT_TO_VERIFY: Final = Limit("mail-account", account_to_verify)
