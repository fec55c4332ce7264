from __future__ import annotations

import msgspec

from portal.account.tests.forms import filled
from portal.api_client.tests.fake_platform import response_of


def test_it_shows_who_one_is_in_one_round_trip(owner, platform):
    response = owner.get("/account/")

    page = response.content.decode()
    assert 'value="Giulia Conti"' in page
    assert "owner@aurora.test" in page
    assert "Trattoria Aurora" in page
    assert platform.operations == ["GET me/"]


def test_each_business_can_be_left_and_another_one_registered(owner, platform):
    mine = response_of("me-retrieve")
    mine["tenants"][0]["state"] = "suspended"
    platform.answer("GET me/", response=mine)

    page = owner.get("/account/").content.decode()

    rows = page.split('class="account-list__row"')[1:]
    assert [("Blue Fin Sushi" in row, "Trattoria Aurora" in row) for row in rows] == [
        (True, False),
        (False, True),
    ]
    assert "Manager" in rows[0]
    assert "Suspended" in rows[0]
    assert 'href="/t/bluefin/settings/members/leave/"' in rows[0]
    assert "Owner" in rows[1]
    assert "Suspended" not in rows[1]
    assert 'href="/t/aurora/settings/members/leave/"' in rows[1]
    assert 'href="/register/"' in page


def test_who_belongs_nowhere_is_told_how_to_begin(owner, platform):
    platform.answer("GET me/", response={**response_of("me-retrieve"), "tenants": []})

    page = owner.get("/account/").content.decode()

    assert "You aren’t a member of any business yet." in page
    assert 'href="/register/"' in page


def test_while_nothing_can_be_written_there_is_nothing_to_leave(owner, read_only):
    page = owner.get("/account/").content.decode()

    assert "Trattoria Aurora" in page
    assert "/leave/" not in page
    assert "/register/" not in page


def test_it_saves_and_says_so(owner, platform):
    entered = filled(owner.get("/account/"), name="Giulia Conti-Weber", language="de")

    response = owner.post("/account/", entered)

    assert response.headers["Location"] == "/account/?notice=profile-saved"
    (call,) = platform.asked("PATCH me/")
    assert msgspec.json.decode(call.body) == {"name": "Giulia Conti-Weber", "language": "de"}


def test_sending_the_page_twice_is_one_command(owner, platform):
    entered = filled(owner.get("/account/"), name="Giulia Conti-Weber", language="de")

    first, second = owner.post("/account/", entered), owner.post("/account/", entered)

    assert first.headers["Location"] == second.headers["Location"]
    keys = [call.headers["Idempotency-Key"] for call in platform.asked("PATCH me/")]
    assert keys == [entered["idempotency_key"]] * 2
    assert len(keys[0]) > 20


def test_what_the_platform_refuses_stays_on_the_page(owner, platform):
    platform.answers("me-update-invalid")

    response = owner.post("/account/", filled(owner.get("/account/"), name=" x", language="de"))

    assert response.status_code == 422
    assert "Please fill this in." in response.content.decode()


def test_a_session_that_is_over_leads_to_signing_in_and_back(visitor, platform):
    visitor.cookies["sid"] = "of-nobody"

    response = visitor.get("/account/")

    assert response.headers["Location"] == "/sign-in/?next=%2Faccount%2F&notice=session-ended"
    assert response.cookies["sid"].value == ""
    assert response.cookies["sid"]["max-age"] == 0


def test_without_a_session_nobody_is_asked(visitor, platform):
    response = visitor.get("/account/")

    assert response.headers["Location"] == "/sign-in/?next=%2Faccount%2F"
    assert platform.calls == []
