from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone

from backend.accounts.middleware import StaffSessionMiddleware
from backend.accounts.models import Person, Session
from backend.accounts.tests.conftest import PASSWORD


@pytest.fixture
def staff(db: None) -> Person:
    return Person.objects.create_superuser("staff@tavola.test", PASSWORD, name="Staff")


@pytest.fixture
def browser(staff: Person) -> Client:
    browser = Client(HTTP_USER_AGENT="Firefox")
    response = browser.post(
        "/admin/login/?next=/admin/", {"username": staff.email, "password": PASSWORD}
    )
    assert response.status_code == 302
    return browser


def test_the_cookie_is_for_the_admin_alone(browser: Client) -> None:
    cookie = browser.cookies[settings.SESSION_COOKIE_NAME]

    assert cookie["path"] == "/admin"
    assert cookie["httponly"] is True
    assert cookie["secure"] is True
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] == ""


def test_it_opens_the_admin(browser: Client, staff: Person) -> None:
    assert browser.get("/admin/password_change/").status_code == 200
    session = Session.objects.get()
    assert (session.surface, session.person_id) == ("staff", staff.pk)
    assert (session.address, session.user_agent) == ("127.0.0.1", "Firefox")


def test_the_api_does_not_read_it(browser: Client, portal) -> None:
    browser.cookies[settings.SESSION_COOKIE_NAME]["path"] = "/"

    response = browser.get("/api/v1/me/", headers=portal.headers)

    assert response.status_code == 401
    assert response.json()["code"] == "not-signed-in"


def test_elsewhere_it_is_not_even_looked_at(
    browser: Client, rf: RequestFactory, django_assert_num_queries: Any
) -> None:
    request = rf.get("/api/v1/me/")
    request.COOKIES = {name: morsel.value for name, morsel in browser.cookies.items()}

    with django_assert_num_queries(0):
        StaffSessionMiddleware(lambda request: HttpResponse())(request)
        assert request.session.is_empty()


def test_its_value_is_no_session_token(browser: Client, portal) -> None:
    token = browser.cookies[settings.SESSION_COOKIE_NAME].value

    assert portal.get("me/", x_session_token=token).status_code == 401


def test_a_session_token_is_no_cookie(visit, staff: Person) -> None:
    token = visit(staff).headers["x-session-token"]
    intruder = Client()
    intruder.cookies[settings.SESSION_COOKIE_NAME] = token

    assert intruder.get("/admin/").status_code == 302


def test_it_slides_while_it_is_used(browser: Client) -> None:
    now = timezone.now()
    Session.objects.update(
        last_seen_at=now - timedelta(hours=1), expire_date=now + timedelta(hours=11)
    )

    browser.get("/admin/password_change/")

    assert Session.objects.get().expire_date - now > timedelta(hours=11, minutes=59)


def test_signing_out_deletes_the_session(browser: Client) -> None:
    browser.post("/admin/logout/")

    assert not Session.objects.exists()
