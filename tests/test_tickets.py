"""A member asks, staff answer, the member reads and answers: with files, and for the right eyes."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable

import pytest
from playwright.sync_api import FilePayload, Page, Route, expect

from tests.conftest import Visit, sign_in
from tests.running_pair import PASSWORD, RunningPair

TICKETS = "/t/aurora/tickets/"
SUBJECT = "The card reader at the bar says E-214"
NOTE = "Their firmware is from the stone age."


def picture(name: str, side: int = 8, *, of: int = 1) -> FilePayload:
    """A PNG; `of` bytes at least."""
    rows = b"".join(b"\0" + b"\x1b\x6b\x50" * side for _ in range(side))
    chunks = [
        (b"IHDR", struct.pack(">2I5B", side, side, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"teXt", bytes(max(0, of))),
        (b"IEND", b""),
    ]
    whole = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
    return {"name": name, "mimeType": "image/png", "buffer": whole}


def ask(page: Page, subject: str, body: str, *files: FilePayload, scripts: bool = True) -> str:
    """The address of the new ticket."""
    page.goto(f"{TICKETS}new/")
    page.get_by_label("What is it about?").fill(subject)
    page.get_by_label("Technical support").check()
    page.get_by_label("Your message").fill(body)
    if files:
        page.get_by_label("Add files").set_input_files(list(files))
    if scripts:
        expect_files(page, *(file["name"] for file in files))
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(subject)
    return page.url.partition("?")[0]


def expect_files(page: Page, *names: str) -> None:
    """They are through: the form sends what they are called there."""
    for name in names:
        box = page.get_by_role("checkbox", name=name)
        expect(box).to_be_enabled(timeout=20_000)
        expect(box).to_be_checked()


def until(page: Page, happened: Callable[[], bool]) -> None:
    """Looks again and again, as a person would."""
    for _ in range(40):
        page.reload()
        if happened():
            return
        page.wait_for_timeout(500)
    raise AssertionError(page.get_by_role("main").inner_text())


def open_in_admin(page: Page, pair: RunningPair, subject: str) -> None:
    page.goto(f"{pair.platform}/admin/tickets/ticket/")
    if "/login/" in page.url:
        page.locator("input[name=username]").fill("staff@tavola.test")
        page.locator("input[name=password]").fill(PASSWORD)
        page.locator("[type=submit]").first.click()
    page.get_by_role("link", name=subject).first.click()
    expect(page.locator("#reply")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_from_a_question_to_its_end(visit: Visit, pair: RunningPair, scripts: bool) -> None:
    subject = f"{SUBJECT} ({scripts})"
    member = visit(java_script_enabled=scripts)
    sign_in(member, "manager@aurora.test")
    address = ask(
        member, subject, "Since **yesterday**:\n\n> E-214", picture("reader.png"), scripts=scripts
    )
    expect(member.locator(".rich-text strong")).to_have_text("yesterday")
    expect(member.get_by_text("We answer by")).to_be_visible()
    member.goto("/t/aurora/")
    expect(member.get_by_text("unread")).to_have_count(0)

    staff = visit()
    open_in_admin(staff, pair, subject)
    expect(staff.get_by_text("reader.png").first).to_be_visible()
    staff.locator("#note textarea[name$=body]").fill(NOTE)
    staff.get_by_role("button", name="Keep the note").click()
    expect(staff.get_by_text(NOTE).first).to_be_visible()
    staff.locator("#reply textarea[name$=body]").fill("Please switch it `off` and on.")
    staff.get_by_role("button", name="Send reply").click()
    expect(staff.get_by_text("off and on").first).to_be_visible()

    member.goto("/t/aurora/")
    navigation = member.get_by_role("navigation", name="Main")
    expect(navigation.get_by_role("link", name="1 unread")).to_be_visible()
    member.get_by_role("link", name="Read and answer").click()
    row = member.get_by_role("row").filter(has_text=subject)
    expect(row).to_contain_text("New")
    expect(row).to_contain_text("Your turn")
    row.get_by_role("link").click()
    expect(member.locator(".thread__new")).to_have_count(1)
    expect(member.get_by_role("main")).not_to_contain_text(NOTE)
    # That it was read is noted once the page is out.
    until(member, lambda: member.locator(".thread__new").count() == 0)
    download = member.get_by_role("button", name="Download reader.png")
    # The worker looks at it first.
    until(member, download.is_visible)
    with member.expect_download() as begun:
        download.click()
    assert begun.value.suggested_filename == "reader.png"

    member.goto(address)
    member.get_by_label("Your message").fill("It works again!")
    member.get_by_role("button", name="Send", exact=True).click()
    expect(member.locator("#latest")).to_contain_text("It works again!")
    member.get_by_role("link", name="Close it").click()
    member.get_by_label("Anything to add?").fill("Solved, thank you")
    member.get_by_role("button", name="Close the ticket").click()
    expect(member.get_by_text("The ticket is closed. Thank you.")).to_be_visible()
    expect(member.get_by_role("button", name="Send", exact=True)).to_have_count(0)
    member.get_by_label("Your message").fill("It says E-214 again.")
    member.get_by_role("button", name="Send, and reopen").click()
    expect(member.locator("#latest")).to_contain_text("It says E-214 again.")
    expect(member.get_by_text("Reopened", exact=True)).to_be_visible()


def test_a_file_of_a_kind_that_isnt_taken_loses_nothing_else(visit: Visit) -> None:
    """Without scripts, so that all of it goes through the portal: also one of 19 MB."""
    page = visit(java_script_enabled=False)
    sign_in(page, "manager@aurora.test")
    page.goto(f"{TICKETS}new/")
    page.get_by_label("What is it about?").fill("Two files")
    page.get_by_label("Technical support").check()
    page.get_by_label("Your message").fill("See here.")
    tool: FilePayload = {"name": "tool.exe", "mimeType": "application/pdf", "buffer": b"MZ"}
    large = picture("large.png", of=19_000_000)
    page.get_by_label("Add files").set_input_files([large, tool])
    page.get_by_role("button", name="Send", exact=True).click()

    expect(page.get_by_text("“tool.exe” is of a kind that isn’t taken.")).to_be_visible()
    expect(page.get_by_label("Your message")).to_have_value("See here.")
    expect(page.get_by_role("checkbox", name="large.png")).to_be_checked()
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Two files")
    expect(page.get_by_role("main")).to_contain_text("large.png")


def test_a_waiter_sees_their_own_and_nobody_elses(visit: Visit) -> None:
    owner = visit()
    sign_in(owner, "owner@aurora.test")
    address = ask(owner, "What does the owner ask?", "Something of the owner's.")

    waiter = visit()
    sign_in(waiter, "waiter@aurora.test")
    ask(waiter, "What does the waiter ask?", "Something of the waiter's.")
    waiter.goto(TICKETS)
    expect(waiter.get_by_role("main")).to_contain_text("What does the waiter ask?")
    expect(waiter.get_by_role("main")).not_to_contain_text("What does the owner ask?")
    response = waiter.goto(address)
    assert response is not None
    assert response.status == 404

    owner.goto(f"{TICKETS}?q=waiter")
    owner.get_by_role("link", name="What does the waiter ask?").click()
    expect(owner.get_by_role("main")).to_contain_text("Something of the waiter's.")


def test_a_question_about_an_invoice_says_which(visit: Visit) -> None:
    page = visit(width=390)
    sign_in(page, "owner@aurora.test")
    page.goto("/t/aurora/billing/invoices/")
    row = page.get_by_role("main").locator("td.cell-title a").first
    number = row.inner_text()
    row.click()
    page.get_by_role("link", name="Ask about this invoice").click()
    expect(page.get_by_label("What is it about?")).to_have_value(f"Invoice {number}")
    page.get_by_label("Billing", exact=False).check()
    page.get_by_label("Your message").fill("Why is there no VAT on it?")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("link", name=number)).to_be_visible()


def test_a_large_file_goes_straight_into_the_store_while_one_writes_on(visit: Visit) -> None:
    page = visit(width=390)
    sign_in(page, "manager@aurora.test")
    through_the_portal: list[int] = []
    page.on(
        "request",
        lambda request: (
            through_the_portal.append(int(request.all_headers().get("content-length", "0")))
            if request.method == "POST"
            else None
        ),
    )
    page.goto(f"{TICKETS}new/")
    tool: FilePayload = {"name": "tool.exe", "mimeType": "application/pdf", "buffer": b"MZ"}
    large = picture("large.png", of=19_000_000)
    page.get_by_label("Add files").set_input_files([large, tool])
    page.get_by_label("What is it about?").fill("A large picture")
    page.get_by_label("Technical support").check()
    page.get_by_label("Your message").fill("See here.")
    expect(page.get_by_text("“tool.exe” is of a kind that isn’t taken.").first).to_be_visible()
    # Nobody waits for it: the form is sent as soon as the file is through.
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("A large picture", timeout=20_000)
    expect(page.get_by_role("main")).to_contain_text("large.png")
    assert max(through_the_portal) < 10_000


def refuse(route: Route) -> None:
    """So that the browser's console has nothing to complain about but the status."""
    allowed = ("Origin", "Methods", "Headers")
    route.fulfill(
        status=204 if route.request.method == "OPTIONS" else 403,
        headers={f"Access-Control-Allow-{each}": "*" for each in allowed},
    )


def test_where_the_store_lets_no_page_in_files_go_with_the_form(visit: Visit) -> None:
    page = visit()
    sign_in(page, "manager@aurora.test")
    page.route("**/files/upload/**", refuse)
    page.goto(f"{TICKETS}new/")
    page.get_by_label("What is it about?").fill("The other way")
    page.get_by_label("Technical support").check()
    page.get_by_label("Your message").fill("See here.")
    page.get_by_label("Add files").set_input_files([picture("reader.png")])
    expect(page.get_by_role("checkbox", name="reader.png")).to_have_count(0)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The other way")
    expect(page.get_by_role("main")).to_contain_text("reader.png")
