from __future__ import annotations

import pytest

from portal.account.tests.forms import filled
from portal.api_client.tests.fake_platform import token_of

CREDENTIALS = {"email": "owner@aurora.test", "password": "tavola-demo"}


def test_it_signs_in_and_keeps_the_token_in_the_cookie(visitor, platform):
    response = visitor.post("/sign-in/", CREDENTIALS)

    assert (response.status_code, response.headers["Location"]) == (303, "/t/")
    cookie = response.cookies["sid"]
    assert cookie.value == token_of("auth-login")
    assert (cookie["httponly"], cookie["secure"], cookie["samesite"], cookie["path"]) == (
        True,
        True,
        "Lax",
        "/",
    )


def test_it_begins_a_session_of_its_own(owner, platform):
    owner.post("/sign-in/", CREDENTIALS)

    (call,) = platform.calls
    assert "X-Session-Token" not in call.headers


def test_it_goes_back_to_where_the_visitor_came_from(visitor):
    response = visitor.post("/sign-in/?next=/t/aurora/customers/%3Fq%3Danna", CREDENTIALS)

    assert response.headers["Location"] == "/t/aurora/customers/?q=anna"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "\\/evil.example/",
        "javascript:alert(1)",
        "/\t/evil.example/",
        "/%0d%0aSet-Cookie:sid=x",
        "t/aurora/",
        "/" + "a" * 2001,
    ],
)
def test_it_never_leads_to_another_site(visitor, elsewhere):
    response = visitor.post(
        "/sign-in/", CREDENTIALS, query_params={"next": elsewhere.replace("%0d%0a", "\r\n")}
    )

    assert response.headers["Location"] == "/t/"


def test_a_wrong_password_says_neither_which_was_wrong(visitor, platform):
    platform.answers("auth-login-invalid")

    response = visitor.post("/sign-in/", {**CREDENTIALS, "password": "wrong"})

    assert response.status_code == 422
    page = response.content.decode()
    assert "This email and password don’t go together." in page
    assert 'aria-invalid="true"' not in page
    assert 'value="wrong"' not in page
    assert "sid" not in response.cookies


def test_an_empty_form_never_reaches_the_platform(visitor, platform):
    response = visitor.post("/sign-in/", {"email": "", "password": ""})

    assert response.status_code == 422
    assert platform.calls == []


def test_a_second_factor_is_a_page_of_its_own(visitor, platform):
    platform.answers("auth-login-two-factor")

    response = visitor.post("/sign-in/?next=/t/aurora/&lang=de", CREDENTIALS)

    assert response.headers["Location"] == "/sign-in/two-factor/?next=%2Ft%2Faurora%2F&lang=de"
    pending = response.cookies["sid"].value

    done = visitor.post(response.headers["Location"], {"code": "123456"})

    assert done.headers["Location"] == "/t/aurora/"
    assert platform.calls[-1].headers["X-Session-Token"] == pending
    assert done.cookies["sid"].value != pending


def test_a_wrong_code_is_said_on_its_field(visitor, platform):
    platform.answers("auth-2fa-authenticate-invalid")
    visitor.cookies["sid"] = "pending"

    response = visitor.post("/sign-in/two-factor/", {"code": "000000"})

    assert response.status_code == 422
    assert "This code isn’t right" in response.content.decode()


def test_an_address_that_isnt_confirmed_leads_to_the_code_from_the_email(visitor, platform):
    platform.answers("auth-login-unverified")

    response = visitor.post("/sign-in/", CREDENTIALS)

    assert response.headers["Location"] == "/sign-up/verify/"


@pytest.mark.parametrize(
    "page", ["/sign-in/two-factor/", "/sign-up/verify/", "/password-reset/confirm/"]
)
def test_a_later_page_without_the_first_leads_back(visitor, platform, page):
    for response in (visitor.get(page), visitor.post(page, {"code": "1"})):
        assert (response.status_code, response.headers["Location"]) == (303, "/sign-in/")
    assert platform.calls == []


def test_too_many_attempts_say_when_to_come_back(visitor, platform):
    platform.answer(
        "POST auth/login/",
        status=429,
        headers={"Retry-After": "17"},
        response={"code": "rate-limited"},
    )

    response = visitor.post("/sign-in/", CREDENTIALS)

    assert response.status_code == 429
    assert response.headers["Retry-After"] == "17"
    assert "sid" not in response.cookies


def test_it_signs_out_here_and_on_the_platform(owner, platform):
    response = owner.post("/sign-out/")

    assert response.headers["Location"] == "/sign-in/?notice=signed-out"
    assert platform.operations == ["DELETE auth/session/"]
    assert platform.calls[0].headers["X-Session-Token"] == "session-of-giulia"
    assert response.cookies["sid"].value == ""
    assert response.cookies["sid"]["max-age"] == 0


def test_signing_out_twice_is_fine(visitor, platform):
    platform.answer("DELETE auth/session/", status=401, response={"code": "session-expired"})
    visitor.cookies["sid"] = "gone"

    response = visitor.post("/sign-out/")

    assert response.headers["Location"] == "/sign-in/?notice=signed-out"
    assert response.cookies["sid"]["max-age"] == 0


def test_a_link_cant_sign_out(owner, platform):
    response = owner.get("/sign-out/")

    assert response.status_code == 405
    assert platform.calls == []
    assert "sid" not in response.cookies


def test_the_start_leads_on(visitor, owner):
    assert visitor.get("/").headers["Location"] == "/sign-in/"
    assert owner.get("/").headers["Location"] == "/t/"


def test_the_form_carries_a_key_of_its_own_each_time(visitor):
    keys = {filled(visitor.get("/sign-in/"))["idempotency_key"] for _ in range(3)}

    assert len(keys) == 3
