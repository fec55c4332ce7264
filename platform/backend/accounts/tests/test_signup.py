from __future__ import annotations

from typing import Any

import pytest
from allauth.account.models import EmailAddress

from backend.accounts.models import Person, Session

NEW = {
    "email": "carla@example.com",
    "password": "correct horse battery",
    "name": "Carla Conti",
    "language": "de",
}


def test_it_makes_an_account_that_waits_for_its_code(visitor: Any, db: None) -> None:
    response = visitor.post("auth/signup/", NEW)

    assert response.status_code == 401
    assert response.json()["code"] == "authentication-pending"
    assert {"id": "verify_email", "is_pending": True} in response.json()["flows"]
    person = Person.objects.get()
    assert (person.email, person.name, person.language) == (NEW["email"], NEW["name"], "de")
    assert person.check_password(NEW["password"])
    assert not EmailAddress.objects.get(user=person).verified
    assert Session.objects.get().person is None
    assert visitor.get("me/").status_code == 401


def test_the_code_from_the_mail_signs_in(visitor: Any, mailbox: Any) -> None:
    visitor.post("auth/signup/", NEW)
    before = visitor.token

    response = visitor.post("auth/email/verify/", {"key": mailbox.code()})

    assert response.status_code == 200
    assert visitor.token != before
    assert visitor.get("me/").json()["person"]["name"] == "Carla Conti"
    assert EmailAddress.objects.get().verified


def test_the_address_is_stored_in_lower_case(visitor: Any, db: None) -> None:
    visitor.post("auth/signup/", NEW | {"email": "Carla@Example.COM"})

    assert Person.objects.get().email == "carla@example.com"


def test_the_language_may_be_left_out(visitor: Any, db: None) -> None:
    visitor.post("auth/signup/", {key: NEW[key] for key in ("email", "password", "name")})

    assert Person.objects.get().language == "en"


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"password": "short"}, "password", "password-too-short"),
        ({"password": "password1234"}, "password", "password-too-common"),
        ({"password": "Carla Conti"}, "password", "password-too-similar"),
        ({"password": "x" * 257}, "password", "max-length"),
        ({"email": "carla"}, "email", "invalid"),
        ({"email": f"{'c' * 250}@example.com"}, "email", "max-length"),
        ({"name": " "}, "name", "blank"),
        ({"name": "Anna\nBcc: all"}, "name", "invalid"),
        ({"name": "x" * 151}, "name", "max-length"),
        ({"language": "fr"}, "language", "invalid-choice"),
        ({"is_staff": True}, "is_staff", "unknown"),
    ],
)
def test_bad_input_makes_nothing(
    visitor: Any, mailbox: Any, change: dict[str, Any], field: str, code: str
) -> None:
    response = visitor.post("auth/signup/", NEW | change)

    assert response.status_code == 400
    assert (field, code) in [(e["field"], e["code"]) for e in response.json()["errors"]]
    assert not Person.objects.exists()
    assert mailbox.read() == []


def test_signing_up_makes_no_staff(visitor: Any, db: None) -> None:
    visitor.post("auth/signup/", NEW)

    person = Person.objects.get()
    assert (person.is_staff, person.is_superuser) == (False, False)


def test_an_account_that_appears_meanwhile_is_no_error(
    visitor: Any, mailbox: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both looked for the address before either had written it."""
    from backend.accounts.api.steps import SignupInput

    monkeypatch.setattr(SignupInput, "validate_unique_email", lambda self, email: email)
    Person.objects.create_user(NEW["email"], "another long password", name="First")

    response = visitor.post("auth/signup/", NEW)

    assert response.json()["code"] == "authentication-pending"
    assert Person.objects.get().name == "First"
    (message,) = mailbox.read()
    assert "already" in message.subject
