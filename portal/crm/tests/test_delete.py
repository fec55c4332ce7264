from __future__ import annotations

import pytest

from portal.crm.tests.cast import ANNA, HOSTILE, LIST, PAGE, anna, problem
from portal.ui.tests.pages import read

DELETE = f"{PAGE}delete/"
GET = "GET crm/customers/{id}/"
CALL = "DELETE crm/customers/{id}/"


def test_it_asks_first_in_one_call(owner, platform):
    page = read(owner.get(DELETE))

    assert "Delete Anna Weber?" in page.text
    assert "The customer and 2 notes are deleted." in page.text
    assert page.links["erase the person"] == f"{PAGE}erase/"
    assert page.links["Keep"] == PAGE
    assert platform.operations == [GET]


@pytest.mark.parametrize(
    ("count", "said"),
    [(0, "The customer is deleted."), (1, "The customer and one note are deleted.")],
)
def test_it_says_what_goes_along(owner, platform, count, said):
    platform.answer(GET, response=anna(notes_count=count))

    assert said in read(owner.get(DELETE)).text


def test_it_deletes_what_was_seen(owner, platform):
    form = read(owner.get(DELETE)).forms[""]

    response = owner.post(DELETE, form)

    assert response.headers["Location"] == f"{LIST}?notice=customer-deleted"
    (call,) = platform.asked(CALL)
    assert call.url.endswith(f"/crm/customers/{ANNA}/")
    assert call.headers["If-Match"] == '"3"'


def test_a_customer_that_changed_meanwhile_is_shown_again_and_not_deleted(owner, platform):
    form = read(owner.get(DELETE)).forms[""]
    platform.answer(CALL, status=412, response=problem(412, "precondition-failed"))
    platform.answer(GET, headers={"ETag": '"4"'}, response=anna(version=4))

    response = owner.post(DELETE, form)

    page = read(response)
    assert response.status_code == 409
    assert "nothing is deleted yet" in page.text
    assert page.forms[""]["etag"] == '"4"'
    assert page.forms[""]["idempotency_key"] != form["idempotency_key"]


def test_a_post_that_didnt_see_the_page_only_asks(owner, platform):
    response = owner.post(DELETE)

    assert "Delete Anna Weber?" in read(response).text
    assert platform.asked(CALL) == []


def test_who_may_not_isnt_asked(owner, platform):
    platform.answer(GET, response=anna(can=["update"]))

    assert owner.get(DELETE).status_code == 403


def test_a_hostile_name_is_only_text(owner, platform):
    platform.answer(GET, response=anna(name=HOSTILE))

    response = owner.get(DELETE)

    assert "<script>alert" not in response.content.decode()
    assert f"Delete {HOSTILE}?" in read(response).text


def test_while_read_only_there_is_nothing_to_press(owner, platform, read_only):
    page = read(owner.get(DELETE))

    assert page.forms == {}
    assert "Read-only for the moment" in page.text
