from __future__ import annotations

from portal.database_configs.tests.cast import PAGE
from portal.ui.tests.pages import read

ADDRESS = f"{PAGE}checks/"
OPERATION = "GET database-configs/{id}/validations/"


def test_it_tells_who_asked_and_what_failed_in_parallel_calls(owner, platform):
    page = read(owner.get(ADDRESS))

    assert page.links["Till system"] == PAGE
    assert "Giulia Ferri In order" in page.text
    assert "Not in order The server doesn’t accept this user with this password." in page.text
    assert sorted(platform.operations) == ["GET database-configs/{id}/", OPERATION]


def test_older_ones_are_on_further_pages(owner, platform):
    page = read(owner.get(ADDRESS))
    (older,) = (url for url in page.links.values() if "cursor=" in url)

    owner.get(f"{ADDRESS}{older}" if older.startswith("?") else older)

    assert platform.asked(OPERATION)[-1].query["cursor"]


def test_without_any_it_says_so(owner, platform):
    nothing = {"results": [], "next_cursor": None, "previous_cursor": None}
    platform.answer(OPERATION, response=nothing)

    assert "Each check is kept here" in read(owner.get(ADDRESS)).text
