"""A business from its registration to its suspension and back, as each of its people sees it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import PASSWORD, Visit
from tests.running_pair import RunningPair

NAME = "Café Mélange"
HOME = "/t/cafe-melange/"
CUSTOMERS = f"{HOME}customers/"
OWNER, WAITER = "mara@melange.test", "jonas@melange.test"
NEW_PASSWORD = "a-long-and-quiet-evening"
REASON = "The invoices since October are unpaid. Write to accounts@tavola.test."


@pytest.fixture
def _worker_comes_back(pair: RunningPair) -> Iterator[None]:
    """Whatever becomes of a test that sends it away."""
    yield
    if "worker" not in pair.running:
        pair.start_worker()


def sign_up(page: Page, pair: RunningPair, email: str, name: str) -> None:
    page.get_by_label("Your name").fill(name)
    if not page.get_by_label("Email").input_value():
        page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill(NEW_PASSWORD)
    page.get_by_role("button", name="Create account").click()
    page.get_by_label("Code").fill(pair.code_sent_to(email))
    page.get_by_role("button", name="Confirm").click()


def register(page: Page) -> None:
    """From the page of somebody who belongs nowhere to the last page of the set-up."""
    page.get_by_role("link", name="Register a business").click()
    page.get_by_label("Name of the business").fill(NAME)
    page.get_by_label("Country").select_option("AT")
    page.get_by_role("button", name="Continue").click()
    expect(page).to_have_url(re.compile(HOME))
    page.get_by_label("Company").fill("Mélange Gastronomie GmbH")
    page.get_by_label("Street").fill("Schleifmühlgasse 6")
    page.get_by_label("Postcode").fill("1040")
    page.get_by_label("City").fill("Wien")
    page.get_by_role("button", name="Save and continue").click()
    # What the country brings along, and a VAT id that is none of Austria's.
    expect(page.get_by_label("Currency")).to_have_value("EUR")
    expect(page.get_by_label("Time zone")).to_have_value("Europe/Vienna")
    page.get_by_label("VAT id").fill("ATU1")
    page.get_by_role("button", name="Save and continue").click()
    expect(page.get_by_label("VAT id")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("VAT id").fill("ATU 13585627")
    page.get_by_role("button", name="Save and continue").click()
    page.get_by_role("link", name="Continue without").click()
    expect(page.get_by_role("main")).to_contain_text("ATU13585627")


def invite_a_waiter(page: Page, pair: RunningPair) -> str:
    """The link in the mail."""
    page.goto(f"{HOME}settings/members/")
    page.get_by_role("link", name="Invite somebody").click()
    page.get_by_label("Email").fill(WAITER)
    page.get_by_role("radio", name=re.compile("^Waiter")).check()
    page.get_by_role("button", name="Send invitation").click()
    expect(page.get_by_role("main")).to_contain_text(WAITER)
    return pair.link_sent_to(WAITER)


def open_in_admin(page: Page, pair: RunningPair) -> None:
    page.goto(f"{pair.platform}/admin/tenants/tenant/?q=cafe-melange")
    if "/login/" in page.url:
        page.locator("input[name=username]").fill("staff@tavola.test")
        page.locator("input[name=password]").fill(PASSWORD)
        page.locator("[type=submit]").first.click()
    page.get_by_role("link", name=NAME).first.click()
    expect(page).to_have_url(re.compile("/change/"))


def decide(page: Page, verb: str, reason: str, outcome: str) -> None:
    # The action's icon is a word too.
    page.get_by_role("link", name=re.compile(f"(^| ){verb}$")).click()
    page.get_by_label("Reason").fill(reason)
    page.get_by_role("button", name=verb).click()
    expect(page.locator("body")).to_contain_text(f"{NAME} is {outcome}.")


def add_customer(page: Page, name: str) -> None:
    page.goto(f"{CUSTOMERS}new/")
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Add customer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def status_of(page: Page, address: str) -> int:
    response = page.goto(address)
    assert response is not None
    return response.status


@pytest.mark.usefixtures("_worker_comes_back")
def test_a_business_lives(pair: RunningPair, visit: Visit) -> None:
    # Its owner signs up and registers it. Nobody else has to do anything.
    mara = visit()
    mara.goto("/sign-up/")
    sign_up(mara, pair, OWNER, "Mara Wolf")
    register(mara)

    # Nothing is done by itself: what is going on stands there, and who acts next.
    pair.kill("worker")
    mara.get_by_role("button", name="Set up my business").click()
    expect(mara.get_by_role("heading", level=1)).to_have_text("Setting up your business")
    expect(mara.get_by_role("main")).to_contain_text("There’s nothing that you need to do.")
    expect(mara.get_by_role("main")).to_contain_text("Opening your business")
    assert status_of(mara, CUSTOMERS) == 200
    expect(mara.get_by_role("heading", level=1)).to_have_text("Setting up your business")

    # The page follows by itself.
    pair.start_worker()
    expect(mara.get_by_role("heading", level=1)).to_have_text(
        "Your business is open", timeout=30_000
    )
    add_customer(mara, "Erster Gast")

    # A waiter comes, and sees what waiters may.
    jonas = visit(width=390)
    jonas.goto(invite_a_waiter(mara, pair))
    jonas.get_by_role("link", name="Create an account and join").click()
    sign_up(jonas, pair, WAITER, "Jonas Berger")
    jonas.get_by_role("button", name=f"Join {NAME}").click()
    expect(jonas).to_have_url(re.compile(HOME))
    add_customer(jonas, "Zweiter Gast")
    assert jonas.get_by_role("link", name="Settings").count() == 0
    assert jonas.get_by_text("Export as a file").count() == 0
    for closed in ("settings/members/", "settings/apps/", "settings/activity/"):
        assert status_of(jonas, f"{HOME}{closed}") == 403, closed
    assert status_of(jonas, "/t/aurora/customers/") == 404

    # Staff suspend it, and must say why.
    sam = visit()
    open_in_admin(sam, pair)
    decide(sam, "Suspend", REASON, "suspended")

    # Its people read all that they have, and who runs it the reason; nothing is left to press.
    for page, why in ((mara, REASON), (jonas, "Whoever runs the business can see why.")):
        assert status_of(page, CUSTOMERS) == 200
        expect(page.get_by_role("main")).to_contain_text("Erster Gast")
        assert page.get_by_role("link", name="New customer").count() == 0
        page.get_by_role("link", name="See why").click()
        expect(page.get_by_role("main")).to_contain_text(why)
        page.goto(f"{CUSTOMERS}new/")
        expect(page.get_by_role("main")).to_contain_text(why)
        assert page.get_by_label("Phone").count() == 0
    mara.goto(f"{HOME}settings/members/")
    expect(mara.get_by_role("main")).to_contain_text("Jonas Berger")
    assert mara.get_by_role("link", name="Invite somebody").count() == 0
    mara.goto(f"{HOME}settings/activity/")
    expect(mara.get_by_role("main")).to_contain_text(REASON)

    # Once that is settled it goes on as before.
    decide(sam, "Reactivate", "Paid.", "active again")
    add_customer(jonas, "Dritter Gast")
    mara.goto(f"{HOME}settings/members/")
    expect(mara.get_by_role("link", name="Invite somebody")).to_be_visible()
    mara.goto(f"{HOME}settings/state/")
    expect(mara.get_by_role("main")).to_contain_text(REASON)
