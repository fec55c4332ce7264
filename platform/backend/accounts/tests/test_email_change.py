from __future__ import annotations

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.accounts.models import Person, Session
from backend.accounts.tests.conftest import PASSWORD, Mailbox, Visitor
from backend.accounts.tests.test_enumeration import anonymous
from backend.audit.models import AuditEvent
from backend.conftest import Api, House
from backend.tenants.models import Member, Role

PATH = "auth/account/email/"
NEW = "anna@new.test"


@pytest.fixture
def phone(visitor: Visitor, anna: Person) -> Visitor:
    """Signed in, and just asked for the password once more."""
    visitor.sign_in(anna)
    visitor.post("auth/reauthenticate/", {"password": PASSWORD})
    return visitor


def addresses(person: Person) -> list[tuple[str, bool, bool]]:
    rows = EmailAddress.objects.filter(user=person)
    return list(rows.values_list("email", "verified", "primary"))


def test_the_code_from_the_new_mailbox_makes_the_change(
    phone: Visitor, other_visitor: Visitor, mailbox: Mailbox, anna: Person
) -> None:
    begun = phone.post(PATH, {"email": "Anna@New.test"})
    assert [(each["email"], each["verified"]) for each in begun.json()["data"]] == [
        (anna.email, True),
        (NEW, False),
    ]
    (message,) = mailbox.read()
    assert (message.to, message.subject) == ([NEW], "Your code for a new address at Tavola")
    assert addresses(anna) == [(anna.email, True, True)], "nothing has changed yet"

    done = phone.post("auth/email/verify/", {"key": code_in(message)})

    assert done.json()["data"]["user"]["email"] == NEW
    assert phone.get("me/").json()["person"]["email"] == NEW
    assert phone.get(PATH).json()["data"] == [{"email": NEW, "verified": True, "primary": True}]
    assert addresses(anna) == [(NEW, True, True)]
    assert other_visitor.sign_in(anna).status_code == 400
    anna.refresh_from_db()
    assert other_visitor.sign_in(anna).status_code == 200


def code_in(message: Any) -> str:
    return next(line.strip() for line in message.body.splitlines() if line.startswith("    "))


def test_the_old_address_is_told(phone: Visitor, mailbox: Mailbox, anna: Person) -> None:
    phone.post(PATH, {"email": NEW})
    phone.post("auth/email/verify/", {"key": mailbox.code()})

    (notice,) = mailbox.read()
    assert notice.to == [anna.email]
    assert notice.subject == "The address of your Tavola account was changed"
    assert NEW in notice.body
    assert "203.0.113.7" in notice.body


def test_the_mails_are_in_the_persons_language(
    visitor: Visitor, mailbox: Mailbox, ben: Person
) -> None:
    visitor.sign_in(ben)
    visitor.post("auth/reauthenticate/", {"password": PASSWORD})
    visitor.post(PATH, {"email": "ben@new.test"})
    (message,) = mailbox.read()
    visitor.post("auth/email/verify/", {"key": code_in(message)})

    assert message.subject == "Ihr Code für eine neue Adresse bei Tavola"
    assert [notice.subject for notice in mailbox.read()] == [
        "Die Adresse Ihres Tavola-Kontos wurde geändert"
    ]


def test_it_is_on_record_in_each_of_the_persons_businesses(
    phone: Visitor, mailbox: Mailbox, anna: Person, aurora: House, bluefin: House
) -> None:
    for house in (aurora, bluefin):
        Member.objects.create(tenant=house.tenant, person=anna, role=Role.WAITER)
    phone.post(PATH, {"email": NEW})
    phone.post("auth/email/verify/", {"key": mailbox.code()})

    events = AuditEvent.objects.filter(action="person.email-changed")
    assert {event.tenant_id for event in events} == {aurora.tenant.pk, bluefin.tenant.pk}
    assert {(event.by_id, event.address) for event in events} == {(anna.pk, "203.0.113.7")}
    assert events[0].data == {"from": "anna@aurora.test", "to": NEW}


def test_other_sessions_end_and_this_one_goes_on(
    phone: Visitor,
    other_visitor: Visitor,
    mailbox: Mailbox,
    anna: Person,
    ben: Person,
    visit: Any,
    django_capture_on_commit_callbacks: Any,
) -> None:
    other_visitor.sign_in(anna)
    of_ben: Api = visit(ben)
    phone.post(PATH, {"email": NEW})
    assert other_visitor.get("me/").status_code == 200

    with django_capture_on_commit_callbacks(execute=True):
        phone.post("auth/email/verify/", {"key": mailbox.code()})

    assert other_visitor.get("me/").status_code == 401
    assert phone.get("me/").status_code == 200
    assert of_ben.get("me/").status_code == 200
    assert Session.objects.filter(person=anna).count() == 1


def test_it_takes_the_password_once_more(visitor: Visitor, mailbox: Mailbox, anna: Person) -> None:
    visitor.sign_in(anna)
    mailbox.read()

    refused = visitor.post(PATH, {"email": NEW})

    assert (refused.status_code, refused.json()["code"]) == (401, "authentication-pending")
    assert {"id": "reauthenticate"} in refused.json()["flows"]
    assert mailbox.read() == []
    assert addresses(anna) == [(anna.email, True, True)]


def test_it_takes_a_person(portal: Api, aurora: House, anna: Person) -> None:
    for method, data in (("GET", None), ("POST", {"email": NEW})):
        nobody = portal(method, PATH, data)
        assert (nobody.status_code, nobody.json()["code"]) == (401, "not-signed-in")
        assert aurora.app(method, PATH, data).status_code == 403
    assert not EmailAddress.objects.filter(email=NEW).exists()


def test_a_wrong_code_changes_nothing_and_the_fifth_voids_the_right_one(
    phone: Visitor, mailbox: Mailbox, anna: Person
) -> None:
    phone.post(PATH, {"email": NEW})
    code = mailbox.code()
    for _ in range(5):
        wrong = phone.post("auth/email/verify/", {"key": "BBBB-BBBB"})
        assert [error["code"] for error in wrong.json()["errors"]] == ["incorrect-code"]

    assert phone.post("auth/email/verify/", {"key": code}).status_code == 409
    assert addresses(anna) == [(anna.email, True, True)]
    assert phone.get("me/").status_code == 200, "still signed in"


def test_another_code_can_be_had(phone: Visitor, mailbox: Mailbox, anna: Person) -> None:
    phone.post(PATH, {"email": NEW})
    first = mailbox.code()
    assert phone.post("auth/email/verify/resend/").status_code == 200

    (message,) = mailbox.read()
    assert message.subject == "Your code for a new address at Tavola"
    assert phone.post("auth/email/verify/", {"key": first}).status_code == 400
    assert phone.post("auth/email/verify/", {"key": code_in(message)}).status_code == 200
    assert addresses(anna) == [(NEW, True, True)]


def test_the_code_works_in_its_own_session_only(
    phone: Visitor, other_visitor: Visitor, mailbox: Mailbox, anna: Person, ben: Person
) -> None:
    phone.post(PATH, {"email": NEW})
    code = mailbox.code()
    other_visitor.sign_in(ben)

    assert other_visitor.post("auth/email/verify/", {"key": code}).status_code == 409
    assert addresses(anna) == [(anna.email, True, True)]
    assert addresses(ben) == [(ben.email, True, True)]


def test_ones_own_address_is_no_change(phone: Visitor, mailbox: Mailbox, anna: Person) -> None:
    response = phone.post(PATH, {"email": "ANNA@aurora.test"})

    assert [(e["field"], e["code"]) for e in response.json()["errors"]] == [
        ("email", "duplicate-email")
    ]
    assert mailbox.read() == []


@pytest.fixture
def carla(db: None) -> Person:
    """Signed up, and never confirmed the address."""
    return Person.objects.create_user("carla@example.com", PASSWORD, name="Carla")


@pytest.mark.parametrize("whose", ["ben", "carla"])
def test_an_address_that_is_somebodys_answers_like_a_free_one(
    phone: Visitor, mailbox: Mailbox, anna: Person, ben: Person, carla: Person, whose: str
) -> None:
    taken = {"ben": ben, "carla": carla}[whose].email
    answers = []
    for email in (taken, "free@example.com"):
        with CaptureQueriesContext(connection) as queries:
            begun = phone.post(PATH, {"email": email})
        answers.append(
            (
                hidden(begun, email),
                hidden(phone.get(PATH), email),
                hidden(phone.post("auth/email/verify/", {"key": "BBBB-BBBB"}), email),
                hidden(phone.post("auth/email/verify/resend/"), email),
                hidden(phone.get("auth/session/"), email),
            )
        )
        answers.append(len(queries))

    first, first_cost, second, second_cost = answers
    assert first == second
    assert abs(first_cost - second_cost) <= 3
    assert addresses(anna) == [(anna.email, True, True)]


def hidden(response: Any, email: str) -> Any:
    status, headers, body = anonymous(response)
    return status, headers, str(body).replace(email, "…")


def test_the_mailbox_of_an_address_that_is_somebodys_learns_the_truth(
    phone: Visitor, mailbox: Mailbox, ben: Person
) -> None:
    phone.post(PATH, {"email": ben.email})

    (message,) = mailbox.read()
    assert (message.to, message.subject) == (
        [ben.email],
        "Zu dieser Adresse gibt es schon ein Tavola-Konto",
    )
    assert "    " not in message.body, "no code"


@pytest.mark.parametrize("verified", [True, False])
def test_an_address_that_was_taken_meanwhile_stays_where_it_is(
    phone: Visitor, mailbox: Mailbox, anna: Person, verified: bool
) -> None:
    phone.post(PATH, {"email": NEW})
    code = mailbox.code()
    dora = Person.objects.create_user(NEW, PASSWORD, name="Dora", verified=verified)

    response = phone.post("auth/email/verify/", {"key": code})

    assert response.json()["code"] == ("invalid" if verified else "step-not-open")
    assert addresses(anna) == [(anna.email, True, True)]
    assert addresses(dora) == [(NEW, verified, True)]
    assert phone.get("me/").json()["person"]["email"] == "anna@aurora.test"


def test_a_reset_that_was_begun_under_the_old_address_is_void(
    phone: Visitor, other_visitor: Visitor, mailbox: Mailbox, anna: Person
) -> None:
    """Whoever still reads the old mailbox must not get in by it."""
    other_visitor.post("auth/password/request/", {"email": anna.email})
    reset_code = mailbox.code()
    phone.post(PATH, {"email": NEW})
    phone.post("auth/email/verify/", {"key": mailbox.code()})

    response = other_visitor.post(
        "auth/password/reset/", {"key": reset_code, "password": "a different horse"}
    )

    assert [error["code"] for error in response.json()["errors"]] == ["incorrect-code"]
    anna.refresh_from_db()
    assert anna.check_password(PASSWORD)


def test_no_more_mails_to_an_address_than_to_any_other(phone: Visitor, mailbox: Mailbox) -> None:
    for _ in range(5):
        assert phone.post(PATH, {"email": NEW}).status_code == 200

    assert phone.post(PATH, {"email": NEW}).status_code == 429
    assert len(mailbox.read()) == 5
