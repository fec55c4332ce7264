from __future__ import annotations

from typing import Any

from backend.accounts.models import Person, Session


def test_it_ends_the_session_at_once(visitor: Any, other_visitor: Any, anna: Person) -> None:
    visitor.sign_in(anna)
    other_visitor.sign_in(anna)

    response = visitor.delete("auth/session/")

    assert response.status_code == 204
    assert visitor.get("me/").json()["code"] == "not-signed-in"
    assert other_visitor.get("me/").status_code == 200
    assert Session.objects.count() == 1


def test_it_ends_a_sign_in_that_waits_for_a_step(visitor: Any, db: None) -> None:
    person = Person.objects.create_user("new@aurora.test", "correct horse battery", name="New")
    visitor.sign_in(person)
    assert Session.objects.count() == 1

    assert visitor.delete("auth/session/").status_code == 204

    assert not Session.objects.exists()


def test_without_a_session_there_is_nothing_to_do(visitor: Any) -> None:
    assert visitor.delete("auth/session/").status_code == 204
