from __future__ import annotations

import pytest

from portal.api_client.tests.fake_platform import response_of
from portal.ui.tests.pages import read

CALL = "GET me/"
HOSTILE = '"><script>alert(1)</script>'


def me(*tenants):
    return {
        **response_of("me-retrieve"),
        "tenants": [
            {"slug": slug, "name": name, "role": role}
            | {"country": "IT", "currency": "EUR", "state": "active"}
            for slug, name, role in tenants
        ],
    }


AURORA = ("aurora", "Trattoria Aurora", "owner")
BLUEFIN = ("bluefin", "Blue Fin Sushi", "accountant")


def test_several_are_to_choose_from_in_one_call(owner, platform):
    platform.answer(CALL, response=me(AURORA, BLUEFIN))

    page = read(owner.get("/t/"))

    assert page.links["TA Trattoria Aurora Owner Open"] == "/t/aurora/"
    assert page.links["BS Blue Fin Sushi Accountant Open"] == "/t/bluefin/"
    assert page.links["Register a business"] == "/register/"
    assert platform.operations == [CALL]


def test_with_one_there_is_nothing_to_choose(owner, platform):
    platform.answer(CALL, response=me(BLUEFIN))

    response = owner.get("/t/")

    assert response.status_code == 302
    assert response.headers["Location"] == "/t/bluefin/"


def test_a_notice_is_carried_along(owner, platform):
    platform.answer(CALL, response=me(BLUEFIN))

    assert owner.get("/t/?notice=welcome").headers["Location"] == "/t/bluefin/?notice=welcome"


def test_with_none_it_says_what_is_true_and_what_to_do(owner, platform):
    platform.answer(CALL, response=me())

    page = read(owner.get("/t/"))

    assert "Now it needs a business." in page.text
    assert "Ask an owner or a manager to invite owner@aurora.test." in page.text
    assert page.links["Register a business"] == "/register/"
    assert page.links["Look again"] == "/t/"


def test_one_that_is_not_open_says_so(owner, platform):
    answer = me(AURORA, BLUEFIN)
    answer["tenants"][1]["state"] = "provisioning"
    platform.answer(CALL, response=answer)

    page = read(owner.get("/t/"))

    assert page.links["BS Blue Fin Sushi Accountant Being set up"] == "/t/bluefin/"
    assert page.links["TA Trattoria Aurora Owner Open"] == "/t/aurora/"


def test_a_state_from_a_newer_platform_is_shown_as_it_is(owner, platform):
    answer = me(AURORA, BLUEFIN)
    answer["tenants"][1]["state"] = "dormant"
    platform.answer(CALL, response=answer)

    assert read(owner.get("/t/")).links["BS Blue Fin Sushi Accountant dormant"] == "/t/bluefin/"


@pytest.mark.parametrize("businesses", [(), (AURORA, BLUEFIN)], ids=["none", "several"])
def test_while_read_only_nothing_can_be_registered(owner, platform, read_only, businesses):
    platform.answer(CALL, response=me(*businesses))

    assert "Register a business" not in read(owner.get("/t/")).links


def test_a_role_from_a_newer_platform_is_left_out(owner, platform):
    platform.answer(CALL, response=me(AURORA, ("bluefin", "Blue Fin Sushi", "sommelier")))

    assert "sommelier" not in read(owner.get("/t/")).text


def test_a_hostile_name_is_only_text(owner, platform):
    platform.answer(CALL, response=me(AURORA, ("bluefin", HOSTILE, "owner")))

    response = owner.get("/t/")

    assert "<script>alert" not in response.content.decode()
    assert HOSTILE in read(response).text
