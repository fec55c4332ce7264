from __future__ import annotations

import msgspec
import pytest

from portal.account.tests.forms import filled
from portal.api_client.tests.fake_platform import response_of

PAGE = "/account/security/two-factor/"


@pytest.fixture
def no_app_yet(platform):
    platform.answers("auth-totp-none")


def test_it_shows_the_secret_as_picture_and_as_text(owner, no_app_yet):
    response = owner.get(PAGE)

    page = response.content.decode()
    assert "<svg" in page.split('class="qr-code"')[1].split("</div>")[0]
    secret = response_of("auth-totp-none")["secret"]
    assert f"<span>{secret[:4]}</span> <span>{secret[4:8]}</span>" in page
    assert "style=" not in page, "the policy forbids it"
    assert response.headers["Cache-Control"] == "private, no-store"


def test_a_code_switches_it_on_and_leads_to_the_recovery_codes(owner, platform, no_app_yet):
    response = owner.post(PAGE, filled(owner.get(PAGE), code="123456"))

    assert response.headers["Location"] == "/account/security/recovery-codes/?notice=two-factor-on"
    (call,) = platform.asked("POST auth/account/authenticators/totp/")
    assert msgspec.json.decode(call.body) == {"code": "123456"}


def test_a_mistyped_code_keeps_the_secret_that_the_app_knows(owner, platform, no_app_yet):
    platform.answers("auth-totp-activate-invalid")

    response = owner.post(PAGE, filled(owner.get(PAGE), code="000000"))

    assert response.status_code == 422
    assert filled(response)["secret"] == response_of("auth-totp-none")["secret"]
    assert "<svg" in response.content.decode().split('class="qr-code"')[1]
    assert platform.operations.count("GET auth/account/authenticators/totp/") == 1


def test_the_password_is_asked_for_when_it_was_too_long_ago(owner, platform, no_app_yet):
    entered = filled(owner.get(PAGE), code="123456")
    platform.answers("auth-totp-reauthenticate")

    response = owner.post(PAGE, entered, headers={"Referer": f"http://testserver{PAGE}"})

    assert (
        response.headers["Location"]
        == "/account/confirm/?next=%2Faccount%2Fsecurity%2Ftwo-factor%2F"
    )


def test_with_an_app_in_use_there_is_nothing_to_set_up(owner):
    assert owner.get(PAGE).headers["Location"] == "/account/security/"


def test_recovery_codes_are_shown_and_can_be_saved(owner):
    codes = response_of("auth-recovery-codes")["data"]["unused_codes"]
    page = owner.get("/account/security/recovery-codes/")
    assert all(f"<code>{code}</code>" in page.content.decode() for code in codes)

    saved = owner.post("/account/security/recovery-codes.txt", {"codes": filled(page)["codes"]})

    assert saved.headers["Content-Disposition"] == (
        'attachment; filename="tavola-recovery-codes.txt"'
    )
    assert saved.content.decode().splitlines() == codes
    assert saved.headers["Cache-Control"] == "private, no-store"


def test_only_codes_are_handed_back(owner):
    response = owner.post(
        "/account/security/recovery-codes.txt", {"codes": "<script>alert(1)</script>"}
    )

    assert response.status_code == 400
    assert b"alert" not in response.content


def test_codes_that_were_shown_before_are_only_counted(owner, platform):
    platform.answer(
        "GET auth/account/authenticators/recovery-codes/",
        response={"data": {"total_code_count": 10, "unused_code_count": 7}},
    )

    page = owner.get("/account/security/recovery-codes/").content.decode()

    assert "7 unused codes are left" in page
    assert "Make new codes" in page
    assert "<code>" not in page


def test_new_codes_are_shown_at_once(owner, platform):
    response = owner.post("/account/security/recovery-codes/")

    codes = response_of("auth-recovery-codes-make")["data"]["unused_codes"]
    assert all(f"<code>{code}</code>" in response.content.decode() for code in codes)
    assert platform.operations[0] == "POST auth/account/authenticators/recovery-codes/"


def test_it_is_switched_off_only_by_the_form(owner, platform):
    off = "/account/security/two-factor/off/"
    page = owner.get(off)
    assert platform.operations == ["GET me/"]

    response = owner.post(off, filled(page))

    assert response.headers["Location"] == "/account/security/?notice=two-factor-off"
    assert platform.operations[-1] == "DELETE auth/account/authenticators/totp/"
