from __future__ import annotations

from typing import Any

from backend.accounts.models import Person, Session


def test_it_signs_in_and_says_who(visitor: Any, anna: Person) -> None:
    response = visitor.sign_in(anna)

    assert response.status_code == 200
    body = response.json()
    assert body["data"]["user"] == {"id": str(anna.pk), "email": anna.email, "display": "Anna"}
    assert body["meta"]["is_authenticated"] is True
    assert visitor.get("me/").json()["person"]["email"] == anna.email


def test_the_address_is_taken_however_it_is_typed(visitor: Any, anna: Person) -> None:
    response = visitor.post(
        "auth/login/", {"email": " Anna@AURORA.test ", "password": "correct horse battery"}
    )

    assert response.status_code == 200


def test_it_notes_where_the_visitor_is(visitor: Any, anna: Person) -> None:
    visitor.headers["user_agent"] = "Firefox" + "x" * 300
    visitor.sign_in(anna)

    session = Session.objects.get()
    assert session.address == "203.0.113.7"
    assert session.user_agent == ("Firefox" + "x" * 300)[:255]


def test_a_wrong_password_is_invalid_and_leaves_no_session(visitor: Any, anna: Person) -> None:
    response = visitor.sign_in(anna, password="wrong horse battery")

    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == "invalid"
    (error,) = response.json()["errors"]
    assert (error["field"], error["code"]) == ("password", "email-password-mismatch")
    assert not Session.objects.exists()


def test_an_inactive_person_gets_the_answer_of_a_wrong_password(visitor: Any, anna: Person) -> None:
    wrong = visitor.sign_in(anna, password="wrong horse battery").json()
    Person.objects.update(is_active=False)

    inactive = visitor.sign_in(anna)

    assert inactive.status_code == 400
    assert inactive.json()["errors"] == wrong["errors"]
    assert not Session.objects.exists()


def test_spaces_around_a_password_belong_to_it(visitor: Any, anna: Person) -> None:
    assert visitor.sign_in(anna, password=" correct horse battery ").status_code == 400

    anna.set_password(" correct horse battery ")
    anna.save()
    assert visitor.sign_in(anna, password=" correct horse battery ").status_code == 200


def test_signing_in_again_over_a_session_is_refused(
    visitor: Any, anna: Person, ben: Person
) -> None:
    visitor.sign_in(anna)

    response = visitor.sign_in(ben)

    assert response.status_code == 409
    assert response.json()["code"] == "step-not-open"
    assert visitor.get("me/").json()["person"]["email"] == anna.email


def test_a_token_that_is_over_says_so(visitor: Any, anna: Person) -> None:
    visitor.sign_in(anna)
    Session.objects.all().delete()

    response = visitor.get("auth/session/")

    assert response.status_code == 401
    assert response.json()["code"] == "session-expired"


def test_an_unverified_address_asks_for_a_code_first(visitor: Any, mailbox: Any, db: None) -> None:
    person = Person.objects.create_user("new@aurora.test", "correct horse battery", name="New")

    pending = visitor.sign_in(person)
    assert pending.status_code == 401
    assert pending.json()["code"] == "authentication-pending"
    assert {"id": "verify_email", "is_pending": True} in pending.json()["flows"]
    assert visitor.get("me/").status_code == 401

    assert visitor.post("auth/email/verify/", {"key": mailbox.code()}).status_code == 200
    assert visitor.get("me/").status_code == 200


def test_the_session_on_show_is_the_visitors(
    visitor: Any, other_visitor: Any, anna: Person
) -> None:
    visitor.sign_in(anna)

    assert visitor.get("auth/session/").json()["data"]["user"]["email"] == anna.email
    nobody = other_visitor.get("auth/session/")
    assert (nobody.status_code, nobody.json()["code"]) == (401, "not-signed-in")


def test_each_sign_in_has_a_token_of_its_own(
    visitor: Any, other_visitor: Any, anna: Person
) -> None:
    visitor.sign_in(anna)
    other_visitor.sign_in(anna)

    assert visitor.token != other_visitor.token
    assert Session.objects.filter(person=anna).count() == 2


def test_an_idempotency_key_stores_no_token(visitor: Any, anna: Person) -> None:
    from backend.common.models import IdempotencyKey

    visitor.headers["idempotency_key"] = "once"
    visitor.sign_in(anna)

    assert not IdempotencyKey.objects.exists()
