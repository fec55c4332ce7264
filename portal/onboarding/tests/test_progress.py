from __future__ import annotations

import pytest

from portal.api_client.tests import fake_platform
from portal.api_client.tests.fake_platform import response_of
from portal.ui.tests.pages import read

PAGE = "/t/aurora/onboarding/progress/"
START = "POST tenant/provisioning/"
LOOKS_AGAIN = '<noscript><meta http-equiv="refresh" content="2"></noscript>'


def test_it_looks_again_by_itself_while_it_goes_on(owner, platform):
    platform.answers("tenant-provisioning-running")

    response = owner.get(PAGE)

    assert LOOKS_AGAIN in response.content.decode()
    page = read(response)
    assert "We’re on it." in page.text
    assert "A place for your data (Done)" in page.text
    assert "Everything in it is ready and protected (Now)" in page.text
    assert "2 of 5 steps are done." in page.text
    assert page.links["Look now"] == PAGE
    assert platform.operations == ["GET tenant/provisioning/"]


def test_and_while_it_waits_for_its_turn(owner, platform):
    platform.answers("tenant-provisioning-waiting")

    response = owner.get(PAGE)

    assert LOOKS_AGAIN in response.content.decode()
    assert "0 of 5 steps are done." in read(response).text


@pytest.mark.parametrize(
    "answer", ["tenant-provisioning-done", "tenant-provisioning-failed"], ids=["done", "failed"]
)
def test_it_rests_when_there_is_nothing_to_wait_for(owner, platform, answer):
    platform.answers(answer)

    assert "http-equiv" not in owner.get(PAGE).content.decode()


def test_once_open_it_leads_on(owner, platform):
    platform.answers("tenant-provisioning-done")

    page = read(owner.get(PAGE))

    assert "Your business is open" in page.text
    assert page.links["Go to the overview"] == "/t/aurora/"
    assert page.links["Bring your customers along"] == "/t/aurora/customers/import/"


def test_and_only_to_what_one_may_do(owner, platform, monkeypatch):
    platform.answers("tenant-provisioning-done")
    monkeypatch.setitem(fake_platform.ABILITIES, "owner", ["tenant.read"])

    links = read(owner.get(PAGE)).links

    assert links["Go to the overview"] == "/t/aurora/"
    for way in ("Bring your customers along", "Invite those who work with you"):
        assert way not in links


def test_a_failure_says_why_and_whose_turn_it_is(owner, platform):
    platform.answers("tenant-provisioning-failed")

    page = read(owner.get(PAGE))

    assert "The set-up has stopped" in page.text
    assert "The database didn’t answer as it should." in page.text
    assert "It’s your turn: please try again." in page.text
    assert "A place for your data (Failed)" in page.text
    assert "idempotency_key" in page.forms[""]


def test_it_can_be_tried_again(owner, platform):
    platform.answers("tenant-provisioning-failed")

    response = owner.post(PAGE, {"idempotency_key": "again"})

    assert response.headers["Location"] == PAGE
    [call] = platform.asked(START)
    assert call.headers["Idempotency-Key"] == "again"


def test_but_not_by_those_who_may_not(owner, platform):
    failed = response_of("tenant-provisioning-failed")
    platform.answer("GET tenant/provisioning/", response={**failed, "can": []})

    page = read(owner.get(PAGE))

    assert "An owner of the business can try again." in page.text
    assert "Try again" not in page.text
    assert page.links["Look again"] == PAGE


def test_where_support_has_to_look_it_says_so(owner, platform):
    platform.answers("tenant-provisioning-failed-support")

    text = read(owner.get(PAGE)).text

    assert "Our support is looking at it" in text
    assert "It’s your turn" not in text


def test_an_obstacle_of_a_newer_platform_is_told_in_its_words(owner, platform):
    failed = response_of("tenant-provisioning-failed")
    obstacle = {"code": "moon-phase", "detail": "The moon is in the way. <b>"}
    platform.answer("GET tenant/provisioning/", response={**failed, "blocked_by": obstacle})

    response = owner.get(PAGE)

    assert "The moon is in the way. &lt;b&gt;" in response.content.decode()


@pytest.mark.parametrize("state", ["suspended", "archived"])
def test_a_business_that_was_closed_again_says_so_elsewhere(owner, platform, state):
    done = response_of("tenant-provisioning-done")
    platform.answer("GET tenant/provisioning/", response={**done, "state": state})

    assert owner.get(PAGE).headers["Location"] == "/t/aurora/settings/state/"


def test_a_draft_has_no_progress_yet(owner, platform):
    platform.answers("tenant-provisioning-not-started")

    assert owner.get(PAGE).headers["Location"] == "/t/aurora/onboarding/review/"


def test_while_read_only_nothing_can_be_tried(owner, platform, read_only):
    platform.answers("tenant-provisioning-failed")

    assert "<form" not in owner.get(PAGE).content.decode()


def test_it_speaks_german(waiter, platform):
    platform.answers("tenant-provisioning-running")

    text = read(waiter.get("/t/bluefin/onboarding/progress/")).text

    assert "Ein Platz für Ihre Daten (Fertig)" in text
    assert "2 von 5 Schritten sind fertig." in text
