"""Changing the address that a person signs in with.

The new address proves itself by a mailed code. Until then nothing has changed, and whoever asks
can't tell an address that is somebody's from one that is free: only its mailbox is told.
"""

from __future__ import annotations

from allauth.account.internal.flows.email_verification_by_code import EmailVerificationProcess
from django.db import transaction
from django.http import HttpRequest

from backend.accounts.mail import send_account_mail
from backend.accounts.models import Person
from backend.accounts.sessions import SessionStore, end_sessions
from backend.audit.recording import record_for_person
from backend.common.actor import Actor


def is_somebodys(email: str) -> bool:
    """Whether an account has this address, confirmed or not: there is no second one with it."""
    return Person.objects.filter(email=Person.normalise_email(email)).exists()


def begin_in_vain(request: HttpRequest, email: str) -> None:
    """Open the same step as for a free address, with a code that nobody is sent."""
    state = EmailVerificationProcess.initial_state(None, email)
    process = EmailVerificationProcess(request=request, state=state)
    process.generate_code()
    process.persist()
    send_account_mail("email_taken", email, {})


def address_changed(request: HttpRequest, person: Person, *, before: str, address: str) -> None:
    """Put the change on record, and have the person sign in anew everywhere else.

    As after a new password: the address is what opens the account when the password is forgotten,
    so a session that was begun under the old one goes on nowhere. Afterwards, because a session
    that is taking a step of its own at this moment is locked, and so is this one.
    """
    record_for_person(
        "person.email-changed",
        person.pk,
        by=Actor.person(person, address),
        data={"from": before, "to": person.email},
    )
    session = request.session
    assert isinstance(session, SessionStore)
    kept = session.id
    transaction.on_commit(lambda: end_sessions(person.pk, except_id=kept))
