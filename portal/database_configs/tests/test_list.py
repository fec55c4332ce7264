from __future__ import annotations

from portal.database_configs.tests.cast import HOSTILE, LIST, PAGE, config
from portal.ui.tests.pages import read

OPERATION = "GET database-configs/"


def test_it_shows_each_with_its_state_in_one_call(owner, platform):
    platform.answers("database-configs-list")
    page = read(owner.get(LIST))

    assert page.links["Till system"] == PAGE
    assert "Bookkeeping books.trattoria-aurora.example" in page.text
    assert "Not in order" in page.text
    assert page.links["Add a database"] == f"{LIST}new/"
    assert platform.operations == [OPERATION]


def test_a_check_of_what_it_was_before_is_said_to_be_one(owner, platform):
    changed = config("database-config-retrieve-changed")
    platform.answer(OPERATION, response={"results": [changed], "can": []})

    assert "Before the last change Not checked yet" in read(owner.get(LIST)).text


def test_without_any_it_says_what_they_are_for(owner, platform):
    platform.answers("database-configs-list-empty")
    page = read(owner.get(LIST))

    assert "No databases yet" in page.text
    assert page.links["Add a database"] == f"{LIST}new/"


def test_when_there_can_be_no_more_nothing_offers_it(owner, platform):
    platform.answer(OPERATION, response={"results": [config()], "can": []})

    assert "Add a database" not in read(owner.get(LIST)).links


def test_hostile_values_are_only_text(owner, platform):
    evil = config(name=HOSTILE, host=HOSTILE)
    platform.answer(OPERATION, response={"results": [evil], "can": []})

    assert "<script>alert" not in owner.get(LIST).content.decode()


def test_it_is_a_tab_of_the_settings_for_who_may_see_it(owner, platform):
    assert read(owner.get(LIST)).links["Databases"] == LIST


def test_while_read_only_nothing_is_offered(owner, platform, read_only):
    assert "Add a database" not in read(owner.get(LIST)).links
