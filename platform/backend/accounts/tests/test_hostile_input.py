"""Whatever is sent, the answer is a problem of 4xx."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.accounts.models import Person
from backend.accounts.tests.conftest import PASSWORD
from backend.accounts.tests.test_gate import OPERATIONS

POSTS = [path for method, path in OPERATIONS if method == "POST"]
FIELDS = ["email", "password", "name", "language", "key", "code", "new_password"]
TAKES_NOTHING = {"auth/email/verify/resend/", "auth/account/authenticators/recovery-codes/"}


def send(api: Any, path: str, body: bytes, content_type: str = "application/json") -> Any:
    return api.client.generic(
        "POST", f"/api/v1/{path}", data=body, content_type=content_type, headers=api.headers
    )


def assert_problem(response: Any, *statuses: int) -> None:
    assert response.status_code in statuses, (response.status_code, response.content)
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["status"] == response.status_code


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"\xff\xfe",
        b"[]",
        b"[1]",
        b'"text"',
        b"null",
        b"1e999",
        b'{"email": NaN}',
        b'{"email": "a@b.test", "email": "c@d.test"}',
        b"[" * 5000,
        json.dumps({"unknown": 1}).encode(),
    ],
)
def test_what_is_no_object_of_known_fields(path: str, body: bytes, portal: Any) -> None:
    assert_problem(send(portal, path, body), 400)


@pytest.mark.parametrize("path", POSTS)
def test_a_form_is_not_json(path: str, portal: Any) -> None:
    response = send(portal, path, b"email=a", "application/x-www-form-urlencoded")

    assert_problem(response, 415)


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("size", [20_000, 3_000_000])
def test_a_huge_body(path: str, size: int, portal: Any) -> None:
    body = json.dumps({"email": "a" * size}).encode()

    assert_problem(send(portal, path, body), 413)


@pytest.mark.parametrize("path", sorted(set(POSTS) - TAKES_NOTHING))
@pytest.mark.parametrize(
    "value", ["a\x00b", "\ud800", None, True, [], {}, ["a"], {"a": 1}, 10**400, ""]
)
def test_values_of_the_wrong_kind(path: str, value: Any, portal: Any, anna: Person) -> None:
    body = dict.fromkeys(_fields_of(path), value)

    assert_problem(send(portal, path, json.dumps(body).encode()), 400)


def _fields_of(path: str) -> list[str]:
    return {
        "auth/login/": ["email", "password"],
        "auth/signup/": ["email", "password", "name", "language"],
        "auth/email/verify/": ["key"],
        "auth/password/request/": ["email"],
        "auth/password/reset/": ["key", "password"],
        "auth/2fa/authenticate/": ["code"],
        "auth/reauthenticate/": ["password"],
        "auth/2fa/reauthenticate/": ["code"],
        "auth/account/email/": ["email"],
        "auth/account/password/": ["current_password", "new_password"],
        "auth/account/authenticators/totp/": ["code"],
    }[path]


@pytest.mark.parametrize(
    "token", ["x", "\x7f" * 8, "é" * 40, "a" * 5000, "'; DROP TABLE accounts_session; --"]
)
def test_a_token_that_was_made_up(token: str, portal: Any) -> None:
    assert_problem(portal.get("auth/session/", x_session_token=token), 401)
    assert_problem(portal.get("me/", x_session_token=token), 401)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=8,
)


@pytest.mark.parametrize("path", POSTS)
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=json_values)
def test_anything_at_all(path: str, data: Any, portal: Any, settings: Any) -> None:
    response = send(portal, path, json.dumps(data).encode())

    assert 400 <= response.status_code < 500 or data == {}
    assert response["Content-Type"] == "application/problem+json"


def test_signed_in_hostility(visitor: Any, anna: Person) -> None:
    """The same behind the sign-in, where the forms look at the person too."""
    visitor.sign_in(anna)
    for path in sorted(set(POSTS) - TAKES_NOTHING - {"auth/login/", "auth/signup/"}):
        for value in ("\ud800", "a\x00b", ["a"], "é" * 30, "\uff11" * 6):
            response = visitor.post(path, dict.fromkeys(_fields_of(path), value))
            assert 400 <= response.status_code < 500, (path, value, response.content)

    assert anna.check_password(PASSWORD)
