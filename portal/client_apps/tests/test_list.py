from __future__ import annotations

import pytest
import time_machine

from portal.api_client.errors import Unreachable
from portal.api_client.tests import fake_platform
from portal.client_apps.tests.cast import HOSTILE, LIST, PAGE, ahead, item, listed
from portal.ui.tests.pages import read

CALL = "GET client-apps/"


def test_it_shows_the_apps_in_one_call(owner, platform):
    page = read(owner.get(LIST))

    assert page.links["Till"] == PAGE
    assert "See customers · Add customers · 1 more" in page.text
    assert page.links["New app"] == f"{LIST}new/"
    assert page.links["API documentation"].endswith("/api/docs/")
    assert platform.operations == [CALL]


def test_it_is_a_section_of_the_settings(owner):
    page = read(owner.get(LIST))

    assert page.links["Apps"] == LIST
    assert page.links["Settings"].startswith("/t/aurora/settings/")


@pytest.mark.parametrize(
    ("app", "said"),
    [
        ({"keys": 1, "expires_at": None}, "Works"),
        ({"keys": 1, "expires_at": ahead(days=15)}, "Works"),
        ({"keys": 1, "expires_at": ahead(days=9)}, "Ends in 9 days"),
        ({"keys": 1, "expires_at": ahead(seconds=5)}, "Ends to"),
        ({"keys": 0, "expires_at": None}, "No key works"),
        ({"keys": 0, "revoked_at": "2026-01-01T00:00:00Z"}, "Revoked"),
    ],
)
def test_it_says_how_each_app_is(owner, platform, app, said):
    platform.answer(CALL, response=listed(item(**app)))

    row = read(owner.get(LIST)).text.split("State", 1)[1]

    assert said in row
    assert ("Works" in row) == (said == "Works")


@time_machine.travel("2026-11-20T22:00:00Z", tick=False)
def test_days_are_those_of_the_business(owner, platform):
    """Half past eleven in the evening in UTC is tomorrow in Rome."""
    platform.answer(CALL, response=listed(item(keys=1, expires_at="2026-11-20T23:30:00Z")))

    assert "Ends tomorrow" in read(owner.get(LIST)).text


def test_an_app_that_was_never_used_says_so(owner, platform):
    platform.answer(CALL, response=listed(item(last_used_at=None)))

    assert "Last used" in read(owner.get(LIST)).text
    assert "Never" in read(owner.get(LIST)).text


def test_the_revoked_ones_come_apart(owner, platform):
    platform.answers("client-apps-list-revoked")

    page = read(owner.get(LIST, {"state": "revoked"}))

    assert platform.asked(CALL)[0].query == {"state": "revoked"}
    assert "Old till" in page.links
    assert page.links["In use"] == LIST


def test_no_revoked_ones(owner, platform):
    platform.answer(CALL, response=listed())

    assert "No app was revoked" in read(owner.get(LIST, {"state": "revoked"})).text


def test_a_state_that_there_isnt_is_the_current_one(owner, platform):
    owner.get(LIST, {"state": "all"})

    assert platform.asked(CALL)[0].query == {"state": "current"}


def test_further_pages_are_linked(owner, platform):
    platform.answer(CALL, response=listed(item(), next_cursor="n", previous_cursor="p"))

    page = read(owner.get(LIST, {"state": "revoked", "cursor": "x"}))

    assert platform.asked(CALL)[0].query == {"state": "revoked", "cursor": "x"}
    assert page.links["Next"] == "?state=revoked&cursor=n"
    assert page.links["Previous"] == "?state=revoked&cursor=p"


def test_without_any_it_says_what_they_are_for(owner, platform):
    platform.answer(CALL, response=listed())

    page = read(owner.get(LIST))

    assert "No apps yet" in page.text
    assert page.links["Create your first app"] == f"{LIST}new/"
    assert "New app" not in page.links


@pytest.mark.parametrize("apps", [[], [item()]])
def test_who_may_only_look_finds_nothing_to_press(owner, platform, apps):
    platform.answer(CALL, response=listed(*apps, can=[], scopes_available=[]))

    page = read(owner.get(LIST))

    assert not {"New app", "Create your first app"} & set(page.links)


@pytest.mark.parametrize("apps", [[], [item()]])
def test_while_read_only_there_is_nothing_to_press(owner, platform, read_only, apps):
    platform.answer(CALL, response=listed(*apps))

    assert not {"New app", "Create your first app"} & set(read(owner.get(LIST)).links)


def test_members_without_the_ability_dont_see_the_section(waiter, platform):
    page = read(waiter.get("/t/bluefin/"))

    assert "Apps" not in page.links


def test_a_new_scope_is_shown_by_its_word(owner, platform):
    platform.answer(CALL, response=listed(item(scopes=["tabs.close", "customers.read"])))

    assert "See customers · tabs.close" in read(owner.get(LIST)).text


def test_a_hostile_name_is_only_text(owner, platform):
    platform.answer(CALL, response=listed(item(name=HOSTILE, scopes=[HOSTILE])))

    response = owner.get(LIST)

    assert "<script>alert" not in response.content.decode()
    assert HOSTILE in read(response).text


def test_a_failure_is_no_empty_list(owner, platform):
    platform.fails(CALL, Unreachable())

    response = owner.get(LIST)

    assert response.status_code == 503
    assert "No apps yet" not in read(response).text


def test_it_speaks_german(waiter, platform, monkeypatch):
    monkeypatch.setitem(
        fake_platform.ABILITIES, "waiter", [*fake_platform.ABILITIES["waiter"], "client-apps.read"]
    )

    page = read(waiter.get("/t/bluefin/settings/apps/"))

    assert "Gäste sehen · Gäste anlegen · 1 weiteres" in page.text
    assert "Zuletzt benutzt" in page.text
