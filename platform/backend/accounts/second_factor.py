"""Codes of authenticator apps and recovery codes, each good for one use."""

from __future__ import annotations

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.mfa.utils import decrypt

from backend.accounts.mail import send_account_mail
from backend.accounts.models import Person
from backend.accounts.sessions import end_sessions


def use_code(person: Person, code: str) -> Authenticator | None:
    """Spend a code and return the authenticator that it belongs to; None if it is not good.

    Runs in the caller's transaction and holds the person's authenticators until its end: of two
    requests with the same code one wins. allauth remembers used codes in the cache, which each
    process has for itself; here the last used time step is stored with the secret (RFC 6238, 5.2).
    """
    authenticators = Authenticator.objects.select_for_update().filter(user=person).order_by("pk")
    for authenticator in authenticators:
        if _spend(authenticator, code):
            authenticator.user = person
            return authenticator
    return None


def remove_second_factor(person: Person) -> None:
    """For who has lost it: the password alone opens the account from now on, and signs in anew.

    The owner is told by mail, in case that it was not them who asked.
    """
    Authenticator.objects.filter(user=person).delete()
    end_sessions(person.pk)
    send_account_mail("totp_deactivated", person.email, {"by_staff": True})


def has_second_factor(person: Person) -> bool:
    return Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).exists()


def _spend(authenticator: Authenticator, code: str) -> bool:
    if authenticator.type == Authenticator.Type.TOTP:
        return _spend_totp(authenticator, code)
    return bool(authenticator.wrap().validate_code(code))


def _spend_totp(authenticator: Authenticator, code: str) -> bool:
    secret = decrypt(authenticator.data["secret"])
    last_used = authenticator.data.get("last_counter", -1)
    for counter in yield_hotp_counters_from_time():
        expected = format_hotp_value(hotp_value(secret, counter))
        if counter > last_used and compare_user_code(actual=code, expected=expected):
            authenticator.data["last_counter"] = counter
            authenticator.save(update_fields=["data"])
            return True
    return False
