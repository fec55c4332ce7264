from __future__ import annotations

import re

import pytest

from portal.api_client.errors import Unreachable
from portal.api_client.tests import fake_platform
from portal.ui.tests.pages import read


def navigation(response):
    return response.content.decode().split('class="main-nav"')[1].split("</nav>")[0]


def test_the_current_destination_is_marked(owner):
    nav = navigation(owner.get("/t/aurora/customers/new/"))

    assert nav.count('aria-current="page"') == 1
    assert 'href="/t/aurora/customers/" aria-current="page"' in nav


def test_destinations_follow_abilities(waiter, monkeypatch):
    assert "/t/bluefin/customers/" in navigation(waiter.get("/t/bluefin/"))

    monkeypatch.setitem(fake_platform.ABILITIES, "waiter", ["tenant.read"])

    assert "/t/bluefin/customers/" not in navigation(waiter.get("/t/bluefin/"))


@pytest.mark.parametrize(
    ("state", "leads_to"),
    [
        ("draft", ["onboarding/", "tickets/"]),
        ("provisioning", ["onboarding/", "tickets/"]),
        ("suspended", ["", "customers/", "services/", "billing/", "tickets/", "settings/"]),
        ("archived", ["settings/state/", "settings/"]),
    ],
)
def test_so_they_do_the_state(owner, monkeypatch, state, leads_to):
    monkeypatch.setitem(
        fake_platform.TENANTS, "aurora", {**fake_platform.TENANTS["aurora"], "state": state}
    )

    nav = navigation(owner.get("/t/aurora/settings/state/"))

    assert re.findall('href="/t/aurora/([^"]*)"', nav) == leads_to
    assert nav.count('aria-current="page"') <= 1


def test_outside_of_a_business_the_way_leads_into_one(owner):
    nav = navigation(owner.get("/account/"))

    assert 'href="/t/"' in nav
    assert 'href="/account/" aria-current="page"' in nav


def test_one_can_switch_to_each_of_ones_businesses(owner, waiter):
    links = read(owner.get("/t/aurora/")).links

    assert links["TA Trattoria Aurora"] == "/t/aurora/"
    assert links["BS Blue Fin Sushi"] == "/t/bluefin/"
    assert links["All businesses"] == "/t/"
    assert "TA Trattoria Aurora" not in read(waiter.get("/t/bluefin/")).links


def test_one_can_register_another_but_not_while_read_only(waiter, settings):
    assert read(waiter.get("/t/bluefin/")).links["Betrieb anmelden"] == "/register/"

    settings.PORTAL_READ_ONLY = True

    assert "Betrieb anmelden" not in read(waiter.get("/t/bluefin/")).links


def test_the_title_names_page_business_and_product(owner):
    assert (
        "<title>Customers · Trattoria Aurora · Tavola</title>"
        in owner.get("/t/aurora/customers/").content.decode()
    )


def test_signing_out_is_a_form_and_gone_while_read_only(owner, settings):
    assert "/sign-out/" in read(owner.get("/t/aurora/")).forms

    settings.PORTAL_READ_ONLY = True

    page = read(owner.get("/t/aurora/"))
    assert page.forms == {}
    assert "you can look at everything" in page.text


def test_the_page_is_in_the_persons_language(waiter):
    assert '<html lang="de"' in waiter.get("/t/bluefin/").content.decode()


@pytest.mark.parametrize("page", ["/t/", "/t/aurora/", "/t/aurora/customers/", "/sign-in/"])
def test_nothing_is_inline_that_the_policy_forbids(owner, page):
    source = owner.get(page).content.decode()

    assert " style=" not in source
    assert "<style" not in source
    assert " onclick=" not in source
    assert source.count("<script") == 1
    assert '<script type="module" src="/static/ui/js/ui.js"></script>' in source


def test_a_page_has_one_title_and_one_main_action(owner):
    for page in ("/t/aurora/", "/t/aurora/customers/", "/t/aurora/customers/new/"):
        source = owner.get(page).content.decode()
        assert source.count("<h1") == 1
        assert source.count("button--primary") == 1


def test_when_the_platform_is_gone_the_frame_is_too(owner, platform):
    platform.fails("GET reports/dashboard/", Unreachable())

    response = owner.get("/t/aurora/")

    assert response.status_code == 503
    assert read(response).links["Try again"] == "/t/aurora/"


@pytest.mark.parametrize("page", ["/t/aurora/", "/account/"])
def test_ones_account_is_a_press_away(owner, page):
    links = read(owner.get(page)).links

    assert links["Profile"] == "/account/"
    assert links["Security"] == "/account/security/"
