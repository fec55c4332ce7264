from __future__ import annotations

from typing import Any

from backend.accounts.models import Person, Session
from backend.accounts.tests.conftest import PASSWORD
from backend.conftest import session_token

PATH = "auth/account/password/"
CHANGE = {"current_password": PASSWORD, "new_password": "a different horse"}


def test_it_ends_the_other_sessions_and_keeps_this_one(
    visitor: Any, other_visitor: Any, anna: Person, ben: Person, portal: Any
) -> None:
    visitor.sign_in(anna)
    other_visitor.sign_in(anna)
    of_ben = session_token(ben)
    old, session_id = visitor.token, Session.objects.earliest("created_at").id

    assert visitor.post(PATH, CHANGE).status_code == 200

    assert visitor.get("me/").status_code == 200
    assert portal.get("me/", x_session_token=old).status_code == 401
    assert other_visitor.get("me/").status_code == 401
    assert portal.get("me/", x_session_token=of_ben).status_code == 200
    assert Session.objects.get(person=anna).id == session_id


def test_the_new_password_signs_in_and_the_old_does_not(
    visitor: Any, other_visitor: Any, anna: Person
) -> None:
    visitor.sign_in(anna)
    visitor.post(PATH, CHANGE)

    assert other_visitor.sign_in(anna).status_code == 400
    assert other_visitor.sign_in(anna, CHANGE["new_password"]).status_code == 200


def test_it_tells_the_owner(visitor: Any, mailbox: Any, anna: Person) -> None:
    visitor.sign_in(anna)
    visitor.post(PATH, CHANGE)

    (notice,) = mailbox.read()
    assert notice.subject == "Your Tavola password was changed"


def test_the_current_password_must_be_right(visitor: Any, anna: Person) -> None:
    visitor.sign_in(anna)

    wrong = visitor.post(PATH, CHANGE | {"current_password": "wrong horse battery"})
    missing = visitor.post(PATH, {"new_password": CHANGE["new_password"]})

    assert [e["code"] for e in wrong.json()["errors"]] == ["enter-current-password"]
    assert [e["code"] for e in missing.json()["errors"]] == ["required"]
    anna.refresh_from_db()
    assert anna.check_password(PASSWORD)


def test_a_weak_new_password_is_refused(visitor: Any, anna: Person) -> None:
    visitor.sign_in(anna)

    response = visitor.post(PATH, CHANGE | {"new_password": "anna@aurora.test"})

    assert [(e["field"], e["code"]) for e in response.json()["errors"]] == [
        ("new_password", "password-too-similar")
    ]
    anna.refresh_from_db()
    assert anna.check_password(PASSWORD)


def test_a_password_that_was_changed_elsewhere_ends_the_session(visitor: Any, anna: Person) -> None:
    """Even where nobody deleted the row: the stored hash no longer fits."""
    visitor.sign_in(anna)
    anna.set_password("set on the command line")
    anna.save()

    assert visitor.get("me/").status_code == 401
    assert visitor.get("auth/session/").status_code == 401
