"""axe on every page, in light and dark, on a desk and on a phone: WCAG 2.2 AA."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

from tests.conftest import Visit, sign_in
from tests.running_pair import RunningPair

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
SIGNED_OUT = ("/sign-in/", "/sign-up/", "/password-reset/", "/status/", "/styleguide/")
SIGNED_IN = (
    "/t/",
    "/t/aurora/",
    "/t/aurora/customers/",
    "/t/aurora/customers/?q=zzzzzz",
    "/t/aurora/customers/new/",
    "/t/aurora/customers/import/",
    "/t/aurora/customers/imports/",
    "/t/aurora/customers/tags/",
    "/t/aurora/settings/",
    "/t/aurora/settings/state/",
    "/t/aurora/settings/members/",
    "/t/aurora/settings/members/?q=zzzzzz",
    "/t/aurora/settings/members/invite/",
    "/t/aurora/settings/members/leave/",
    "/t/aurora/settings/activity/",
    "/t/aurora/settings/export/",
    "/t/aurora/onboarding/progress/",
    "/register/",
    "/t/nowhere/",
    "/t/aurora/settings/apps/",
    "/t/aurora/settings/apps/?state=revoked",
    "/t/aurora/settings/apps/new/",
    "/t/aurora/settings/databases/",
    "/t/aurora/settings/databases/new/",
    "/t/aurora/services/",
    "/t/aurora/services/plans/",
    "/t/aurora/services/plans/?interval=year",
    "/t/bluefin/services/",
    "/t/aurora/billing/",
    "/t/bluefin/billing/",
    "/t/aurora/billing/pay/",
    "/t/aurora/billing/invoices/",
    "/t/aurora/billing/invoices/?q=zzzzzz",
    "/t/aurora/billing/invoices/?since=2020-01-01",
    "/t/aurora/billing/payments/",
    "/t/aurora/billing/credit-notes/",
    "/t/bluefin/billing/credit-notes/",
    "/t/aurora/billing/statement/",
    "/t/aurora/billing/statement/?as_of=2020-01-01",
    "/account/",
    "/account/email/",
    "/account/security/",
    "/account/security/two-factor/",
)
A_MEMBER = ("/t/aurora/settings/members/", "Luca Bianchi")
AN_APP = ("/t/aurora/settings/apps/", "Till")
A_DATABASE = ("/t/aurora/settings/databases/", "Bookkeeping")
A_SERVICE = ("/t/aurora/services/", "Details")
# The only ones of their kind, by what their numbers have in common.
AN_INVOICE = ("/t/aurora/billing/invoices/?state=overdue", "-0")
A_PAYMENT = ("/t/aurora/billing/payments/?state=failed", "TV-")
A_CREDIT_NOTE = ("/t/aurora/billing/credit-notes/", "CN-")
OF_ONE = {
    A_SERVICE: ("", "end/", "plan/?plan=group&interval=month", "plan/?plan=starter&interval=month"),
    AN_INVOICE: ("", "?pdf=soon"),
    A_PAYMENT: ("",),
    A_CREDIT_NOTE: ("",),
    A_MEMBER: ("", "role/", "end/"),
    AN_APP: ("", "edit/", "revoke/"),
    A_DATABASE: ("", "edit/", "delete/", "checks/"),
}
OF_A_DRAFT = ("business/", "money/", "people/", "review/")
OF_A_CUSTOMER = ("", "edit/", "merge/", "merge/?q=a", "erase/", "delete/")


def violations(page: Page) -> Iterator[str]:
    found = Axe().run(page, options=RULES).response["violations"]
    for each in found:
        targets = "; ".join(str(node["target"]) for node in each["nodes"][:3])
        yield f"{page.url}: {each['id']}: {targets}"


def a_draft(page: Page) -> str:
    """The address of a business that isn't set up; registered by whoever asks first."""
    name = "Osteria Bozza"
    page.goto("/t/")
    draft = page.get_by_role("main").get_by_role("link", name=name)
    if not draft.count():
        page.get_by_role("link", name="Register a business").first.click()
        page.get_by_label("Name of the business").fill(name)
        page.get_by_label("Country").select_option("IT")
        page.get_by_role("button", name="Continue").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Tell us about your business")
    return "/t/osteria-bozza/onboarding/"


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_no_page_has_a_violation(pair: RunningPair, visit: Visit, width: int, dark: bool) -> None:
    # axe tries inline styles, which our policy would refuse with a complaint.
    page = visit(width=width, dark=dark, bypass_csp=True)
    found: list[str] = []

    def look_at(address: str) -> None:
        page.goto(address)
        look(page)

    def look(page: Page) -> None:
        # A page that is still on its way has half of its colours.
        page.wait_for_load_state("load")
        found.extend(violations(page))
        overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if overflow > 0:
            found.append(f"{page.url}: {overflow} px wider than the window")

    for address in SIGNED_OUT:
        look_at(address)
    sign_in(page, "owner@aurora.test")
    for address in SIGNED_IN:
        look_at(address)
    draft = a_draft(page)
    for address in OF_A_DRAFT:
        look_at(draft + address)
    page.goto("/t/aurora/customers/")
    customer = page.get_by_role("main").locator("table a[href*='/customers/']").first
    path = customer.get_attribute("href")
    assert path is not None
    for address in OF_A_CUSTOMER:
        look_at(path.partition("?")[0] + address)
    for one, addresses in OF_ONE.items():
        path = address_of(page, one)
        for address in addresses:
            look_at(path + address)
    look_at(address_of(page, A_DATABASE))
    page.route("**/*", tell_no_news)
    with page.expect_navigation():
        page.get_by_role("button", name="Check now").click()
    look(page)
    page.unroute("**/*")
    expect(page.get_by_role("button", name="Check now")).to_be_visible(timeout=40_000)
    look(page)
    begin_to_pay(page, "Test card")
    look(page)
    begin_to_pay(page, "Bank transfer")
    look(page)
    look_at(address_of(page, AN_APP) + "new-key/")
    page.get_by_role("button", name="Make a new key").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The key of Till")
    look(page)
    page.goto(address_of(page, AN_APP))
    page.get_by_role("row").get_by_role("link", name="Revoke").first.click()
    page.wait_for_url("**/revoke/")
    look(page)
    assert found == []


def begin_to_pay(page: Page, way: str) -> None:
    page.goto(address_of(page, AN_INVOICE))
    page.get_by_role("link", name="Pay", exact=True).click()
    page.get_by_label(way).check()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Payment TV-")


def tell_no_news(route: Route) -> None:
    """A page of work that goes on loads anew once it is over: not while it is being looked at."""
    if route.request.resource_type == "fetch":
        route.fulfill(content_type="text/html", body='<meta name="looks-again" content="1">')
    else:
        route.continue_()


def address_of(page: Page, one: tuple[str, str]) -> str:
    """Where the link of this name leads, in the list at this address."""
    listed_at, name = one
    page.goto(listed_at)
    address = page.get_by_role("main").get_by_role("link", name=name).get_attribute("href")
    assert address is not None
    return address
