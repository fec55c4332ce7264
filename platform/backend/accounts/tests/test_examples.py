"""What the portal's client and its fake read must be what this side answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings

from backend.accounts.models import Person
from backend.accounts.tests.conftest import PASSWORD, AuthenticatorApp, Mailbox, Visitor
from backend.conftest import House
from backend.tenants.models import Member, Role

EXAMPLES = Path(settings.ROOT_DIR) / "docs" / "api" / "examples"
OURS = sorted(
    path.stem for path in EXAMPLES.glob("*.json") if path.name.startswith(("auth-", "me-"))
)
TOTP = "auth/account/authenticators/totp/"
# Words of the agreement; of other members only the type is.
EXACT = {"status", "code", "field", "id", "is_pending", "types", "type", "method"}


class Scene:
    """Gets a visitor to where an example begins, and sends its request."""

    def __init__(self, visitor: Visitor, mailbox: Mailbox, enrol: Any, person: Person) -> None:
        self.visitor, self.mailbox, self.enrol, self.person = visitor, mailbox, enrol, person
        self.app: AuthenticatorApp | None = None
        self.path: dict[str, Any] = {}
        self.changes: dict[str, Any] = {}

    def unverified(self) -> None:
        self.person.emailaddress_set.update(verified=False)

    def second_factor(self) -> None:
        self.app = self.enrol(self.person)

    def signed_in(self) -> None:
        self.visitor.sign_in(self.person)
        if self.app:
            self.visitor.post("auth/2fa/authenticate/", {"code": self.app.code()})

    def fresh(self) -> None:
        self.signed_in()
        self.visitor.post("auth/reauthenticate/", {"password": PASSWORD})

    def later(self) -> None:
        self.visitor.let_the_proof_age()

    def half_way(self) -> None:
        self.visitor.sign_in(self.person)

    def asked_for_reset(self) -> None:
        self.visitor.post("auth/password/request/", {"email": self.person.email})

    def asked_for_change(self) -> None:
        self.visitor.post("auth/account/email/", {"email": "giulia@example.com"})

    def taken_meanwhile(self) -> None:
        Person.objects.create_user("giulia@example.com", name="Giulia", verified=True)

    def code_from_mail(self) -> None:
        self.changes["key"] = self.mailbox.code()

    def code_from_app(self) -> None:
        assert self.app
        self.changes["code"] = self.app.code()

    def secret(self) -> None:
        self.app = AuthenticatorApp(self.visitor.get(TOTP).json()["secret"])

    def guessed_often(self) -> None:
        for _ in range(10):
            self.visitor.sign_in(self.person, "wrong horse battery")

    def second_session(self) -> None:
        Visitor(self.visitor.api, address="198.51.100.23").sign_in(self.person)

    def own_session(self) -> None:
        self.path["id"] = self.visitor.get("me/sessions/").json()["results"][0]["id"]

    def no_session(self) -> None:
        self.path["id"] = uuid4()


S = Scene
SCENES: dict[str, list[Callable[[Scene], None]]] = {
    "auth-2fa-authenticate": [S.second_factor, S.half_way, S.code_from_app],
    "auth-2fa-authenticate-invalid": [S.second_factor, S.half_way],
    "auth-2fa-reauthenticate": [S.second_factor, S.signed_in, S.code_from_app],
    "auth-authenticators": [S.second_factor, S.signed_in],
    "auth-authenticators-none": [S.signed_in],
    "auth-email-change": [S.fresh],
    "auth-email-change-invalid": [S.fresh],
    "auth-email-change-reauthenticate": [S.signed_in],
    "auth-email-list": [S.signed_in],
    "auth-email-list-pending": [S.fresh, S.asked_for_change],
    "auth-email-verify": [S.unverified, S.half_way, S.code_from_mail],
    "auth-email-verify-change": [S.fresh, S.asked_for_change, S.code_from_mail],
    "auth-email-verify-invalid": [S.unverified, S.half_way],
    "auth-email-verify-not-open": [],
    "auth-email-verify-resend": [S.unverified, S.half_way],
    "auth-email-verify-taken": [
        S.fresh,
        S.asked_for_change,
        S.code_from_mail,
        S.taken_meanwhile,
    ],
    "auth-login": [],
    "auth-login-invalid": [],
    "auth-login-limited": [S.guessed_often],
    "auth-login-two-factor": [S.second_factor],
    "auth-login-unverified": [S.unverified],
    "auth-password-change": [S.signed_in],
    "auth-password-change-invalid": [S.signed_in],
    "auth-password-request": [],
    "auth-password-reset": [S.asked_for_reset, S.code_from_mail],
    "auth-password-reset-invalid": [S.asked_for_reset],
    "auth-reauthenticate": [S.signed_in],
    "auth-reauthenticate-invalid": [S.signed_in],
    "auth-recovery-codes": [S.second_factor, S.fresh],
    "auth-recovery-codes-make": [S.second_factor, S.fresh],
    "auth-session": [S.signed_in],
    "auth-session-end": [S.signed_in],
    "auth-signup": [],
    "auth-signup-invalid": [],
    "auth-totp": [S.second_factor, S.signed_in],
    "auth-totp-activate": [S.fresh, S.secret, S.code_from_app],
    "auth-totp-activate-invalid": [S.fresh, S.secret],
    "auth-totp-deactivate": [S.second_factor, S.fresh],
    "auth-totp-none": [S.fresh],
    "auth-totp-reauthenticate": [S.fresh, S.secret, S.code_from_app, S.later],
    "me-not-signed-in": [],
    "me-retrieve": [S.signed_in],
    "me-session-end": [S.signed_in, S.own_session],
    "me-session-end-missing": [S.signed_in, S.no_session],
    "me-sessions-end-others": [S.signed_in],
    "me-sessions-list": [S.second_session, S.signed_in],
    "me-update": [S.signed_in],
    "me-update-invalid": [S.signed_in],
}


@pytest.fixture
def scene(visitor: Visitor, mailbox: Mailbox, enrol: Any, aurora: House, bluefin: House) -> Scene:
    person = Person.objects.create_user(
        "giulia@aurora.test", PASSWORD, name="Giulia Conti", verified=True
    )
    Member.objects.create(tenant=aurora.tenant, person=person, role=Role.OWNER)
    Member.objects.create(tenant=bluefin.tenant, person=person, role=Role.MANAGER)
    return Scene(visitor, mailbox, enrol, person)


def test_every_example_is_played() -> None:
    assert sorted(SCENES) == OURS


@pytest.mark.parametrize("name", OURS)
def test_the_answer_is_like_the_example(scene: Scene, name: str) -> None:
    example = json.loads((EXAMPLES / f"{name}.json").read_text())
    for prepare in SCENES[name]:
        prepare(scene)
    method, path = example["operation"].split()
    request = example.get("request")

    response = scene.visitor(method, path.format(**scene.path), _as_our_person(request, scene))

    assert response.status_code == example["status"], response.content
    for header, value in example.get("headers", {}).items():
        assert header in response, header
        if header == "Content-Type":
            assert response[header] == value
    if "response" in example:
        assert differences(example["response"], response.json()) == []
    else:
        assert response.content == b""


def _as_our_person(request: dict[str, Any] | None, scene: Scene) -> dict[str, Any] | None:
    if request is None:
        return None
    ours = {"owner@aurora.test": scene.person.email, "tavola-demo": PASSWORD}
    return {name: ours.get(value, value) for name, value in request.items()} | scene.changes


def differences(example: Any, actual: Any, path: str = "") -> list[str]:
    """Where members, their types, or the words of the agreement differ."""
    if isinstance(example, dict) and isinstance(actual, dict):
        found = [
            f"{path}.{name} is only in the {'example' if name in example else 'answer'}"
            for name in sorted(set(example) ^ set(actual))
        ]
        for name in sorted(set(example) & set(actual)):
            found += differences(example[name], actual[name], f"{path}.{name}")
        return found
    if isinstance(example, list) and isinstance(actual, list):
        if bool(example) != bool(actual):
            return [f"{path}: one list is empty"]
        return [
            f"{path}[{index}] is like nothing in the example: {item}"
            for index, item in enumerate(actual)
            if all(differences(each, item, f"{path}[]") for each in example)
        ]
    name = path.rpartition(".")[2]
    is_word = name in EXACT and not any(each in path for each in (".user", ".person", "results"))
    if is_word and isinstance(example, str | bool) and example != actual:
        return [f"{path}: {example!r} in the example, {actual!r} in the answer"]
    if None not in (example, actual) and _kind(example) is not _kind(actual):
        return [f"{path}: {example!r} is of another type than {actual!r}"]
    return []


def _kind(value: Any) -> type:
    return float if isinstance(value, int) and not isinstance(value, bool) else type(value)
