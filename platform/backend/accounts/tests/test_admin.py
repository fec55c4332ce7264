from __future__ import annotations

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.urls import reverse

from backend.accounts.models import Person, Session
from backend.accounts.second_factor import has_second_factor
from backend.accounts.sessions import session_digest
from backend.conftest import staff_browser

PEOPLE = "/admin/accounts/person/"
SESSIONS = "/admin/accounts/session/"


@pytest.fixture
def boss(db: None) -> Person:
    return Person.objects.create_superuser("boss@tavola.test", "x", name="Boss")


@pytest.fixture
def clerk(db: None) -> Person:
    """Staff who may look after people, but is no superuser."""
    clerk = Person.objects.create_user("clerk@tavola.test", "x", name="Clerk", is_staff=True)
    wanted = ["view_person", "change_person", "add_person", "view_session", "delete_session"]
    clerk.user_permissions.set(Permission.objects.filter(codename__in=wanted))
    return clerk


def do(name: str, person: Person) -> str:
    return reverse(f"admin:accounts_person_{name}", args=[person.pk])


def page(person: Person) -> str:
    return f"{PEOPLE}{person.pk}/change/"


def test_people_are_found_by_address(boss: Person, anna: Person, ben: Person) -> None:
    body = staff_browser(boss).get(PEOPLE, {"q": "aurora"}).content.decode()

    assert anna.email in body
    assert ben.email not in body


@pytest.mark.parametrize("path", [PEOPLE, SESSIONS])
def test_a_list_costs_the_same_whatever_its_length(
    visit: Any, boss: Person, anna: Person, ben: Person, path: str
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = staff_browser(boss)
    client.get(path)
    with CaptureQueriesContext(connection) as few:
        client.get(path)
    for number in range(5):
        visit(Person.objects.create_user(f"p{number}@example.com", name=f"P{number}"))
    with CaptureQueriesContext(connection) as many:
        client.get(path)

    assert len(few) == len(many)


def test_no_password_and_no_digest_is_shown(visit: Any, boss: Person, anna: Person) -> None:
    token = visit(anna).headers["x-session-token"]
    session = Session.objects.get(person=anna)
    client = staff_browser(boss)

    for path in (PEOPLE, page(anna), SESSIONS, f"{SESSIONS}{session.id}/change/"):
        body = client.get(path).content.decode()
        assert "algorithm" not in body
        assert anna.password not in body
        for secret in (token, session_digest(token), session.session_data, session.auth_hash):
            assert secret not in body


def test_ending_all_sessions_ends_them_at_once(
    visit: Any, boss: Person, anna: Person, ben: Person
) -> None:
    first, second, other = visit(anna), visit(anna), visit(ben)
    client = staff_browser(boss)
    assert client.get(do("end_all_sessions", anna)).status_code == 200
    assert first.get("me/").status_code == 200

    assert client.post(do("end_all_sessions", anna)).status_code == 302

    assert first.get("me/").status_code == second.get("me/").status_code == 401
    assert other.get("me/").status_code == 200
    assert LogEntry.objects.get().change_message.endswith("is signed out everywhere.")


def test_deactivating_locks_out_at_once_and_can_be_undone(
    visit: Any, visitor: Any, boss: Person, anna: Person
) -> None:
    before = visit(anna)
    client = staff_browser(boss)
    client.post(do("deactivate", anna))

    assert before.get("me/").status_code == 401
    assert visitor.sign_in(anna).status_code == 400
    assert not Session.objects.filter(person=anna).exists()
    assert client.post(do("deactivate", anna)).status_code == 404

    client.post(do("activate", anna))
    assert visitor.sign_in(anna).status_code == 200


def test_nobody_locks_themselves_out(boss: Person) -> None:
    assert staff_browser(boss).post(do("deactivate", boss)).status_code == 403

    boss.refresh_from_db()
    assert boss.is_active is True


@pytest.mark.parametrize("name", ["deactivate", "end_all_sessions"])
def test_a_clerk_does_not_touch_a_superuser(
    boss: Person, clerk: Person, visit: Any, name: str
) -> None:
    visit(boss)

    assert staff_browser(clerk).post(do(name, boss)).status_code == 403

    boss.refresh_from_db()
    assert boss.is_active is True
    assert Session.objects.filter(person=boss).count() == 1


def test_a_clerk_makes_nobody_staff(clerk: Person, anna: Person) -> None:
    client = staff_browser(clerk)
    change = {"name": "Anna B", "language": "de", "is_staff": "on", "is_superuser": "on"}

    assert client.post(page(anna), change).status_code == 302
    assert client.post(page(clerk), change).status_code == 302
    assert client.post(f"{PEOPLE}add/", change | {"email": "new@example.com"}).status_code == 302

    anna.refresh_from_db()
    assert (anna.name, anna.language) == ("Anna B", "de")
    assert set(Person.objects.filter(is_staff=True)) == {clerk}
    assert not Person.objects.filter(is_superuser=True).exists()


def test_a_superuser_makes_staff(boss: Person, anna: Person) -> None:
    staff_browser(boss).post(page(anna), {"name": "Anna", "language": "en", "is_staff": "on"})

    anna.refresh_from_db()
    assert anna.is_staff is True


def test_an_address_is_not_changed_here(boss: Person, anna: Person) -> None:
    staff_browser(boss).post(
        page(anna), {"name": "A", "language": "en", "email": "evil@example.com"}
    )

    anna.refresh_from_db()
    assert (anna.name, anna.email) == ("A", "anna@aurora.test")


def test_a_new_person_sets_their_password_by_mail(visitor: Any, mailbox: Any, boss: Person) -> None:
    new = {"email": " New@Example.com ", "name": "New", "language": "en"}
    assert staff_browser(boss).post(f"{PEOPLE}add/", new).status_code == 302

    person = Person.objects.get(email="new@example.com")
    assert not person.has_usable_password()
    assert EmailAddress.objects.filter(user=person, email=person.email, verified=False).exists()
    visitor.post("auth/password/request/", {"email": person.email})
    reset = {"key": mailbox.code(), "password": "correct horse battery"}
    assert visitor.post("auth/password/reset/", reset).status_code == 200
    assert visitor.get("me/").json()["person"]["email"] == person.email


def test_a_known_address_is_refused(boss: Person, anna: Person) -> None:
    again = {"email": "ANNA@aurora.test", "name": "Again", "language": "en"}

    response = staff_browser(boss).post(f"{PEOPLE}add/", again)

    assert response.status_code == 200
    assert "already" in response.content.decode()
    assert Person.objects.filter(name="Again").count() == 0


def test_one_session_can_be_ended(visit: Any, clerk: Person, anna: Person, ben: Person) -> None:
    api, other = visit(anna), visit(ben)
    session = Session.objects.get(person=anna)
    end = reverse("admin:accounts_session_end", args=[session.id])
    client = staff_browser(clerk)
    assert client.get(end).status_code == 200

    assert client.post(end).status_code == 302

    assert api.get("me/").status_code == 401
    assert other.get("me/").status_code == 200
    assert LogEntry.objects.get().object_id == str(session.id)


def test_without_the_permission_it_can_not(visit: Any, clerk: Person, anna: Person) -> None:
    clerk.user_permissions.remove(Permission.objects.get(codename="delete_session"))
    api = visit(anna)
    session = Session.objects.get(person=anna)

    response = staff_browser(clerk).post(reverse("admin:accounts_session_end", args=[session.id]))

    assert response.status_code == 403
    assert api.get("me/").status_code == 200


def test_sessions_are_neither_made_nor_changed_nor_deleted_as_rows(
    visit: Any, boss: Person, anna: Person
) -> None:
    visit(anna)
    session = Session.objects.get(person=anna)
    client = staff_browser(boss)

    assert client.get(f"{SESSIONS}add/").status_code == 403
    assert client.post(f"{SESSIONS}{session.id}/change/", {"address": ""}).status_code == 403
    assert client.post(f"{SESSIONS}{session.id}/delete/").status_code == 403
    assert client.post(f"{PEOPLE}{anna.pk}/delete/").status_code == 403
    assert Session.objects.filter(person=anna).count() == 1


@pytest.mark.parametrize(("state", "count"), [("live", 2), ("over", 1)])
def test_sessions_are_filtered_by_state(
    visit: Any, boss: Person, anna: Person, state: str, count: int
) -> None:
    from datetime import timedelta

    from django.utils import timezone

    visit(anna)
    visit(anna)
    Session.objects.filter(id=Session.objects.first().id).update(
        expire_date=timezone.now() - timedelta(days=1)
    )
    client = staff_browser(boss)

    found = client.get(SESSIONS, {"state": state}).context["cl"].queryset

    assert found.count() == count


def test_staff_remove_a_lost_second_factor(
    boss: Person, anna: Person, enrol: Any, visit: Any, mailbox: Any
) -> None:
    enrol(anna)
    visit(anna)
    address = do("remove_second_factor", anna)
    staff_browser(boss).get(address)
    assert has_second_factor(anna)

    staff_browser(boss).post(address)

    assert not has_second_factor(anna)
    assert not Session.objects.filter(person=anna).exists()
    (message,) = mailbox.read()
    assert message.to == [anna.email]
    assert "From: our staff" in message.body


def test_it_is_offered_only_where_there_is_one(boss: Person, anna: Person) -> None:
    assert "Remove second factor" not in staff_browser(boss).get(page(anna)).content.decode()
