"""What the link in an invitation's mail opens."""

from __future__ import annotations

import json
import logging
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest

from portal.api_client.tests.fake_platform import NINA, response_of
from portal.common.error_reports import without_what_was_sent
from portal.conftest import browser
from portal.members.tests.cast import HOSTILE, problem
from portal.ui.tests.pages import read

TOKEN = "m1Jc5YFh0Xr7sVdQe3uTzKp9wGb2nLaEo4iRkUyHx8A"
PAGE = f"/invitations/{TOKEN}/"
OTHER = f"{PAGE}other-account/"
PREVIEW = "POST invitations/preview/"
ACCEPT = "POST invitations/acceptance/"
INVITATION = response_of("invitation-preview")


@pytest.fixture
def nina():
    return browser(NINA)


def query_of(address):
    return parse_qs(urlsplit(address).query)


def test_a_stranger_reads_what_it_is_about_in_one_call(visitor, platform):
    page = read(visitor.get(PAGE))

    assert "Join Trattoria Aurora Giulia Conti invites you." in page.text
    assert "Waiter Looks at customers" in page.text
    assert page.forms == {}
    (call,) = platform.calls
    assert str(call.operation) == PREVIEW
    assert msgspec.json.decode(call.body) == {"token": TOKEN}
    assert "X-Session-Token" not in call.headers


def test_who_is_new_signs_up_with_the_invited_address_and_comes_back(visitor):
    address = read(visitor.get(PAGE)).links["Create an account and join"]

    assert urlsplit(address).path == "/sign-up/"
    assert query_of(address) == {"next": [PAGE], "email": [NINA.email]}
    page = read(visitor.get(address))
    assert page.forms[""]["email"] == NINA.email
    # Whoever has an account after all goes on to sign in, with the same address, and comes back.
    assert query_of(page.links["Sign in"]) == {"next": [PAGE], "email": [NINA.email]}


def test_who_has_an_account_signs_in_and_comes_back(visitor, platform):
    platform.answer(PREVIEW, response=INVITATION | {"has_account": True})

    address = read(visitor.get(PAGE)).links["Sign in and join"]

    assert urlsplit(address).path == "/sign-in/"
    page = read(visitor.get(address))
    assert page.forms[""]["email"] == NINA.email
    signed_in = visitor.post(address, {"email": NINA.email, "password": "x"})
    assert signed_in.headers["Location"] == PAGE


def test_the_code_from_the_mail_leads_back_to_the_invitation(visitor):
    address = read(visitor.get(PAGE)).links["Create an account and join"]
    new = {"name": "Nina", "email": NINA.email, "password": "a long password", "language": "en"}

    verify = visitor.post(address, new).headers["Location"]
    arrived = visitor.post(verify, {"code": "WXYZ-2345"}).headers["Location"]

    assert arrived == f"{PAGE}?notice=welcome"


def test_who_is_meant_presses_once(nina, platform):
    page = read(nina.get(PAGE))
    assert "You’re signed in as Nina Keller, nina.keller@example.com." in page.text

    response = nina.post(PAGE, page.forms[""])

    assert response.headers["Location"] == "/t/aurora/?notice=business-joined"
    (call,) = platform.asked(ACCEPT)
    assert msgspec.json.decode(call.body) == {"token": TOKEN}
    assert call.headers["Idempotency-Key"] == page.forms[""]["idempotency_key"]


def test_another_account_is_told_what_to_do(owner):
    page = read(owner.get(PAGE))

    assert "This is owner@aurora.test, but the invitation is for nina.keller@example.com." in (
        page.text
    )
    assert set(page.forms) == {OTHER}


def test_signing_out_leads_back_to_the_invitation(owner, platform):
    response = owner.post(OTHER)

    assert response.headers["Location"] == PAGE
    assert response.cookies["sid"].value == ""
    assert platform.operations == ["DELETE auth/session/"]


def test_a_link_alone_signs_nobody_out(owner, platform):
    assert owner.get(OTHER).status_code == 405
    assert platform.calls == []


def test_a_session_that_is_over_is_a_stranger(visitor, platform):
    visitor.cookies["sid"] = "long-gone"

    page = read(visitor.get(PAGE))

    assert "Create an account and join" in page.links
    assert platform.calls[0].headers["X-Session-Token"] == "long-gone"


@pytest.mark.parametrize(
    ("example", "status", "said"),
    [
        ("invitation-preview-missing", 404, "This link opens nothing"),
        ("invitation-preview-over", 410, "This invitation is too old"),
        ("invitation-preview-suspended", 403, "Nobody can join at the moment"),
    ],
)
def test_what_opens_nothing_says_why(visitor, nina, platform, example, status, said):
    platform.answers(example)

    response = visitor.get(PAGE)

    assert response.status_code == status
    assert said in read(response).text
    assert read(response).links["Sign in"] == "/sign-in/"
    assert read(nina.get(PAGE)).links["Your businesses"] == "/t/"


def test_what_isnt_about_the_invitation_goes_its_way(visitor, platform):
    platform.answer(PREVIEW, status=403, response=problem(403, "forbidden"))
    assert "Nobody can join" not in visitor.get(PAGE).content.decode()
    platform.answer(PREVIEW, status=429, response=problem(429, "rate-limited"))
    assert visitor.get(PAGE).status_code == 429


def test_who_joined_before_gets_there(nina, platform):
    platform.answers("invitation-accept-member-already")

    response = nina.post(PAGE, {"idempotency_key": "k"})

    assert response.headers["Location"] == "/t/aurora/?notice=business-joined-before"


def test_who_finds_no_place_reads_why(nina, platform):
    platform.answer(ACCEPT, status=409, response=problem(409, "limit-reached"))

    response = nina.post(PAGE, {"idempotency_key": "k"})

    assert response.status_code == 409
    page = read(response)
    assert "There is no place left" in page.text
    assert "no room for one more person" in page.text


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (401, "not-signed-in"),
        (403, "invitation-for-another"),
        (403, "tenant-state"),
        (404, "invitation-not-found"),
        (410, "invitation-over"),
    ],
)
def test_what_stands_in_the_way_is_said_by_the_page(nina, platform, status, code):
    platform.answer(ACCEPT, status=status, response=problem(status, code))

    assert nina.post(PAGE, {"idempotency_key": "k"}).headers["Location"] == PAGE


def test_a_post_that_didnt_see_the_page_only_asks(nina, platform):
    assert "Join Trattoria Aurora" in read(nina.post(PAGE)).text
    assert platform.asked(ACCEPT) == []


def test_while_read_only_joining_waits(nina, visitor, read_only):
    for someone in (nina, visitor):
        page = read(someone.get(PAGE))

        assert "have to wait" in page.text
        assert page.forms == {}
        assert not [link for link in page.links if link.endswith("and join")]


def test_names_are_only_text(visitor, platform):
    invitation = INVITATION | {"tenant_name": HOSTILE, "invited_by": HOSTILE}
    platform.answer(PREVIEW, response=invitation)

    assert "<script>alert" not in visitor.get(PAGE).content.decode()


@pytest.mark.parametrize("address", ["/invitations/", "/invitations/a.b/", "/invitations/a/b/"])
def test_what_can_be_no_link_of_ours_isnt_asked_for(visitor, platform, address):
    assert visitor.get(address).status_code == 404
    assert platform.calls == []


def test_the_address_is_a_secret(visitor, nina, owner, platform, caplog):
    caplog.set_level(logging.DEBUG)
    for response in (visitor.get(PAGE), nina.post(PAGE), owner.post(OTHER)):
        # The next page, whosever it is, isn't told where the visitor came from.
        assert response.headers["Referrer-Policy"] == "strict-origin"
        assert response.headers["Cache-Control"] == "private, no-store"
    platform.answers("invitation-preview-missing")
    assert visitor.get(PAGE).headers["Referrer-Policy"] == "strict-origin"

    assert "invitations/<slug:token>/" in caplog.text
    assert TOKEN not in caplog.text


def test_nor_is_it_told_where_something_broke(visitor, platform, caplog):
    platform.fails(PREVIEW, RuntimeError("broken"))
    visitor.raise_request_exception = False

    assert visitor.get(PAGE).status_code == 500

    assert "RuntimeError: broken" in caplog.text
    assert TOKEN not in caplog.text
    event = {"request": {"method": "GET", "url": f"https://portal.test{PAGE}"}}
    assert TOKEN not in json.dumps(without_what_was_sent(event, {}))
