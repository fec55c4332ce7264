"""axe on every page, in light and dark, on a desk and on a phone: WCAG 2.2 AA."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

from tests.conftest import Visit, sign_in
from tests.running_pair import RunningPair

# Passes are counted too, and described at length, unless one asks for violations alone.
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
# Where colours change by a transition, those of one scheme are on their way to the other's.
RUN = """async rules => {
    for (const each of document.getAnimations()) {
        if (each instanceof CSSTransition) each.finish();
    }
    return (await axe.run(document, rules)).violations;
}"""
WIDTHS = (390, 1280)
# All of a page is the same in the dark but its colours, which stand in `tokens.css` alone.
OF_COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"], "resultTypes": ["violations"]}
SCHEMES = {"light": RULES, "dark": OF_COLOURS}
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
    "/t/aurora/tickets/",
    "/t/aurora/tickets/?q=zzzzzz",
    "/t/aurora/tickets/?state=awaiting_customer",
    "/t/aurora/tickets/new/",
    "/account/",
    "/account/email/",
    "/account/security/",
    "/account/security/two-factor/",
)
AXE = Axe().axe_script
A_MEMBER = ("/t/aurora/settings/members/", "Luca Bianchi")
AN_APP = ("/t/aurora/settings/apps/", "Till")
A_DATABASE = ("/t/aurora/settings/databases/", "Bookkeeping")
A_SERVICE = ("/t/aurora/services/", "Details")
A_TICKET = ("/t/aurora/tickets/", "My name is spelt wrong")
A_CLOSED_TICKET = ("/t/aurora/tickets/", "Printer in the kitchen")
# The only ones of their kind, by what their numbers have in common.
AN_INVOICE = ("/t/aurora/billing/invoices/?state=overdue", "-0")
A_PAYMENT = ("/t/aurora/billing/payments/?state=failed", "TV-")
A_CREDIT_NOTE = ("/t/aurora/billing/credit-notes/", "CN-")
OF_ONE = {
    A_TICKET: ("", "close/", "earlier/"),
    A_CLOSED_TICKET: ("",),
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
    """Of the page as it stands, loaded once: at each width, in each scheme."""
    # A page that is still on its way has half of its colours.
    page.wait_for_load_state("load")
    page.evaluate(AXE)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if overflow > 0:
            yield f"{page.url} at {width} px: {overflow} px wider than the window"
        for scheme, rules in SCHEMES.items():
            page.emulate_media(color_scheme=scheme)
            for each in page.evaluate(RUN, rules):
                targets = "; ".join(str(node["target"]) for node in each["nodes"][:3])
                yield f"{page.url} at {width} px, {scheme}: {each['id']}: {targets}"


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


class Looks:
    """What a visitor sees, and what is found wrong with it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.found: list[str] = []

    def at(self, *addresses: str) -> None:
        for address in addresses:
            self.page.goto(address)
            self.here()

    def here(self) -> None:
        self.found.extend(violations(self.page))


@pytest.fixture
def looks(pair: RunningPair, visit: Visit) -> Looks:
    # axe tries inline styles, which our policy would refuse with a complaint.
    return Looks(visit(bypass_csp=True))


def test_no_page_of_a_list_has_a_violation(looks: Looks) -> None:
    looks.at(*SIGNED_OUT)
    sign_in(looks.page, "owner@aurora.test")
    looks.at(*SIGNED_IN)
    assert looks.found == []


def test_no_page_of_one_thing_has_a_violation(looks: Looks) -> None:
    page = looks.page
    sign_in(page, "owner@aurora.test")
    draft = a_draft(page)
    looks.at(*(draft + address for address in OF_A_DRAFT))
    page.goto("/t/aurora/customers/")
    customer = page.get_by_role("main").locator("table a[href*='/customers/']").first
    path = customer.get_attribute("href")
    assert path is not None
    looks.at(*(path.partition("?")[0] + address for address in OF_A_CUSTOMER))
    for one, addresses in OF_ONE.items():
        path = address_of(page, one)
        looks.at(*(path + address for address in addresses))
    assert looks.found == []


def test_no_step_of_a_way_has_a_violation(looks: Looks) -> None:
    page = looks.page
    sign_in(page, "owner@aurora.test")
    looks.at(address_of(page, A_DATABASE))
    page.route("**/*", tell_no_news)
    with page.expect_navigation():
        page.get_by_role("button", name="Check now").click()
    looks.here()
    page.unroute("**/*")
    expect(page.get_by_role("button", name="Check now")).to_be_visible(timeout=40_000)
    looks.here()
    begin_to_pay(page, "Test card")
    looks.here()
    begin_to_pay(page, "Bank transfer")
    looks.here()
    looks.at(address_of(page, AN_APP) + "new-key/")
    page.get_by_role("button", name="Make a new key").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The key of Till")
    looks.here()
    page.goto(address_of(page, AN_APP))
    page.get_by_role("row").get_by_role("link", name="Revoke").first.click()
    page.wait_for_url("**/revoke/")
    looks.here()
    assert looks.found == []


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
