"""What django-allauth does differently here."""

from __future__ import annotations

from typing import Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.headless.adapter import DefaultHeadlessAdapter
from allauth.headless.tokens.strategies.base import AbstractTokenStrategy
from allauth.mfa.adapter import DefaultMFAAdapter
from django.forms import BaseForm
from django.http import HttpRequest

from backend.accounts.email_change import address_changed
from backend.accounts.mail import send_account_mail
from backend.accounts.models import Person
from backend.accounts.records import record_ended, record_started
from backend.accounts.sessions import SessionStore, end_idle_sessions
from backend.audit.recording import record_for_person
from backend.common.actor import Actor
from backend.common.encryption import decrypt, encrypt


class AccountAdapter(DefaultAccountAdapter):
    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the visitor's address as the portal reported it (see `backend.accounts.api`)."""
        return str(request.visitor_address)  # type: ignore[attr-defined] # set by the relay

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        # An address that isn't theirs yet, or no longer, doesn't tell the language.
        language = getattr(self.request.user, "language", "")
        name = template_prefix.rpartition("/")[2]
        send_account_mail(name, email, context, language=language)

    def save_user(
        self, request: HttpRequest, user: Person, form: BaseForm, commit: bool = True
    ) -> Person:
        user.name = form.cleaned_data["name"]
        user.language = form.cleaned_data["language"]
        return super().save_user(request, user, form, commit)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Person | None:
        """Return nobody for an inactive account, so that it answers like a wrong password."""
        person = super().authenticate(request, **credentials)
        return person if person and person.is_active else None

    def login(self, request: HttpRequest, user: Person) -> None:
        session = cast("SessionStore", request.session)
        session.seen_from(self.get_client_ip(request), self.get_http_user_agent(request))
        super().login(request, user)
        record_started(user, address=self.get_client_ip(request), surface="portal")

    def logout(self, request: HttpRequest) -> None:
        person = request.user
        if isinstance(person, Person):
            record_ended(person, address=self.get_client_ip(request), surface="portal")
        super().logout(request)

    def set_password(self, user: Person, password: str) -> None:
        """End the sessions begun with the old password too, not only make them worthless."""
        user.set_password(password)
        user.save(update_fields=["password"])
        record_for_person(
            # With a code from a mail, nobody is signed in yet.
            f"person.password-{'changed' if self.request.user.is_authenticated else 'reset'}",
            user.pk,
            by=Actor.person(user, self.get_client_ip(self.request)),
        )
        end_idle_sessions(user.pk, except_id=self.request.session.id)

    def send_confirmation_mail(
        self, request: HttpRequest, emailconfirmation: Any, signup: bool
    ) -> None:
        """To who is signed in the code means something else: that a new address is theirs."""
        if not request.user.is_authenticated:
            super().send_confirmation_mail(request, emailconfirmation, signup)
            return
        self.send_mail(
            "account/email/email_change",
            emailconfirmation.email_address.email,
            {"code": emailconfirmation.key},
        )

    def confirm_email(self, request: HttpRequest, email_address: Any) -> bool:
        person = email_address.user
        before = person.email
        confirmed: bool = super().confirm_email(request, email_address)
        if confirmed and person.email != before:
            # The same person, read once more on the way here: the reply shows this one.
            request.user.email = person.email  # type: ignore[union-attr]
            address_changed(request, person, before=before, address=self.get_client_ip(request))
        return confirmed

    def get_http_user_agent(self, request: HttpRequest) -> str:
        return request.headers.get("User-Agent", "")


class HeadlessAdapter(DefaultHeadlessAdapter):
    def serialize_user(self, user: Person) -> dict[str, Any]:
        return {"id": str(user.pk), "email": user.email, "display": user.name}


class MfaAdapter(DefaultMFAAdapter):
    """Keeps the secrets of authenticator apps and recovery codes encrypted at rest."""

    def encrypt(self, text: str) -> str:
        return encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return decrypt(encrypted_text)


class SessionTokenStrategy(AbstractTokenStrategy):
    """The token is the session's key; the store knows only its digest."""

    def create_session_token(self, request: HttpRequest) -> str:
        if request.session.session_key is None:
            request.session.save()
        return str(request.session.session_key)

    def lookup_session(self, session_token: str) -> SessionStore | None:
        """Load the session and hold its row: see :meth:`SessionStore.load_locked`."""
        session = SessionStore(session_token)
        session.load_locked()
        return session if session.session_key else None
