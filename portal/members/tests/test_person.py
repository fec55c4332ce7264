"""One member: the page, another role, the end of their access."""

from __future__ import annotations

import msgspec
import pytest

from portal.members.tests.cast import HOSTILE, LIST, LUCA, MEMBER, PAGE, luca, problem
from portal.ui.tests.pages import read

ROLE = f"{PAGE}role/"
END = f"{PAGE}end/"
UPDATE = "PATCH members/{id}/"
REVOKE = "DELETE members/{id}/"


def test_it_says_who_it_is_in_one_call(owner, platform):
    page = read(owner.get(PAGE))

    assert "Waiter Looks at customers, adds new ones and keeps them up to date." in page.text
    assert "luca@aurora.test" in page.text
    assert "Last active Not yet" in page.text
    assert page.links["Change role"] == ROLE
    assert page.links["End access"] == END
    assert platform.operations == [MEMBER]


def test_one_leaves_and_isnt_sent_away_by_oneself(owner, platform):
    platform.answer(MEMBER, response=luca(you=True, can=["change-role", "leave"]))

    page = read(owner.get(PAGE))

    assert page.links["Leave this business"] == f"{LIST}leave/"
    assert "End access" not in page.links


@pytest.mark.parametrize("address", [PAGE, ROLE, END])
def test_who_is_gone_isnt_there(owner, platform, address):
    platform.answers("member-not-found")

    assert owner.get(address).status_code == 404


def test_without_power_nothing_is_offered(owner, platform):
    platform.answer(MEMBER, response=luca(can=[], assignable_roles=[]))

    page = read(owner.get(PAGE))

    assert page.links.keys() & {"Change role", "End access", "Leave this business"} == set()
    assert owner.get(ROLE).status_code == 403
    assert owner.get(END).status_code == 403


def test_while_read_only_nothing_is_offered(owner, platform, read_only):
    page = read(owner.get(PAGE))

    assert page.links.keys() & {"Change role", "End access"} == set()
    for address in (ROLE, END):
        assert read(owner.get(address)).forms == {}


def test_roles_are_offered_with_what_they_mean(owner, platform):
    platform.answer(MEMBER, response=luca(assignable_roles=["accountant", "waiter"]))

    response = owner.get(ROLE)

    page = response.content.decode()
    assert page.count('type="radio"') == 2
    assert 'value="waiter"' in page
    assert 'value="owner"' not in page
    assert "exports their list, but changes nothing" in page
    assert platform.operations == [MEMBER]


def test_the_present_role_is_chosen(owner):
    source = owner.get(ROLE).content.decode()

    (checked,) = [tag for tag in source.split("<input")[1:] if " checked" in tag.split(">")[0]]
    assert 'value="waiter"' in checked.split(">")[0]


def test_the_role_is_changed(owner, platform):
    form = read(owner.get(ROLE)).forms[""] | {"role": "manager"}

    response = owner.post(ROLE, form)

    assert response.headers["Location"] == f"{PAGE}?notice=role-changed"
    (call,) = platform.asked(UPDATE)
    assert call.url.endswith(f"/members/{LUCA['id']}/")
    assert msgspec.json.decode(call.body) == {"role": "manager"}
    assert call.headers["Idempotency-Key"] == form["idempotency_key"]


def test_after_ones_own_the_list_might_be_closed(owner, platform):
    platform.answer(UPDATE, response=luca(you=True, role="waiter"))

    response = owner.post(ROLE, {"role": "waiter"})

    assert response.headers["Location"] == "/t/aurora/?notice=own-role-changed"


def test_ones_own_role_comes_with_a_warning(owner, platform):
    assert "This is your own role" not in read(owner.get(ROLE)).text
    platform.answer(MEMBER, response=luca(you=True))
    assert "This is your own role" in read(owner.get(ROLE)).text


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("last-owner", "A business needs an owner."),
        ("membership-revoked", "This person’s access has been ended meanwhile."),
    ],
)
def test_what_stands_in_the_way_of_a_role_is_said(owner, platform, code, said):
    platform.answer(UPDATE, status=409, response=problem(409, code))

    response = owner.post(ROLE, {"role": "manager"})

    assert response.status_code == 422
    assert said in read(response).text


@pytest.mark.parametrize("role", ["", "chef"])
def test_a_role_that_there_isnt_is_not_sent(owner, platform, role):
    response = owner.post(ROLE, {"role": role, "idempotency_key": "k"})

    assert response.status_code == 422
    assert platform.operations == [MEMBER]


def test_a_role_beyond_ones_own_is_refused(owner, platform):
    platform.answers("member-update-beyond-yours")

    assert owner.post(ROLE, {"role": "owner"}).status_code == 403


def test_ending_access_asks_first(owner, platform):
    page = read(owner.get(END))

    assert "End access of Luca Bianchi?" in page.text
    assert "can’t open anything of Trattoria Aurora" in page.text
    assert page.links["Keep"] == PAGE
    assert platform.operations == [MEMBER]


def test_access_is_ended(owner, platform):
    form = read(owner.get(END)).forms[""]

    response = owner.post(END, form)

    assert response.headers["Location"] == f"{LIST}?notice=access-ended"
    (call,) = platform.asked(REVOKE)
    assert call.url.endswith(f"/members/{LUCA['id']}/")
    assert call.headers["Idempotency-Key"] == form["idempotency_key"]


def test_an_end_that_came_before_is_said(owner, platform):
    platform.answer(REVOKE, status=409, response=problem(409, "membership-revoked"))

    response = owner.post(END, {"idempotency_key": "k"})

    assert response.status_code == 422
    assert "has been ended already" in read(response).text


@pytest.mark.parametrize("address", [PAGE, ROLE, END])
def test_a_hostile_name_is_only_text(owner, platform, address):
    platform.answer(MEMBER, response=luca(name=HOSTILE, email=HOSTILE))

    assert "<script>alert" not in owner.get(address).content.decode()
