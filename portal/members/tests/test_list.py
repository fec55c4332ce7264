"""The people of a business, and who is invited."""

from __future__ import annotations

import pytest

from portal.api_client.errors import Unreachable
from portal.api_client.tests.fake_platform import response_of
from portal.members.tests.cast import (
    HOSTILE,
    INVITATIONS,
    LIST,
    MEMBERS,
    PAGE,
    people,
    problem,
)
from portal.ui.tests.pages import read

NINA, PAOLO = response_of("invitations-list")["results"]
MAIL = f"{LIST}invitations/{NINA['id']}/mail/"
WITHDRAW = f"{LIST}invitations/{NINA['id']}/withdraw/"
SEND = "POST invitations/{id}/mails/"
END = "DELETE invitations/{id}/"


def test_everybody_is_there_in_two_calls_at_once(owner, platform):
    page = read(owner.get(LIST))

    assert page.links["Luca Bianchi"] == PAGE
    assert "Giulia Conti giulia@aurora.test Owner You" in page.text
    assert "Luca Bianchi luca@aurora.test Waiter Not yet Off" in page.text
    assert "Lena Gruber lena@aurora.test Accountant" in page.text
    assert page.links["Invite somebody"] == f"{LIST}invite/"
    assert sorted(platform.operations) == [INVITATIONS, MEMBERS]


def test_open_invitations_are_there(owner):
    page = read(owner.get(LIST))

    assert "nina.keller@example.com Invited by Giulia Conti Waiter 26 Nov" in page.text
    assert "paolo.greco@example.com Invited by Marco Rossi Accountant Expired" in page.text
    assert {MAIL, WITHDRAW} <= set(page.forms)


def test_without_any_nothing_is_said_of_them(owner, platform):
    platform.answer(INVITATIONS, response={"results": [], "can": ["invite"]})

    assert "Invited, but not here yet" not in read(owner.get(LIST)).text


def test_what_one_may_not_do_isnt_offered(owner, platform):
    platform.answer(MEMBERS, response=people(can=[]))
    platform.answer(INVITATIONS, response={"results": [NINA | {"can": []}], "can": []})

    page = read(owner.get(LIST))

    assert "Invite somebody" not in page.links
    assert page.forms.keys() & {MAIL, WITHDRAW} == set()
    assert "Leave" not in page.links


def test_one_leaves_from_ones_own_row(owner, platform):
    platform.answer(MEMBERS, response=people({"can": ["change-role", "leave"]}))

    assert read(owner.get(LIST)).links["Leave"] == f"{LIST}leave/"


def test_while_read_only_nothing_can_be_pressed(owner, platform, read_only):
    platform.answer(MEMBERS, response=people({"can": ["leave"]}))

    page = read(owner.get(LIST))

    assert "Luca Bianchi" in page.text
    assert page.forms.keys() & {MAIL, WITHDRAW} == set()
    assert page.links.keys() & {"Invite somebody", "Leave"} == set()


def test_few_people_need_no_search(owner):
    assert 'type="search"' not in owner.get(LIST).content.decode()


def test_many_are_searched_and_turned_over(owner, platform):
    platform.answer(MEMBERS, response=people(next_cursor="n1", previous_cursor="p1"))

    page = read(owner.get(f"{LIST}?q=lu&cursor=c1"))

    (call,) = platform.asked(MEMBERS)
    assert call.query == {"q": "lu", "cursor": "c1"}
    assert {"?q=lu&cursor=n1", "?q=lu&cursor=p1"} <= set(page.links.values())
    assert page.forms[LIST] == {"q": "lu"}


def test_nobody_found_is_not_nobody_there(owner, platform):
    platform.answer(MEMBERS, response=people(results=[]))

    page = read(owner.get(f"{LIST}?q=zzz"))

    assert "Nobody here matches “zzz”" in page.text
    assert page.links["Show everybody"] == LIST


@pytest.mark.parametrize("failing", [MEMBERS, INVITATIONS])
def test_an_error_is_no_empty_list(owner, platform, failing):
    platform.fails(failing, Unreachable())

    response = owner.get(LIST)

    assert response.status_code == 503
    assert "Luca" not in response.content.decode()


def test_names_are_only_text(owner, platform):
    platform.answer(MEMBERS, response=people({"name": HOSTILE, "email": HOSTILE}))
    invitation = NINA | {"email": HOSTILE, "invited_by": HOSTILE}
    platform.answer(INVITATIONS, response={"results": [invitation], "can": []})

    assert "<script>alert" not in owner.get(LIST).content.decode()


def test_a_waiter_has_no_way_there(waiter, platform):
    platform.answer(MEMBERS, status=403, response=problem(403, "forbidden"))

    assert waiter.get("/t/bluefin/settings/members/").status_code == 403


def test_each_sending_has_a_key_of_its_own(owner):
    page = read(owner.get(LIST))

    keys = {
        form["idempotency_key"] for address, form in page.forms.items() if address.endswith("mail/")
    }
    assert len(keys) == 2


def test_it_is_sent_again(owner, platform):
    form = read(owner.get(LIST)).forms[MAIL]

    response = owner.post(MAIL, form)

    assert response.headers["Location"] == f"{LIST}?notice=invitation-sent-again"
    (call,) = platform.asked(SEND)
    assert call.url.endswith(f"/invitations/{NINA['id']}/mails/")
    assert call.headers["Idempotency-Key"] == form["idempotency_key"]


def test_it_is_withdrawn(owner, platform):
    response = owner.post(WITHDRAW)

    assert response.headers["Location"] == f"{LIST}?notice=invitation-withdrawn"
    (call,) = platform.asked(END)
    assert call.url.endswith(f"/invitations/{NINA['id']}/")


@pytest.mark.parametrize(
    ("status", "code", "notice"),
    [
        (404, "invitation-not-found", "invitation-closed"),
        (409, "member-already", "invitation-of-member"),
        (409, "limit-reached", "invitation-beyond-plan"),
        (429, "rate-limited", "invitation-mailed-often"),
    ],
)
def test_what_stands_in_the_way_is_said_on_the_list(owner, platform, status, code, notice):
    for operation in (SEND, END):
        platform.answer(operation, status=status, response=problem(status, code))

    for address in (MAIL, WITHDRAW):
        assert owner.post(address).headers["Location"] == f"{LIST}?notice={notice}"
    assert owner.get(f"{LIST}?notice={notice}").content.decode().count("notice__") > 1


@pytest.mark.parametrize(
    ("status", "code", "shown"),
    [(404, "tenant-not-found", 404), (409, "idempotency-conflict", 409), (403, "forbidden", 403)],
)
def test_what_it_has_no_words_for_goes_its_way(owner, platform, status, code, shown):
    platform.answer(SEND, status=status, response=problem(status, code))

    assert owner.post(MAIL).status_code == shown


@pytest.mark.parametrize("address", [MAIL, WITHDRAW])
def test_looking_changes_nothing(owner, platform, address):
    assert owner.get(address).status_code == 405
    assert platform.calls == []
