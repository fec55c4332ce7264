from __future__ import annotations

import msgspec

from portal.api_client.tests.fake_platform import token_of


def test_the_code_sets_a_new_password_and_signs_in(visitor, platform):
    asked = visitor.post("/password-reset/", {"email": "owner@aurora.test"})
    assert asked.headers["Location"] == "/password-reset/confirm/"

    response = visitor.post(
        asked.headers["Location"], {"code": "WXYZ-2345", "password": "a different horse"}
    )

    assert response.headers["Location"] == "/t/?notice=password-changed"
    assert response.cookies["sid"].value == token_of("auth-password-reset")
    asked_for, reset = platform.calls
    assert "X-Session-Token" not in asked_for.headers
    assert reset.headers["X-Session-Token"] == token_of("auth-password-request")
    assert msgspec.json.decode(reset.body) == {
        "key": "WXYZ-2345",
        "password": "a different horse",
    }


def test_the_page_after_asking_says_nothing_about_the_account(visitor, platform):
    confirm = visitor.post("/password-reset/", {"email": "nobody@example.com"}, follow=True)

    page = confirm.content.decode()
    assert "If there is an account with that address" in page
    assert "nobody@example.com" not in page


def test_a_second_factor_is_still_asked_for(visitor, platform):
    visitor.cookies["sid"] = "pending"
    platform.answer(
        "POST auth/password/reset/",
        status=401,
        response={
            "code": "authentication-pending",
            "flows": [{"id": "mfa_authenticate", "is_pending": True}],
            "session_token": "half-way",
        },
    )

    response = visitor.post(
        "/password-reset/confirm/", {"code": "WXYZ-2345", "password": "a different horse"}
    )

    assert response.headers["Location"] == "/sign-in/two-factor/"
    assert response.cookies["sid"].value == "half-way"


def test_a_wrong_code_stays_on_the_page(visitor, platform):
    visitor.cookies["sid"] = "pending"
    platform.answers("auth-password-reset-invalid")

    response = visitor.post(
        "/password-reset/confirm/", {"code": "BBBB-BBBB", "password": "a different horse"}
    )

    assert response.status_code == 422
    page = response.content.decode()
    assert "This code isn’t right" in page
    assert "a different horse" not in page
