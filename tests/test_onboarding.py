"""A business is registered on a phone without JavaScript, and set up from a desk that has it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import Visit, sign_in
from tests.running_pair import RunningPair

EMAIL, PASSWORD = "lucia@luna.test", "a-long-and-quiet-evening"
HOME = "/t/caffe-luna/"
SET_UP = f"{HOME}onboarding/"


@pytest.fixture
def _worker_comes_back(pair: RunningPair) -> Iterator[None]:
    """Whatever becomes of a test that sends it away."""
    yield
    if "worker" not in pair.running:
        pair.start_worker()


def sign_up(page: Page, pair: RunningPair) -> None:
    page.goto("/sign-up/")
    page.get_by_label("Your name").fill("Lucia Verdi")
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    page.get_by_label("Code").fill(pair.code_sent_to(EMAIL))
    page.get_by_role("button", name="Confirm").click()


def fill_in_the_business(page: Page) -> None:
    page.get_by_label("Company").fill("Luna S.r.l.")
    page.get_by_label("Street").fill("Via Garibaldi 7")
    page.get_by_label("Postcode").fill("16124")
    page.get_by_label("City").fill("Genova")
    page.get_by_role("button", name="Save and continue").click()


@pytest.mark.usefixtures("_worker_comes_back")
def test_the_set_up_needs_no_javascript_and_no_one_device(pair: RunningPair, visit: Visit) -> None:
    phone = visit(width=390, java_script_enabled=False)
    sign_up(phone, pair)
    phone.get_by_role("link", name="Register a business").click()
    phone.get_by_label("Name of the business").fill("Caffè Luna")
    phone.get_by_label("Country").select_option("IT")
    phone.get_by_role("button", name="Continue").click()
    expect(phone).to_have_url(re.compile(f"{SET_UP}business/"))

    # Whatever address of it one opens, a business that isn't set up leads to its set-up.
    desk = visit()
    sign_in(desk, EMAIL, PASSWORD)
    expect(desk).to_have_url(re.compile(f"{SET_UP}business/"))
    fill_in_the_business(desk)
    desk.get_by_role("button", name="Save and continue").click()
    desk.get_by_label("Email").fill("nina@luna.test")
    desk.get_by_role("radio", name=re.compile("^Waiter")).check()
    desk.get_by_role("button", name="Send invitation").click()
    expect(desk.get_by_role("main")).to_contain_text("nina@luna.test")

    # The phone goes on where the desk left off.
    phone.goto(f"{HOME}customers/")
    expect(phone).to_have_url(re.compile(f"{SET_UP}review/"))
    for said in ("Via Garibaldi 7", "Euro (EUR)", "nina@luna.test"):
        expect(phone.get_by_role("main")).to_contain_text(said)

    pair.kill("worker")
    phone.get_by_role("button", name="Set up my business").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Setting up your business")
    expect(phone.get_by_role("main")).to_contain_text("0 of 5 steps are done.")
    # With JavaScript, what changes is replaced in place: whoever reads on isn't thrown back.
    desk.goto(SET_UP)
    expect(desk.get_by_role("heading", level=1)).to_have_text("Setting up your business")
    desk.evaluate("window.stays = true; document.querySelector('[role=status]').textContent = '?'")
    expect(desk.get_by_role("status")).to_have_text("0 of 5 steps are done.")
    assert desk.evaluate("window.stays")
    # Both see it opening, and nobody has to press anything.
    pair.start_worker()
    for page in (phone, desk):
        expect(page.get_by_role("heading", level=1)).to_have_text(
            "Your business is open", timeout=30_000
        )
    phone.get_by_role("link", name="Go to the overview").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Overview")
