"""What is due, what is on its way, and who sees it."""

from __future__ import annotations

import pytest

from portal.api_client.errors import Unreachable
from portal.api_client.tests import fake_platform
from portal.api_client.tests.fake_platform import response_of
from portal.billing.tests.cast import (
    GET_BILLING,
    INVOICES,
    LIST_INVOICES,
    LIST_PAYMENTS,
    OVERDUE,
    PAGE,
    PAY,
    PAY_ONE,
    PAYMENTS,
)  # fmt: skip
from portal.ui.tests.pages import read

ACCOUNTANT = ["tenant.read", "services.read", "billing.read", "billing.pay", "customers.read"]


def nothing_goes_on(platform):
    platform.answers("invoices-list-empty", "payments-list-empty")


def test_what_is_due_is_told_in_three_calls_at_once(owner, platform):
    page = read(owner.get(PAGE))

    assert sorted(platform.operations) == [GET_BILLING, LIST_INVOICES, LIST_PAYMENTS]
    assert platform.asked(LIST_INVOICES)[0].query == {"state": "open", "limit": "10"}
    assert platform.asked(LIST_PAYMENTS)[0].query == {"state": "pending", "limit": "3"}
    assert "€38.00 is overdue" in page.text
    assert "To pay €87.00 2 open invoices" in page.text
    assert "Overdue €38.00 1 invoice" in page.text
    assert "Your credit" not in page.text
    assert page.links["Pay all that is due"] == PAY
    assert PAY_ONE in page.links.values()
    assert page.links["2026-00024"] == f"{INVOICES}{OVERDUE}/"


def test_and_in_german(waiter, platform):
    text = read(waiter.get("/t/bluefin/billing/")).text

    assert "38,00 € sind überfällig" in text.replace("\N{NO-BREAK SPACE}", " ")
    assert "2 offene Rechnungen" in text
    assert "Alles Offene bezahlen" in text


def test_before_it_is_overdue_the_next_day_is_told(owner, platform):
    due = response_of("billing-retrieve") | {"overdue_minor": 0, "overdue_invoices": 0}
    platform.answer(GET_BILLING, response=due)

    text = read(owner.get(PAGE)).text

    assert "is overdue" not in text
    assert "Next due 15 Oct 2026" in text


def test_what_isnt_finished_can_be_found_again(owner, platform):
    page = read(owner.get(PAGE))

    pending = response_of("payments-list")["results"][0]
    assert page.links["Bank transfer, €87.00"] == f"{PAYMENTS}{pending['id']}/"
    assert "TV-9XDW-4HPA, begun on 20 Nov 2026" in page.text


def test_what_is_no_longer_needed_is_left_out(owner, platform):
    listed = response_of("payments-list")
    superseded = [{**each, "due_minor": 0} for each in listed["results"]]
    platform.answer(LIST_PAYMENTS, response=listed | {"results": superseded})

    assert "TV-9XDW-4HPA" not in read(owner.get(PAGE)).text


def test_credit_is_told_when_there_is_some(owner, platform):
    platform.answers("billing-retrieve-credit")
    nothing_goes_on(platform)

    page = read(owner.get(PAGE))

    assert "To pay €0.00 Everything is paid" in page.text
    assert "Your credit €11.00" in page.text
    assert "Nothing is due" in page.text
    assert "Not finished yet" not in page.text
    assert "Pay all that is due" not in page.links


def test_credit_that_goes_back_pays_for_nothing(owner, platform):
    credit = response_of("billing-retrieve-credit") | {"refunding_minor": 600}
    platform.answer(GET_BILLING, response=credit)

    text = read(owner.get(PAGE)).text

    assert "Your credit €11.00 €6.00 of it is on its way back to you" in text
    assert "Used for the next invoice" not in text


def test_more_open_ones_than_fit_are_a_press_away(owner, platform):
    many = response_of("invoices-list") | {"next_cursor": "older"}
    platform.answer(LIST_INVOICES, response=many)

    assert read(owner.get(PAGE)).links["Show all"] == f"{INVOICES}?state=open"


def test_who_may_not_pay_isnt_offered_it(owner, platform):
    seen = response_of("billing-retrieve") | {"can": []}
    listed = response_of("invoices-list")
    for each in listed["results"]:
        each["can"] = []
    platform.answer(GET_BILLING, response=seen)
    platform.answer(LIST_INVOICES, response=listed)

    page = read(owner.get(PAGE))

    assert not {"Pay all that is due", "Pay"} & set(page.links)


def test_while_read_only_nothing_is_paid(owner, platform, read_only):
    page = read(owner.get(PAGE))

    assert not {"Pay all that is due", "Pay"} & set(page.links)


def test_an_error_is_never_an_empty_list(owner, platform):
    platform.fails(LIST_PAYMENTS, Unreachable())

    assert owner.get(PAGE).status_code == 503


@pytest.mark.parametrize(
    ("abilities", "seen"),
    [
        (ACCOUNTANT, {"Services", "Billing", "Customers"}),
        (["tenant.read", "customers.read"], {"Customers"}),
    ],
)
def test_the_accountant_sees_it_and_the_waiter_doesnt(owner, monkeypatch, abilities, seen):
    monkeypatch.setitem(fake_platform.ABILITIES, "owner", abilities)

    links = read(owner.get("/t/aurora/customers/")).links

    assert {"Services", "Billing", "Customers", "Settings"} & set(links) == seen


def test_a_suspended_business_is_led_to_what_is_due(owner, monkeypatch, platform):
    suspended = {**fake_platform.TENANTS["aurora"], "state": "suspended"}
    monkeypatch.setitem(fake_platform.TENANTS, "aurora", suspended)
    platform.answers("tenant-retrieve-suspended")

    state = read(owner.get("/t/aurora/settings/state/"))
    elsewhere = read(owner.get("/t/aurora/customers/"))

    assert state.links["Pay what is due"] == PAGE
    assert elsewhere.links["Pay what is due"] == PAGE
    assert read(owner.get(PAGE)).links["Pay all that is due"] == PAY


def test_but_nobody_who_may_not_pay(owner, monkeypatch, platform):
    suspended = {**fake_platform.TENANTS["aurora"], "state": "suspended"}
    monkeypatch.setitem(fake_platform.TENANTS, "aurora", suspended)
    monkeypatch.setitem(fake_platform.ABILITIES, "owner", ["tenant.read", "customers.read"])
    platform.answers("tenant-retrieve-suspended")

    assert "Pay what is due" not in read(owner.get("/t/aurora/settings/state/")).links
