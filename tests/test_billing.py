"""A business subscribes, pays, changes its plan, and takes its invoice along."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.conftest import Visit, sign_in

CONFIRMED = "Thank you, your payment is here"
DECLINED, GOES_THROUGH, LATE = "4000 0000 0000 0002", "4242 4242 4242 4242", "4000 0000 0000 3063"


def pay_by_card(page: Page, number: str) -> None:
    page.get_by_label("Test card").check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Card number").fill(number)
    page.get_by_label("Valid until").fill("12/49")
    page.get_by_label("Security code").fill("123")
    page.get_by_role("button", name=re.compile(r"^Pay \W\d")).click()


def amount_of(page: Page, label: str) -> str:
    """What stands beside it among the sums, as it is written there."""
    row = page.get_by_role("term").filter(has_text=re.compile(f"^{label}$"))
    return row.locator("xpath=following-sibling::dd").inner_text()


def test_from_an_order_to_a_document(visit: Visit, tmp_path: Path) -> None:
    page = visit()
    sign_in(page, "owner@bluefin.test")
    page.goto("/t/bluefin/services/")
    page.get_by_role("link", name="Details").click()
    page.get_by_role("link", name="End it").click()
    page.get_by_label("At once").check()
    page.get_by_role("button", name="End Group").click()
    expect(page.get_by_text("It was ended.")).to_be_visible()

    page.get_by_role("link", name="Choose a plan").click()
    page.get_by_role("link", name="Choose House").click()
    page.get_by_role("button", name="Order, and go on to pay").click()
    # What was to the credit of the business is used first.
    assert amount_of(page, "To pay") != "£49.00"
    pay_by_card(page, DECLINED)
    expect(page.get_by_text("The bank declined the card")).to_be_visible()
    page.get_by_role("link", name="Try again").click()
    pay_by_card(page, GOES_THROUGH)
    expect(page.get_by_text(CONFIRMED)).to_be_visible()
    page.get_by_role("link", name="See services").click()
    expect(page.get_by_text("Active", exact=True)).to_be_visible()

    page.get_by_role("link", name="Change plan").click()
    page.get_by_role("link", name="Change to Group").click()
    shown = amount_of(page, "To pay now")
    assert amount_of(page, "Difference") == "£80.00"
    page.get_by_role("button", name="Change plan now").click()
    assert amount_of(page, "To pay") == shown
    pay_by_card(page, LATE)
    # Nobody touches the page: it looks again by itself.
    expect(page.get_by_text(CONFIRMED)).to_be_visible(timeout=60_000)

    page.get_by_role("link", name=re.compile(r"^Invoice \d")).click()
    number = page.get_by_role("heading", level=1).inner_text().removeprefix("Invoice ")
    total = amount_of(page, "Total")
    assert total == shown
    with page.expect_download(timeout=60_000) as download:
        page.get_by_role("button", name="PDF").click()
        # Only if it is still being made: then it can be had a moment later.
        if page.get_by_text("The PDF is being made").first.is_visible():
            page.get_by_role("button", name="PDF").click(timeout=50_000)
    file = tmp_path / "invoice.pdf"
    download.value.save_as(file)
    text = "".join(each.extract_text() for each in PdfReader(file).pages)
    assert number in text
    assert total.removeprefix("£") in text


def test_without_scripts_a_transfer_is_announced_on_a_phone(visit: Visit) -> None:
    """Lena keeps the books, and reads German."""
    page = visit(width=390, java_script_enabled=False)
    sign_in(page, "accountant@aurora.test")
    page.goto("/t/aurora/billing/")
    page.get_by_role("link", name="Alles Offene bezahlen").click()
    due = amount_of(page, "Zu bezahlen")
    page.get_by_label("Überweisung").check()
    page.get_by_role("button", name="Weiter").click()
    expect(page.get_by_label("IBAN")).to_have_value("AT61 1904 3002 3457 3201")
    expect(page.get_by_label("Betrag")).to_have_value(due)
    reference = page.get_by_label("Referenz").input_value()
    page.get_by_role("link", name="Zurück zur Abrechnung").click()
    expect(page.get_by_text(reference)).to_be_visible()


def test_the_accountant_looks_after_the_bills_and_not_after_the_plan(visit: Visit) -> None:
    page = visit()
    sign_in(page, "accountant@aurora.test")
    page.goto("/t/aurora/services/plans/")
    expect(page.get_by_text("Wem der Betrieb gehört, kann den Tarif wählen")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("wechseln$|wählen$"))).to_have_count(0)
    expect(page.get_by_role("link", name="Abrechnung")).to_be_visible()


def test_waiters_see_neither(visit: Visit) -> None:
    page = visit()
    sign_in(page, "waiter@aurora.test")
    navigation = page.get_by_role("navigation", name="Main")
    expect(navigation.get_by_role("link", name="Customers")).to_be_visible()
    for name in ("Services", "Billing"):
        expect(navigation.get_by_role("link", name=name)).to_have_count(0)
    for address in ("services/", "services/plans/", "billing/", "billing/statement/"):
        response = page.goto(f"/t/aurora/{address}")
        assert response is not None
        assert response.status == 403
