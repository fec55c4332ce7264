from __future__ import annotations

import json

import pytest

from portal.api_client.tests.fake_platform import response_of
from portal.ui.tests.pages import read

PAGE = "/t/aurora/onboarding/people/"
INVITE = "POST invitations/"
FORM = {"email": "nina@example.com", "role": "waiter", "idempotency_key": "k1"}


@pytest.fixture(autouse=True)
def draft(platform):
    platform.answers("tenant-provisioning-not-started")


def test_who_is_invited_already_is_listed(owner, platform):
    page = read(owner.get(PAGE))

    assert "nina.keller@example.com Waiter" in page.text
    assert "paolo.greco@example.com Expired Accountant" in page.text
    assert page.links["Continue"] == "/t/aurora/onboarding/review/"
    assert sorted(platform.operations) == [
        "GET invitations/",
        "GET members/",
        "GET tenant/provisioning/",
    ]


def test_it_can_be_passed_over(owner, platform):
    platform.answer("GET invitations/", response={"results": [], "can": ["invite"]})

    assert read(owner.get(PAGE)).links["Continue without"] == "/t/aurora/onboarding/review/"


def test_an_invitation_is_sent_and_one_stays_for_the_next(owner, platform):
    response = owner.post(PAGE, FORM)

    assert response.headers["Location"] == f"{PAGE}?notice=colleague-invited"
    [call] = platform.asked(INVITE)
    assert json.loads(call.body) == {"email": "nina@example.com", "role": "waiter"}
    assert call.headers["Idempotency-Key"] == "k1"


@pytest.mark.parametrize(
    "wrong", [{"email": "nina"}, {"email": ""}, {"role": ""}, {"role": "chef"}], ids=str
)
def test_what_is_no_invitation_is_not_sent(owner, platform, wrong):
    assert owner.post(PAGE, FORM | wrong).status_code == 422
    assert platform.asked(INVITE) == []


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ("invitation-create-invited-already", "This address is invited already."),
        ("invitation-create-member-already", "belongs to the business already"),
        ("invitation-create-too-many", "50 invitations are open."),
    ],
)
def test_what_the_platform_objects_to_is_said_on_the_page(owner, platform, answer, says):
    platform.answers(answer)

    response = owner.post(PAGE, FORM)

    assert response.status_code == 422
    page = read(response)
    assert says in page.text
    assert page.forms[""]["email"] == "nina@example.com"


def test_too_many_in_a_short_time_are_said_on_the_page(owner, platform):
    problem = response_of("auth-login-limited")
    platform.answer(INVITE, status=429, response=problem, headers={"Retry-After": "60"})

    response = owner.post(PAGE, FORM)

    assert response.status_code == 422
    assert "Please wait an hour before the next." in read(response).text


def test_who_may_invite_nobody_is_turned_away(owner, platform):
    platform.answer("GET members/", response={**response_of("members-list"), "can": []})

    assert owner.get(PAGE).status_code == 403
