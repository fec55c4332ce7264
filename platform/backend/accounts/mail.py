"""The mails of sign-up, sign-in and account security, in the person's language."""

from __future__ import annotations

from typing import Any

from django.utils import translation

from backend.accounts.models import Person
from backend.common.mail import send_mail_later, write_mail


def send_account_mail(
    name: str, email: str, context: dict[str, Any], *, language: str = ""
) -> None:
    """Queue the mail `name` for `email`, whether or not that is anybody's address.

    Written in the language of whose address it is, else in `language`, else in the request's. The
    look-up is done for strangers as well: two mails must not differ in what they cost.
    """
    known = Person.objects.filter(email=email).values_list("language", flat=True).first()
    language = known or language or _language_of_request()
    send_mail_later(write_mail("accounts/mail", name, language, email, **context))


def _language_of_request() -> str:
    language = (translation.get_language() or "").partition("-")[0]
    return language if language in Person.Language.values else Person.Language.ENGLISH
