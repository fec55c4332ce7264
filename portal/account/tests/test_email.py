from __future__ import annotations

import msgspec
import pytest

from portal.account.tests.forms import filled

PAGE = "/account/email/"
CONFIRM = "/account/email/confirm/"


@pytest.fixture
def pending(platform):
    platform.answers("auth-email-list-pending")


def test_the_profile_leads_to_it_through_the_password(owner):
    page = owner.get("/account/").content.decode()

    assert 'href="/account/confirm/?next=%2Faccount%2Femail%2F"' in page


def test_it_leads_to_the_code_from_the_new_mailbox(owner, platform):
    page = owner.get(PAGE)
    assert "owner@aurora.test" in page.content.decode()
    assert platform.operations == ["GET me/"]

    response = owner.post(PAGE, filled(page, email="giulia@example.com"))

    assert response.headers["Location"] == CONFIRM
    (call,) = platform.asked("POST auth/account/email/")
    assert msgspec.json.decode(call.body) == {"email": "giulia@example.com"}


def test_ones_own_address_is_said_on_the_field(owner, platform):
    platform.answers("auth-email-change-invalid")

    response = owner.post(PAGE, {"email": "owner@aurora.test"})

    assert response.status_code == 422
    assert "This is your address already." in response.content.decode()


def test_the_password_is_asked_for_when_it_was_too_long_ago(owner, platform):
    platform.answers("auth-email-change-reauthenticate")

    response = owner.post(
        PAGE,
        {"email": "giulia@example.com"},
        headers={"Referer": f"http://testserver{PAGE}"},
    )

    assert response.headers["Location"] == "/account/confirm/?next=%2Faccount%2Femail%2F"


def test_it_says_where_the_code_went(owner, platform, pending):
    page = owner.get(CONFIRM).content.decode()

    assert "giulia@example.com" in page
    assert platform.operations == ["GET auth/account/email/"]


def test_the_code_makes_the_change_and_the_session_goes_on(owner, platform):
    platform.answers("auth-email-verify-change")

    response = owner.post(CONFIRM, {"code": "WXYZ-2345"})

    assert response.headers["Location"] == "/account/?notice=email-changed"
    (call,) = platform.calls
    assert (str(call.operation), msgspec.json.decode(call.body)) == (
        "POST auth/email/verify/",
        {"key": "WXYZ-2345"},
    )
    assert "sid" not in response.cookies


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ("auth-email-verify-invalid", "This code isn’t right"),
        ("auth-email-verify-taken", "Another account has this address now."),
    ],
)
def test_what_is_wrong_with_the_code_is_said_on_it(owner, platform, pending, answer, text):
    platform.answers(answer)

    response = owner.post(CONFIRM, {"code": "WXYZ-2345"})

    assert response.status_code == 422
    page = response.content.decode()
    assert text in page
    assert "giulia@example.com" in page


def test_a_code_that_is_void_starts_again(owner, platform, pending):
    platform.answers("auth-email-verify-not-open")

    response = owner.post(CONFIRM, {"code": "WXYZ-2345"})

    assert response.headers["Location"] == "/account/email/?notice=start-again"
    assert response.cookies.get("sid") is None, "still signed in"


def test_the_fifth_wrong_code_starts_again(owner, platform):
    """The platform has forgotten the change by then."""
    platform.answers("auth-email-verify-invalid")

    response = owner.post(CONFIRM, {"code": "WXYZ-2345"})

    assert response.headers["Location"] == "/account/email/?notice=start-again"


def test_without_a_change_under_way_there_is_nothing_to_confirm(owner):
    assert owner.get(CONFIRM).headers["Location"] == "/account/"


def test_a_new_code_can_be_asked_for(owner, platform):
    response = owner.post("/account/email/resend/")

    assert response.headers["Location"] == "/account/email/confirm/?notice=code-sent"
    assert platform.operations == ["POST auth/email/verify/resend/"]


def test_there_are_only_so_many_codes(owner, platform):
    platform.answer(
        "POST auth/email/verify/resend/", status=409, response={"code": "step-not-open"}
    )

    response = owner.post("/account/email/resend/")

    assert response.headers["Location"] == "/account/email/?notice=start-again"


@pytest.mark.parametrize("page", [PAGE, CONFIRM])
def test_who_isnt_signed_in_is_led_to_signing_in(visitor, platform, page):
    assert visitor.get(page).headers["Location"].startswith("/sign-in/?next=")
    assert platform.calls == []
