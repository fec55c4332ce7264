"""Inviting somebody."""

from __future__ import annotations

import msgspec
import pytest

from portal.members.tests.cast import LIST, MEMBERS, people, problem
from portal.ui.tests.pages import read

INVITE = f"{LIST}invite/"
CALL = "POST invitations/"
NINA = {"email": "nina.keller@example.com", "role": "waiter"}


def test_it_asks_for_an_address_and_a_role_in_one_call(owner, platform):
    response = owner.get(INVITE)

    page = response.content.decode()
    assert page.count('type="radio"') == 4
    assert " checked" not in page
    assert page.index('name="email"') < page.index('name="role"')
    (call,) = platform.calls
    assert (str(call.operation), call.query) == (MEMBERS, {"limit": "1"})


def test_a_manager_is_offered_what_a_manager_may_give(owner, platform):
    platform.answer(MEMBERS, response=people(assignable_roles=["accountant", "waiter"]))

    assert owner.get(INVITE).content.decode().count('type="radio"') == 2


def test_the_invitation_is_sent(owner, platform):
    form = read(owner.get(INVITE)).forms[""] | NINA

    response = owner.post(INVITE, form)

    assert response.headers["Location"] == f"{LIST}?notice=person-invited"
    (call,) = platform.asked(CALL)
    assert msgspec.json.decode(call.body) == NINA
    assert call.headers["Idempotency-Key"] == form["idempotency_key"]


@pytest.mark.parametrize("missing", ["email", "role"])
def test_what_is_missing_is_said_without_asking(owner, platform, missing):
    response = owner.post(INVITE, NINA | {missing: ""})

    assert response.status_code == 422
    assert "Please fill this in." in read(response).text
    assert platform.asked(CALL) == []


@pytest.mark.parametrize(
    ("status", "code", "said"),
    [
        (409, "member-already", "belongs to the business already"),
        (409, "invited-already", "This address is invited already."),
        (409, "too-many-invitations", "50 invitations are open."),
        (429, "rate-limited", "Please wait an hour"),
    ],
)
def test_what_stands_in_the_way_is_said_on_the_form(owner, platform, status, code, said):
    platform.answer(CALL, status=status, response=problem(status, code))

    response = owner.post(INVITE, NINA)

    assert response.status_code == 422
    page = read(response)
    assert said in page.text
    assert page.forms[""]["email"] == NINA["email"]


def test_the_platforms_objections_are_on_their_fields(owner, platform):
    platform.answers("invitation-create-invalid")

    response = owner.post(INVITE, NINA)

    assert response.status_code == 422
    assert 'aria-describedby="id_email_help id_email_error"' in response.content.decode()


def test_who_may_not_isnt_asked(owner, platform):
    platform.answer(MEMBERS, response=people(can=[], assignable_roles=[]))

    assert owner.get(INVITE).status_code == 403


def test_while_read_only_there_is_no_form(owner, read_only):
    assert read(owner.get(INVITE)).forms == {}
