"""Who gets as far as the auth endpoints: the portal, and nobody else."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from backend.accounts.api import urls
from backend.accounts.models import Person, Session
from backend.accounts.tests.conftest import PASSWORD
from backend.conftest import House

OPERATIONS = [
    ("GET", "auth/session/"),
    ("DELETE", "auth/session/"),
    ("POST", "auth/login/"),
    ("POST", "auth/signup/"),
    ("POST", "auth/email/verify/"),
    ("POST", "auth/email/verify/resend/"),
    ("POST", "auth/password/request/"),
    ("POST", "auth/password/reset/"),
    ("POST", "auth/2fa/authenticate/"),
    ("POST", "auth/reauthenticate/"),
    ("POST", "auth/2fa/reauthenticate/"),
    ("POST", "auth/account/password/"),
    ("GET", "auth/account/email/"),
    ("POST", "auth/account/email/"),
    ("GET", "auth/account/authenticators/"),
    ("GET", "auth/account/authenticators/totp/"),
    ("POST", "auth/account/authenticators/totp/"),
    ("DELETE", "auth/account/authenticators/totp/"),
    ("GET", "auth/account/authenticators/recovery-codes/"),
    ("POST", "auth/account/authenticators/recovery-codes/"),
]
every_operation = pytest.mark.parametrize(("method", "path"), OPERATIONS)


def test_this_list_is_complete() -> None:
    offered = {
        (method.upper(), str(each.pattern))
        for each in urls.urlpatterns
        for method in ("get", "post", "put", "patch", "delete")
        if hasattr(each.callback.view_class, method) and str(each.pattern).startswith("auth/")
    }

    assert offered == set(OPERATIONS)


@every_operation
def test_without_an_app_it_is_401(method: str, path: str, db: None) -> None:
    response = Client().generic(method, f"/api/v1/{path}")

    assert response.status_code == 401
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == "app-credentials-invalid"


@every_operation
def test_a_tenants_app_is_refused(method: str, path: str, aurora: House) -> None:
    response = aurora.app(method, path)

    assert (response.status_code, response.json()["code"]) == (403, "forbidden")


@every_operation
def test_a_cookie_signs_nobody_in(
    method: str, path: str, portal: Any, visit: Any, anna: Person, settings: Any
) -> None:
    portal.client.cookies[settings.SESSION_COOKIE_NAME] = visit(anna).headers["x-session-token"]

    response = portal(method, path)

    assert response.status_code != 200
    assert Session.objects.filter(person=anna).count() == 1


def test_a_tenants_app_can_not_try_passwords(aurora: House, anna: Person) -> None:
    response = aurora.app.post("auth/login/", {"email": anna.email, "password": PASSWORD})

    assert response.status_code == 403
    assert not Session.objects.exists()


@pytest.mark.parametrize("method", ["PUT", "PATCH", "HEAD", "OPTIONS"])
def test_other_methods_are_not_allowed(method: str, portal: Any) -> None:
    response = portal(method, "auth/login/")

    assert response.status_code == 405


def test_the_reply_sets_no_cookie(visitor: Any, anna: Person) -> None:
    response = visitor.sign_in(anna)

    assert not response.cookies
    assert "no-store" in response["Cache-Control"]
