"""Leaving a business."""

from __future__ import annotations

import pytest

from portal.members.tests.cast import problem
from portal.ui.tests.pages import read

LEAVE = "/t/bluefin/settings/members/leave/"
CALL = "DELETE me/memberships/{slug}/"
ME = "GET me/"


def test_it_asks_first_in_one_call(waiter, platform):
    page = read(waiter.get(LEAVE))

    assert "Blue Fin Sushi verlassen?" in page.text
    assert page.links["Bleiben"] == "/t/bluefin/"
    assert platform.operations == [ME]


def test_one_leaves(waiter, platform):
    form = read(waiter.get(LEAVE)).forms[""]

    response = waiter.post(LEAVE, form)

    assert response.headers["Location"] == "/t/?notice=business-left"
    (call,) = platform.asked(CALL)
    assert call.url.endswith("/me/memberships/bluefin/")
    assert call.headers["Idempotency-Key"] == form["idempotency_key"]


def test_the_last_owner_is_told_what_to_do(owner, platform):
    platform.answers("membership-leave-last-owner")

    response = owner.post(LEAVE, {"idempotency_key": "k"})

    assert response.status_code == 422
    assert "Please make somebody else an owner first." in read(response).text


def test_a_post_that_didnt_see_the_page_only_asks(owner, platform):
    assert "Leave Blue Fin Sushi?" in read(owner.post(LEAVE)).text
    assert platform.asked(CALL) == []


def test_where_one_doesnt_belong_there_is_nothing_to_leave(waiter, platform):
    assert waiter.get("/t/aurora/settings/members/leave/").status_code == 404


def test_who_left_before_isnt_there(owner, platform):
    platform.answer(CALL, status=404, response=problem(404, "tenant-not-found"))

    assert owner.post(LEAVE, {"idempotency_key": "k"}).status_code == 404


def test_strangers_sign_in_first(visitor):
    response = visitor.get(LEAVE)

    assert response.headers["Location"].startswith("/sign-in/?next=%2Ft%2Fbluefin%2F")


@pytest.mark.usefixtures("read_only")
def test_while_read_only_there_is_no_form(owner):
    assert read(owner.get(LEAVE)).forms == {}
