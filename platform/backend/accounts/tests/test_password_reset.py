from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress

from backend.accounts.models import Person, Session
from backend.accounts.tests.conftest import PASSWORD

ANOTHER = "a different horse"


def test_the_code_from_the_mail_sets_a_new_password(
    visitor: Any, mailbox: Any, anna: Person
) -> None:
    asked = visitor.post("auth/password/request/", {"email": anna.email})
    assert asked.status_code == 401
    assert {"id": "password_reset_by_code", "is_pending": True} in asked.json()["flows"]

    response = visitor.post("auth/password/reset/", {"key": mailbox.code(), "password": ANOTHER})

    assert response.status_code == 200
    anna.refresh_from_db()
    assert anna.check_password(ANOTHER)
    assert visitor.get("me/").status_code == 200


def test_it_ends_every_other_session(
    visitor: Any, other_visitor: Any, mailbox: Any, anna: Person
) -> None:
    other_visitor.sign_in(anna)
    visitor.post("auth/password/request/", {"email": anna.email})
    visitor.post("auth/password/reset/", {"key": mailbox.code(), "password": ANOTHER})

    assert other_visitor.get("me/").status_code == 401
    assert Session.objects.filter(person=anna).count() == 1


def test_it_tells_the_owner(visitor: Any, mailbox: Any, anna: Person) -> None:
    visitor.post("auth/password/request/", {"email": anna.email})
    visitor.post("auth/password/reset/", {"key": mailbox.code(), "password": ANOTHER})

    (notice,) = mailbox.read()
    assert notice.to == [anna.email]
    assert notice.subject == "Your Tavola password was reset"
    assert "203.0.113.7" in notice.body


def test_a_wrong_code_changes_nothing(visitor: Any, anna: Person) -> None:
    visitor.post("auth/password/request/", {"email": anna.email})

    response = visitor.post("auth/password/reset/", {"key": "BBBB-BBBB", "password": ANOTHER})

    assert [(e["field"], e["code"]) for e in response.json()["errors"]] == [
        ("key", "incorrect-code")
    ]
    anna.refresh_from_db()
    assert anna.check_password(PASSWORD)


def test_a_weak_password_is_refused_and_the_code_stays_good(
    visitor: Any, mailbox: Any, anna: Person
) -> None:
    visitor.post("auth/password/request/", {"email": anna.email})
    code = mailbox.code()

    weak = visitor.post("auth/password/reset/", {"key": code, "password": "short"})
    assert [e["code"] for e in weak.json()["errors"]] == ["password-too-short"]

    assert (
        visitor.post("auth/password/reset/", {"key": code, "password": ANOTHER}).status_code == 200
    )


def test_the_second_factor_is_still_asked_for(
    visitor: Any, mailbox: Any, anna: Person, enrol: Any
) -> None:
    app = enrol(anna)
    visitor.post("auth/password/request/", {"email": anna.email})

    response = visitor.post("auth/password/reset/", {"key": mailbox.code(), "password": ANOTHER})

    assert response.json()["code"] == "authentication-pending"
    assert visitor.get("me/").status_code == 401
    assert visitor.post("auth/2fa/authenticate/", {"code": app.code()}).status_code == 200
    assert visitor.get("me/").status_code == 200


def test_it_confirms_an_address_that_was_not_yet(visitor: Any, mailbox: Any, db: None) -> None:
    """Whoever reads the mailbox owns the account, not whoever signed up with the address first."""
    squatted = Person.objects.create_user("carla@example.com", "set by another", name="Carla")
    visitor.post("auth/password/request/", {"email": squatted.email})

    response = visitor.post("auth/password/reset/", {"key": mailbox.code(), "password": ANOTHER})

    assert response.status_code == 200
    assert EmailAddress.objects.get(user=squatted).verified


def test_without_a_request_there_is_nothing_to_reset(visitor: Any, db: None) -> None:
    response = visitor.post("auth/password/reset/", {"key": "BBBB-BBBB", "password": ANOTHER})

    assert (response.status_code, response.json()["code"]) == (409, "step-not-open")
