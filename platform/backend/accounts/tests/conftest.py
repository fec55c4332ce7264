"""People with passwords, a reader of the mails that were queued, and the portal as they use it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
)
from django.core import mail
from django.db.models import Max
from procrastinate.contrib.django.models import ProcrastinateJob

from backend.accounts.models import Person
from backend.accounts.sessions import SessionStore
from backend.common.mail import send_mail
from backend.conftest import Api

PASSWORD = "correct horse battery"


@pytest.fixture
def anna(db: None) -> Person:
    return Person.objects.create_user("anna@aurora.test", PASSWORD, name="Anna", verified=True)


@pytest.fixture
def ben(db: None) -> Person:
    return Person.objects.create_user(
        "ben@bluefin.test", PASSWORD, name="Ben", language="de", verified=True
    )


class Mailbox:
    """Runs the queued mail jobs, as the worker would, and reads what was sent."""

    def __init__(self) -> None:
        # The jobs' table is not emptied after tests that commit.
        self.last_job = ProcrastinateJob.objects.aggregate(last=Max("id"))["last"] or 0

    def read(self) -> list[mail.EmailMessage]:
        """The mails queued since the last look."""
        mail.outbox.clear()
        jobs = ProcrastinateJob.objects.filter(task_name="common.send_mail")
        for job in jobs.filter(id__gt=self.last_job).order_by("id"):
            send_mail(**job.args)
            self.last_job = job.id
        return list(mail.outbox)

    def code(self) -> str:
        """The code in the one mail that was queued since the last look."""
        (message,) = self.read()
        found = re.search(r"^ {4}([A-Z0-9-]+)$", message.body, re.MULTILINE)
        assert found, message.body
        return found[1]


@pytest.fixture
def mailbox(db: None) -> Mailbox:
    return Mailbox()


@dataclass
class Visitor:
    """Somebody at the portal, who keeps the token that they are given as the `sid` cookie does."""

    api: Api
    address: str = "203.0.113.7"
    token: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def __call__(self, method: str, path: str, data: Any = None, **headers: str) -> Any:
        sent = {"x_forwarded_for": self.address} | self.headers | headers
        if self.token:
            sent["x_session_token"] = self.token
        response = self.api(method, path, data, **sent)
        self.token = _token_in(response) or self.token
        return response

    def get(self, path: str, **headers: str) -> Any:
        return self("GET", path, **headers)

    def post(self, path: str, data: Any = None, **headers: str) -> Any:
        return self("POST", path, {} if data is None else data, **headers)

    def delete(self, path: str, **headers: str) -> Any:
        return self("DELETE", path, **headers)

    def let_the_proof_age(self) -> None:
        """As if the password had been typed an hour ago."""
        session = SessionStore(self.token)
        for record in session["account_authentication_methods"]:
            record["at"] -= 3600
        session.save()

    def sign_in(self, person: Person, password: str = PASSWORD) -> Any:
        return self.post("auth/login/", {"email": person.email, "password": password})


def _token_in(response: Any) -> str:
    if not response.content:
        return ""
    body = response.json()
    token: str = body.get("session_token") or body.get("meta", {}).get("session_token", "")
    return token


@pytest.fixture
def visitor(portal: Api) -> Visitor:
    return Visitor(portal)


@pytest.fixture
def other_visitor(portal: Api) -> Visitor:
    return Visitor(portal, address="198.51.100.9")


class AuthenticatorApp:
    """A phone: shows one code after the other, as if half a minute had passed between them."""

    STEP = 30

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self.counter = 0

    def code(self) -> str:
        """A code that is good now and wasn't shown before; there are three of those.

        The first of them ends with the running step, so none is shown in its last second.
        """
        left = self.STEP - time.time() % self.STEP
        if left < 1:
            time.sleep(left)
        self.counter = max(self.counter + 1, int(time.time()) // self.STEP - 1)
        return format_hotp_value(hotp_value(self.secret, self.counter))


@pytest.fixture
def enrol(db: None) -> Callable[[Person], AuthenticatorApp]:
    def enrol(person: Person) -> AuthenticatorApp:
        secret = generate_totp_secret()
        TOTP.activate(person, secret)
        RecoveryCodes.activate(person)
        return AuthenticatorApp(secret)

    return enrol
