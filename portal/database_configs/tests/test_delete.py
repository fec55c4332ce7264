from __future__ import annotations

from portal.database_configs.tests.cast import DELETE, GET, LIST, PAGE, config, problem
from portal.ui.tests.pages import read

ADDRESS = f"{PAGE}delete/"


def test_it_asks_first_in_one_call(owner, platform):
    page = read(owner.get(ADDRESS))

    assert "Delete Till system?" in page.text
    assert "The database itself stays as it is." in page.text
    assert page.links["Keep"] == PAGE
    assert platform.operations == [GET]


def test_it_deletes_what_was_seen(owner, platform):
    response = owner.post(ADDRESS, read(owner.get(ADDRESS)).forms[""])

    assert response.headers["Location"] == f"{LIST}?notice=database-deleted"
    (call,) = platform.asked(DELETE)
    assert call.headers["If-Match"] == '"1"'


def test_one_that_changed_meanwhile_is_shown_again_and_not_deleted(owner, platform):
    form = read(owner.get(ADDRESS)).forms[""]
    platform.answer(DELETE, status=412, response=problem(412, "precondition-failed"))
    platform.answer(GET, headers={"ETag": '"2"'}, response=config(version=2))

    response = owner.post(ADDRESS, form)

    page = read(response)
    assert response.status_code == 409
    assert "nothing is deleted yet" in page.text
    assert page.forms[""]["etag"] == '"2"'


def test_a_post_that_didnt_see_the_page_only_asks(owner, platform):
    assert "Delete Till system?" in read(owner.post(ADDRESS)).text
    assert platform.asked(DELETE) == []


def test_who_may_not_isnt_asked(owner, platform):
    platform.answer(GET, response=config(can=["update"]))

    assert owner.get(ADDRESS).status_code == 403
