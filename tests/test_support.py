"""Staff at their desk: what is seen at once, and what isn't lost."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.conftest import Visit
from tests.running_pair import PASSWORD, RunningPair

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
TYPED = "It was booked under another number. I have moved it."
SUBJECT = "Reminder, although I have paid"


def sign_in_as_staff(page: Page) -> None:
    page.locator("input[name=username]").fill("staff@tavola.test")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("[type=submit]").first.click()


def open_ticket(page: Page, pair: RunningPair, subject: str) -> None:
    page.goto(f"{pair.platform}/admin/tickets/ticket/?state=all")
    if "/login/" in page.url:
        sign_in_as_staff(page)
    page.get_by_role("link", name=subject).first.click()
    expect(page.get_by_role("heading", level=2, name=subject)).to_be_visible()


def test_a_session_that_runs_out_takes_no_reply_along(visit: Visit, pair: RunningPair) -> None:
    page = visit()
    open_ticket(page, pair, SUBJECT)
    box = page.locator("#reply textarea")
    box.fill(TYPED)
    page.context.clear_cookies(name=re.compile("^(?!csrf)"))
    page.get_by_role("button", name="Send reply").click()
    sign_in_as_staff(page)
    expect(box).to_have_value(TYPED)
    page.get_by_role("button", name="Send reply").click()
    expect(page.get_by_text("Your reply is sent.")).to_be_visible()
    expect(page.get_by_text(TYPED)).to_have_count(1)
    expect(box).to_have_value("")
    page.reload()
    expect(box).to_have_value("")


def test_a_canned_reply_is_put_in(visit: Visit, pair: RunningPair) -> None:
    page = visit()
    open_ticket(page, pair, SUBJECT)
    page.locator("#reply textarea").fill("One thing more.")
    page.locator("#reply select").select_option(label="Payment not found")
    page.get_by_role("button", name="Insert").click()
    box = page.locator("#reply textarea")
    expect(box).to_have_value(
        # Of the invoice that the ticket is about.
        re.compile(r"One thing more\.\s+Dear Giulia Ferri,.*invoice \d{4}-\d+", re.DOTALL)
    )


def violations(page: Page) -> Iterator[str]:
    for each in Axe().run(page, options=RULES).response["violations"]:
        targets = "; ".join(str(node["target"]) for node in each["nodes"][:3])
        yield f"{page.url}: {each['id']}: {targets}"


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_desk_has_no_violation(visit: Visit, pair: RunningPair, width: int, dark: bool) -> None:
    page = visit(width=width, dark=dark, bypass_csp=True)
    found: list[str] = []

    def look() -> None:
        page.wait_for_load_state("load")
        found.extend(violations(page))
        overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if overflow > 0:
            found.append(f"{page.url}: {overflow} px wider than the window")

    for subject in (SUBJECT, "Printer in the kitchen", "No receipts since noon"):
        open_ticket(page, pair, subject)
        look()
    for query in ("", "?state=all"):
        page.goto(f"{pair.platform}/admin/tickets/ticket/{query}")
        look()
    page.goto(f"{pair.platform}/admin/")
    look()
    assert found == []
