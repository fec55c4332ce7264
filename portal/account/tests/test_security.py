from __future__ import annotations

import msgspec

from portal.api_client.tests.fake_platform import token_of

SESSION = "01993c10-0000-7000-8000-000000000002"


def test_it_shows_what_guards_the_account_with_calls_at_once(owner, platform):
    page = owner.get("/account/security/").content.decode()

    assert sorted(platform.operations) == [
        "GET auth/account/authenticators/",
        "GET me/sessions/",
    ]
    assert "9 recovery codes are left" in page
    assert "Safari on Mac" in page
    assert "Chrome on Android" in page
    assert "Bologna, Italy (203.0.113.7)" in page
    assert "From 198.51.100.23" in page
    assert f"/account/security/sessions/{SESSION}/end/" in page
    assert page.count("/end/") == 2, "not the session that one looks with"


def test_without_a_second_step_it_offers_one(owner, platform):
    platform.answers("auth-authenticators-none")

    page = owner.get("/account/security/").content.decode()

    assert "/account/confirm/?next=%2Faccount%2Fsecurity%2Ftwo-factor%2F" in page
    assert "recovery codes are left" not in page


def test_it_ends_one_session(owner, platform):
    response = owner.post(f"/account/security/sessions/{SESSION}/end/")

    assert response.headers["Location"] == "/account/security/?notice=session-closed"
    assert [call.url for call in platform.calls] == [f"/api/v1/me/sessions/{SESSION}/"]


def test_it_ends_all_other_sessions(owner, platform):
    response = owner.post("/account/security/sessions/others/end/")

    assert response.headers["Location"] == "/account/security/?notice=sessions-closed"
    assert platform.operations == ["DELETE me/sessions/"]


def test_a_changed_password_comes_with_a_new_token(owner, platform):
    response = owner.post(
        "/account/security/password/",
        {"current_password": "tavola-demo", "new_password": "a different horse"},
    )

    assert response.headers["Location"] == "/account/security/?notice=password-changed"
    assert response.cookies["sid"].value == token_of("auth-password-change")
    (call,) = platform.calls
    assert msgspec.json.decode(call.body) == {
        "current_password": "tavola-demo",
        "new_password": "a different horse",
    }


def test_a_wrong_current_password_changes_nothing(owner, platform):
    platform.answers("auth-password-change-invalid")

    response = owner.post(
        "/account/security/password/",
        {"current_password": "wrong", "new_password": "a different horse"},
    )

    assert response.status_code == 422
    page = response.content.decode()
    assert "This isn’t your current password." in page
    assert "a different horse" not in page
    assert "sid" not in response.cookies


def test_the_password_once_more_leads_on(owner, platform):
    page = "/account/confirm/?next=/account/security/two-factor/"
    assert owner.get(page).status_code == 200

    response = owner.post(page, {"password": "tavola-demo"})

    assert response.headers["Location"] == "/account/security/two-factor/"
    assert platform.operations == ["GET me/", "POST auth/reauthenticate/"]


def test_the_password_once_more_leads_nowhere_else(owner):
    response = owner.post("/account/confirm/?next=//evil.example", {"password": "tavola-demo"})

    assert response.headers["Location"] == "/account/security/"


def test_a_wrong_password_leads_nowhere(owner, platform):
    platform.answers("auth-reauthenticate-invalid")

    response = owner.post("/account/confirm/", {"password": "wrong"})

    assert response.status_code == 422
    assert "This isn’t your password." in response.content.decode()


def test_the_pages_show_the_person_in_their_language(waiter):
    page = waiter.get("/account/security/").content.decode()

    assert '<html lang="de"' in page
    assert "Wo Sie angemeldet sind" in page
    assert "Noah Baker" in page
    assert "Giulia" not in page
