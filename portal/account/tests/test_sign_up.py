from __future__ import annotations

import msgspec

from portal.api_client.tests.fake_platform import token_of

NEW = {
    "name": "Carla Conti",
    "email": "carla@example.com",
    "password": "correct horse battery",
    "language": "de",
}


def test_it_leads_to_the_code_from_the_email(visitor, platform):
    response = visitor.post("/sign-up/?lang=de", NEW)

    assert response.headers["Location"] == "/sign-up/verify/?lang=de"
    assert response.cookies["sid"].value == token_of("auth-signup")
    (call,) = platform.calls
    assert msgspec.json.decode(call.body) == NEW


def test_the_code_signs_in(visitor, platform):
    visitor.post("/sign-up/", NEW)

    response = visitor.post("/sign-up/verify/", {"code": "WXYZ-2345"})

    assert response.headers["Location"] == "/t/?notice=welcome"
    assert response.cookies["sid"].value == token_of("auth-email-verify")
    call = platform.calls[-1]
    assert call.headers["X-Session-Token"] == token_of("auth-signup")
    assert msgspec.json.decode(call.body) == {"key": "WXYZ-2345"}


def test_a_process_may_die_between_any_two_pages(visitor, platform):
    """Nothing but the cookie and the address leads from page to page."""
    verify = visitor.post("/sign-up/?next=/t/aurora/", NEW).headers["Location"]
    cookie = visitor.cookies["sid"].value
    elsewhere = type(visitor)(headers={"Sec-Fetch-Site": "same-origin"})
    elsewhere.cookies["sid"] = cookie

    response = elsewhere.post(verify, {"code": "WXYZ-2345"})

    assert response.headers["Location"] == "/t/aurora/?notice=welcome"


def test_what_the_platform_refuses_is_said_on_the_field(visitor, platform):
    platform.answers("auth-signup-invalid")

    response = visitor.post("/sign-up/", {**NEW, "password": "password1234"})

    assert response.status_code == 422
    page = response.content.decode()
    assert "Too many people use this password." in page
    assert "carla@example.com" in page
    assert "password1234" not in page
    assert "sid" not in response.cookies


def test_the_language_is_the_one_of_the_page(visitor):
    assert '<option value="de" selected>' in visitor.get("/sign-up/?lang=de").content.decode()
    assert '<option value="en" selected>' in visitor.get("/sign-up/").content.decode()


def test_a_wrong_code_stays_on_the_page(visitor, platform):
    visitor.cookies["sid"] = "pending"
    platform.answers("auth-email-verify-invalid")

    response = visitor.post("/sign-up/verify/", {"code": "AAAA-AAAA"})

    assert response.status_code == 422
    assert "This code isn’t right" in response.content.decode()
    assert "sid" not in response.cookies


def test_a_step_that_is_over_starts_again(visitor, platform):
    visitor.cookies["sid"] = "pending"
    platform.answers("auth-email-verify-not-open")

    response = visitor.post("/sign-up/verify/?next=/t/aurora/", {"code": "WXYZ-2345"})

    assert response.headers["Location"] == "/sign-in/?next=%2Ft%2Faurora%2F&notice=start-again"
    assert response.cookies["sid"].value == ""


def test_a_new_code_can_be_asked_for(visitor, platform):
    visitor.cookies["sid"] = "pending"

    response = visitor.post("/sign-up/verify/resend/?lang=de")

    assert response.headers["Location"] == "/sign-up/verify/?lang=de&notice=code-sent"
    assert platform.operations == ["POST auth/email/verify/resend/"]
