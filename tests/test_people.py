"""Somebody is invited, comes, does their work and is sent away: in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import Visit, sign_in
from tests.running_pair import RunningPair, free_port
from tests.test_accessibility import violations

PEOPLE = "/t/aurora/settings/members/"
PASSWORD = "a-long-and-quiet-evening"


@pytest.fixture
def owner(visit: Visit) -> Page:
    page = visit()
    sign_in(page, "owner@aurora.test")
    return page


@pytest.fixture
def second_portal(pair: RunningPair) -> Iterator[str]:
    port = pair.start_portal("second portal", free_port())
    yield f"http://localhost:{port}"
    pair.kill("second portal")


def invite(owner: Page, pair: RunningPair, email: str, role: str) -> str:
    """The link in the mail."""
    owner.goto(PEOPLE)
    owner.get_by_role("link", name="Invite somebody").click()
    owner.get_by_label("Email").fill(email)
    owner.get_by_role("radio", name=re.compile(f"^{role}")).check()
    owner.get_by_role("button", name="Send invitation").click()
    expect(owner.get_by_role("status")).to_contain_text("The invitation is on its way.")
    expect(owner.get_by_role("main")).to_contain_text(email)
    return pair.link_sent_to(email)


def join_as_a_new_person(page: Page, pair: RunningPair, link: str, email: str, name: str) -> None:
    page.goto(link)
    page.get_by_role("link", name="Create an account and join").click()
    expect(page.get_by_label("Email")).to_have_value(email)
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    page.get_by_label("Code").fill(pair.code_sent_to(email))
    page.get_by_role("button", name="Confirm").click()
    # Back at the invitation, which takes one press.
    page.get_by_role("button", name="Join Trattoria Aurora").click()
    expect(page).to_have_url(re.compile("/t/aurora/"))
    expect(page.get_by_role("status")).to_contain_text("You belong to this business now.")


def status_of(page: Page, address: str) -> int:
    response = page.goto(address)
    assert response is not None
    return response.status


def test_an_invited_waiter_works_until_sent_away(
    pair: RunningPair, visit: Visit, owner: Page, second_portal: str
) -> None:
    email = "wanda@newcomer.test"
    link = invite(owner, pair, email, "Waiter")
    wanda = visit()
    join_as_a_new_person(wanda, pair, link, email, "Wanda Walker")

    # She sees what a waiter may, and no more; through whichever process.
    customers = "/t/aurora/customers/"
    assert status_of(wanda, customers) == 200
    assert wanda.get_by_role("link", name="Settings").count() == 0
    assert wanda.get_by_text("Export as a file").count() == 0
    for forbidden in (PEOPLE, f"{PEOPLE}invite/", "/t/aurora/settings/activity/"):
        assert status_of(wanda, forbidden) == 403
    assert status_of(wanda, "/t/bluefin/customers/") == 404
    assert status_of(wanda, f"{second_portal}{customers}") == 200
    # The link has done what it was for.
    assert status_of(wanda, link) == 404

    owner.goto(PEOPLE)
    owner.get_by_role("link", name="Wanda Walker").click()
    owner.get_by_text("More", exact=True).click()
    owner.get_by_role("link", name="End access").click()
    owner.get_by_role("button", name="End access").click()
    expect(owner.get_by_role("status")).to_contain_text("has no access any more")
    expect(owner.get_by_role("main")).not_to_contain_text("Wanda Walker")

    for portal in (pair.portal, second_portal):
        assert status_of(wanda, f"{portal}{customers}") == 404
    # Her account is hers.
    assert status_of(wanda, "/account/") == 200


def test_a_person_with_an_account_signs_in_and_joins(
    pair: RunningPair, visit: Visit, owner: Page
) -> None:
    email = "waiter@bluefin.test"
    link = invite(owner, pair, email, "Manager")
    # Somebody else opens it first, and is told for whom it is.
    owner.goto(link)
    expect(owner.get_by_role("main")).to_contain_text("You’re signed in with another address")
    page = visit(java_script_enabled=False)
    page.goto(link)
    page.get_by_role("link", name="Sign in and join").click()
    expect(page.get_by_label("Email")).to_have_value(email)
    page.get_by_label("Password", exact=True).fill("tavola-demo")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("button", name="Join Trattoria Aurora").click()
    expect(page).to_have_url(re.compile("/t/aurora/"))

    # A manager reaches down, not up.
    page.goto(PEOPLE)
    page.get_by_role("link", name="Giulia Ferri").click()
    assert page.get_by_role("link", name="Change role").count() == 0
    page.goto(f"{PEOPLE}invite/")
    assert page.get_by_role("radio").count() == 2

    page.goto(f"{PEOPLE}leave/")
    page.get_by_role("button", name="Leave").click()
    expect(page.get_by_role("status")).to_contain_text("You don’t belong to that business")
    assert status_of(page, "/t/aurora/") == 404


def test_the_pages_of_an_invitation_have_no_violation(
    pair: RunningPair, visit: Visit, owner: Page
) -> None:
    link = invite(owner, pair, "axe@newcomer.test", "Accountant")
    page = visit(bypass_csp=True)
    found = []
    for signed_in in (False, True):
        if signed_in:
            sign_in(page, "manager@aurora.test")
        for address in (link, "/invitations/nowhere/"):
            page.goto(address)
            found += violations(page)
    assert found == []
