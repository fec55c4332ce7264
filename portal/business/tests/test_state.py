from __future__ import annotations

import pytest

from portal.api_client.tests import fake_platform
from portal.ui.tests.pages import read

PAGE = "/t/aurora/settings/state/"
FORBIDDEN = {"type": "about:blank", "title": "No", "status": 403, "code": "tenant-state"}


@pytest.fixture
def state(monkeypatch):
    """Puts Aurora into a state, as the platform tells of who is looking."""

    def put(state):
        monkeypatch.setitem(
            fake_platform.TENANTS, "aurora", {**fake_platform.TENANTS["aurora"], "state": state}
        )

    return put


def test_the_reason_of_a_suspension_is_there_to_read(owner, platform):
    platform.answers("tenant-retrieve-suspended")

    text = read(owner.get(PAGE)).text

    assert "Suspended" in text
    assert "Reason The card of the last three invoices was declined." in text
    assert "Who acts next Our support" in text
    assert "For now you can look at everything, but add and change nothing." in text


def test_so_is_how_it_came_there(owner, platform):
    text = read(owner.get(PAGE)).text

    assert "Sam Taylor The invoices were paid." in text
    assert sorted(platform.operations) == ["GET tenant/", "GET tenant/transitions/"]


@pytest.mark.parametrize(
    ("named", "leads_to"),
    [
        ("draft", "/t/aurora/onboarding/"),
        ("provisioning", "/t/aurora/onboarding/"),
        ("suspended", f"{PAGE}?notice=state-forbids"),
        ("archived", PAGE),
    ],
)
def test_what_the_state_forbids_leads_to_where_it_is_explained(
    owner, platform, state, named, leads_to
):
    state(named)
    platform.answer("GET reports/dashboard/", status=403, response=FORBIDDEN)

    response = owner.get("/t/aurora/")

    assert response.status_code == 303
    assert response.headers["Location"] == leads_to


def test_what_the_role_forbids_is_not_blamed_on_the_state(owner, platform, state):
    state("suspended")
    platform.answer(
        "GET reports/dashboard/", status=403, response={**FORBIDDEN, "code": "forbidden"}
    )

    assert owner.get("/t/aurora/").status_code == 403


@pytest.mark.parametrize(
    ("named", "says"),
    [
        ("suspended", "This business is suspended"),
        ("archived", "This business is closed"),
        ("provisioning", "This business isn’t open yet"),
    ],
)
def test_every_page_says_that_the_business_is_not_open(owner, state, named, says):
    state(named)

    assert says in read(owner.get("/t/aurora/customers/")).text


def test_an_open_business_says_nothing_of_the_kind(owner):
    assert "See why" not in read(owner.get("/t/aurora/customers/")).text
