from __future__ import annotations

import pytest

from portal.api_client.errors import Unreachable
from portal.api_client.tests import fake_platform
from portal.tickets.tests.cast import (
    HOSTILE,
    LIST,
    LIST_TICKETS,
    NEW,
    PAGE,
    SUMMARY,
    listed,
    ticket,
)
from portal.ui.tests.pages import read


def test_it_shows_the_tickets_in_two_calls_at_once(owner, platform):
    page = read(owner.get(LIST))

    assert page.links["The kitchen printer is silent"] == PAGE
    assert "#14 · Technical support · High" in page.text
    assert "#13 · Billing Our turn" in page.text
    assert page.links["New ticket"] == NEW
    assert sorted(platform.operations) == [LIST_TICKETS, SUMMARY]


def test_what_is_unread_says_so_in_a_word(owner, platform):
    platform.answer(LIST_TICKETS, response=listed(ticket(is_unread=True), ticket(is_unread=False)))

    page = read(owner.get(LIST))

    assert page.text.count("New The kitchen printer is silent") == 1
    assert page.text.count("The kitchen printer is silent") == 2


def test_what_narrows_the_list_goes_to_the_platform(owner, platform):
    query = {"state": "awaiting_customer", "department": "billing", "unread": "true"}

    owner.get(LIST, {**query, "q": " silent ", "cursor": "abc"})

    (call,) = platform.asked(LIST_TICKETS)
    assert call.query == {**query, "q": "silent", "cursor": "abc"}


@pytest.mark.parametrize("query", [{"state": "lost"}, {"unread": "yes"}])
def test_a_filter_that_isnt_offered_narrows_nothing(owner, platform, query):
    owner.get(LIST, query)

    assert platform.asked(LIST_TICKETS)[0].query == {}


def test_filters_keep_each_other_and_start_at_the_first_page(owner, platform):
    page = read(owner.get(LIST, {"q": "a", "cursor": "abc", "state": "open"}))

    assert page.links["Your turn 2"] == "?q=a&state=awaiting_customer"
    assert page.links["Unread 1"] == "?q=a&state=open&unread=true"
    assert page.links["Billing"] == "?q=a&state=open&department=billing"
    assert page.forms[LIST] == {"state": "open", "q": "a"}


def test_a_filter_can_be_left_again(owner, platform):
    page = read(owner.get(LIST, {"state": "open", "unread": "true", "department": "billing"}))

    assert page.links["Unread 1"] == "?state=open&department=billing"
    assert page.links["All departments"] == "?state=open&unread=true"
    assert page.links["All"] == "?"


def test_the_navigation_has_the_number_of_what_is_unread(owner, platform):
    platform.answer(SUMMARY, response={"awaiting_you": 0, "unread": 100})

    page = read(owner.get(LIST))

    assert "99+ Support 99+ unread" in page.text
    assert page.links["Your turn"] == "?state=awaiting_customer"


def test_pages_keep_what_narrows_the_list(owner, platform):
    platform.answer(LIST_TICKETS, response=listed(ticket(), next_cursor="older"))

    assert read(owner.get(LIST, {"q": "a"})).links["Next"] == "?q=a&cursor=older"


def test_nobody_has_asked_anything_yet(owner, platform):
    platform.answers("tickets-list-empty")

    page = read(owner.get(LIST))

    assert "No tickets yet" in page.text
    assert page.links["Ask your first question"] == NEW
    assert "New ticket" not in page.links


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"q": "zzz"}, "No ticket here"),
        ({"unread": "true"}, "Nothing unread"),
        ({"state": "awaiting_customer"}, "Nothing waits for you"),
        ({"state": "closed"}, "No ticket here"),
    ],
)
def test_nothing_of_that_kind_is_not_nothing(owner, platform, query, said):
    platform.answers("tickets-list-empty")

    page = read(owner.get(LIST, query))

    assert said in page.text
    assert page.links["Show all tickets"] == LIST
    assert "No tickets yet" not in page.text


@pytest.mark.parametrize("operation", [LIST_TICKETS, SUMMARY])
def test_an_unreachable_platform_is_never_an_empty_list(owner, platform, operation):
    platform.fails(operation, Unreachable())

    response = owner.get(LIST)

    assert response.status_code == 503
    assert "No tickets yet" not in response.content.decode()


def test_hostile_words_are_only_text(owner, platform):
    hostile = ticket(
        subject=HOSTILE,
        department={"key": HOSTILE, "name": HOSTILE},
        opened_by={"name": HOSTILE, "is_you": False},
        state=HOSTILE,
        priority=HOSTILE,
    )
    platform.answer(LIST_TICKETS, response=listed(hostile))

    response = owner.get(LIST, {"q": HOSTILE, "department": HOSTILE})

    assert "<script>alert" not in response.content.decode()
    assert read(response).links[HOSTILE] == PAGE


def test_only_what_one_may_do_is_offered(owner, platform):
    platform.answer(LIST_TICKETS, response=listed(ticket(), can=[]))

    assert "New ticket" not in read(owner.get(LIST)).links


def test_while_read_only_there_is_only_reading(owner, platform, read_only):
    page = read(owner.get(LIST))

    assert "New ticket" not in page.links
    assert page.links["The kitchen printer is silent"] == PAGE


@pytest.mark.parametrize("state", ["draft", "suspended"])
def test_a_business_that_isnt_open_is_led_there(owner, monkeypatch, state):
    monkeypatch.setitem(
        fake_platform.TENANTS, "aurora", {**fake_platform.TENANTS["aurora"], "state": state}
    )

    page = read(owner.get(LIST))

    assert page.links["1 Support 1 unread"] == LIST
    assert page.links["The kitchen printer is silent"] == PAGE


def test_another_business_isnt_there(waiter, platform):
    assert waiter.get(LIST).status_code == 404


def test_it_speaks_german_to_whom_reads_it(waiter, platform):
    page = read(waiter.get("/t/bluefin/tickets/"))

    assert "Neues Ticket" in page.links
    assert "Sie sind dran" in page.text
