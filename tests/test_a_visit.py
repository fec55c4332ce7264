"""One person's whole visit in a real browser, from signing up to signing out."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.conftest import PASSWORD, Visit, sign_in
from tests.running_pair import RunningPair

EMAIL = "nora@newcomer.test"
NEW_PASSWORD = "a-long-and-quiet-evening"


def sign_up(page: Page, pair: RunningPair) -> None:
    page.goto("/sign-up/")
    page.get_by_label("Name").fill("Nora Newcomer")
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password", exact=True).fill(NEW_PASSWORD)
    page.get_by_role("button", name="Create account").click()
    expect(page).to_have_url(re.compile("/sign-up/verify/"))
    page.get_by_label("Code").fill(pair.code_sent_to(EMAIL))
    page.get_by_role("button", name="Confirm").click()
    expect(page).to_have_url(re.compile("/t/"))


def become_a_member(page: Page, pair: RunningPair, tenant: str, role: str) -> None:
    """What the operator's staff do in their admin."""
    page.goto(f"{pair.platform}/admin/tenants/member/add/")
    if "/login/" in page.url:
        page.locator("input[name=username]").fill("staff@tavola.test")
        page.locator("input[name=password]").fill(PASSWORD)
        page.locator("[type=submit]").first.click()
    for field, text in (("tenant", tenant), ("person", EMAIL)):
        page.locator(f"select[name={field}] + .select2 .select2-selection").click()
        page.locator(".select2-search__field").last.fill(text)
        page.locator(".select2-results__option", has_text=text).first.click()
    page.locator("select[name=role]").select_option(role)
    page.locator("[name=_save]").first.click()
    expect(page).to_have_url(re.compile("/admin/tenants/member/"))


def open_customers(page: Page, tenant: str) -> None:
    page.get_by_role("link", name=tenant).first.click()
    page.get_by_role("navigation").get_by_role("link", name="Customers").first.click()


def test_a_whole_visit(pair: RunningPair, visit: Visit, tmp_path: Path) -> None:
    page = visit()
    sign_up(page, pair)
    # The account has no business yet, and the page says so.
    expect(page.get_by_role("main")).to_contain_text("Now it needs a business.")
    become_a_member(visit(), pair, "Trattoria Aurora", "owner")
    become_a_member(visit(), pair, "Blue Fin Sushi", "manager")
    page.get_by_role("link", name="Look again").click()
    open_customers(page, "Trattoria Aurora")

    # Create.
    page.get_by_role("link", name="New customer").click()
    page.get_by_label("Name").fill("Käthe von der Müllerstraße")
    page.get_by_label("Email").fill("kaethe@example.com")
    page.get_by_label("Tags").fill("VIP, Window seat")
    page.get_by_role("button", name="Add customer").click()
    expect(page.get_by_role("status")).to_contain_text("The customer was added.")
    expect(page.get_by_role("heading", level=1)).to_have_text("Käthe von der Müllerstraße")
    aurora_customer = page.url.partition("?")[0]

    # Find, by other letters than were typed.
    page.get_by_role("navigation").get_by_role("link", name="Customers").first.click()
    page.get_by_role("searchbox").fill("mullerstrasse kathe")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Käthe von der Müllerstraße").click()

    # Edit.
    page.get_by_role("link", name="Edit").click()
    page.get_by_label("Phone").fill("+49 30 901820")
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_role("status")).to_contain_text("Your changes are saved.")
    expect(page.get_by_role("main")).to_contain_text("+49 30 901820")

    # Export.
    page.get_by_role("navigation").get_by_role("link", name="Customers").first.click()
    page.get_by_text("More", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Export as a file").click()
    download.value.save_as(tmp_path / "customers.csv")
    exported = (tmp_path / "customers.csv").read_text(encoding="utf-8-sig")
    assert "Käthe von der Müllerstraße" in exported

    # Erase.
    page.goto(aurora_customer)
    page.get_by_text("More", exact=True).click()
    page.get_by_role("link", name="Erase the person").click()
    page.get_by_label("Reason").fill("She asked us to.")
    page.get_by_role("button", name="Erase for good").click()
    expect(page.get_by_role("status")).to_contain_text("removed for good")
    expect(page.get_by_role("main")).not_to_contain_text("Käthe")

    # Switch the tenant, and fail to open the first one's customer from there.
    page.locator(".switcher > summary").click()
    page.get_by_role("link", name="Blue Fin Sushi").click()
    expect(page).to_have_url(re.compile("/t/bluefin/"))
    response = page.goto(aurora_customer.replace("/t/aurora/", "/t/bluefin/"))
    assert response is not None
    assert response.status == 404
    expect(page.get_by_role("main")).not_to_contain_text("Erased customer")

    # Sign out: the way back is closed.
    page.goto("/t/bluefin/")
    page.locator(".account > summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("/sign-in/"))
    page.goto("/t/bluefin/customers/")
    expect(page).to_have_url(re.compile("/sign-in/"))


def test_a_waiter_sees_what_waiters_may(pair: RunningPair, visit: Visit) -> None:
    page = visit()
    sign_in(page, "waiter@bluefin.test")
    page.goto("/t/bluefin/customers/")
    page.get_by_role("main").get_by_role("table").get_by_role("link").first.click()
    expect(page.get_by_role("link", name="Edit")).to_be_visible()
    for name in ("Erase the person", "Delete customer", "Merge with a duplicate"):
        assert page.get_by_role("link", name=name).count() == 0
    for forbidden in ("erase/", "delete/", "merge/"):
        response = page.goto(page.url.partition("?")[0].rpartition("/")[0] + "/" + forbidden)
        assert response is not None
        assert response.status == 403
        page.go_back()
    response = page.goto("/t/bluefin/customers/export.csv")
    assert response is not None
    assert response.status == 403
    response = page.goto("/t/aurora/customers/")
    assert response is not None
    assert response.status == 404


def test_it_works_without_javascript(pair: RunningPair, visit: Visit) -> None:
    page = visit(java_script_enabled=False)
    sign_in(page, "manager@aurora.test")
    page.goto("/t/aurora/customers/new/")
    page.get_by_label("Name").fill("No Script")
    page.get_by_role("button", name="Add customer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("No Script")


def test_pressing_twice_does_it_once(pair: RunningPair, visit: Visit) -> None:
    page = visit(java_script_enabled=False)
    sign_in(page, "manager@aurora.test")
    page.goto("/t/aurora/customers/new/")
    page.get_by_label("Name").fill("Twice Pressed")
    page.get_by_role("button", name="Add customer").dblclick()
    expect(page.get_by_role("heading", level=1)).to_have_text("Twice Pressed")
    page.get_by_role("link", name="Edit").click()
    page.get_by_label("Phone").fill("+39 055 000 0001")
    page.get_by_role("button", name="Save changes").dblclick()
    expect(page.get_by_role("status")).to_contain_text("Your changes are saved.")
    page.goto("/t/aurora/customers/?q=twice+pressed")
    assert page.get_by_role("link", name="Twice Pressed").count() == 1


def test_a_second_press_sends_nothing(visit: Visit) -> None:
    page = visit()
    page.goto("/sign-up/")
    refused = page.get_by_role("button", name="Create account").evaluate(
        """(button) => {
            const refused = [];
            window.addEventListener("submit", (event) => {
                refused.push(event.defaultPrevented);
                event.preventDefault();
            });
            button.click();
            button.click();
            return refused;
        }"""
    )

    assert refused == [False, True]
