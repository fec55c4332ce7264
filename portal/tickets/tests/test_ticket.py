from __future__ import annotations

import pytest
import time_machine

from portal.crm.tests.cast import problem
from portal.tickets.tests.cast import (
    CLOSE,
    FILE,
    GET_TICKET,
    HOSTILE,
    HTML,
    LINK,
    MESSAGES,
    PAGE,
    READ,
    REOPEN,
    REPLY,
    message,
    ticket,
)
from portal.ui.tests.pages import read


def test_it_shows_who_wrote_what_and_when(owner, platform):
    page = read(owner.get(PAGE))

    assert "Ticket #14 · Technical support" in page.text
    assert "Giulia Conti 20 Nov 2026, 10:12 The printer in the kitchen is silent" in page.text
    assert "Marco Rossi 20 Nov 2026, 10:40 · in #10" in page.text
    assert "Sam Support Support 20 Nov 2026, 17:05 Please try this:" in page.text
    assert page.links["House"] == "/t/aurora/services/01993f00-0000-7000-8000-000000000001/"


@pytest.mark.parametrize(
    ("via", "hint"), [("mail", " · by email"), ("api", " · by an app"), ("portal", "")]
)
def test_where_a_message_came_from_is_said(owner, platform, via, hint):
    platform.answer(GET_TICKET, response=ticket(messages=[message(via=via)]))

    assert f"20 Nov 2026, 19:00{hint} It works again" in read(owner.get(PAGE)).text


def test_what_is_new_begins_at_a_line(owner, platform):
    text = read(owner.get(PAGE)).text

    assert text.count(" New ") == 1
    assert text.index("still silent") < text.index(" New ") < text.index("was merged into this")


def test_reading_it_is_noted_after_it_was_fetched(owner, platform):
    owner.get(PAGE)

    assert platform.operations == [GET_TICKET, READ]


def test_while_read_only_nothing_is_noted_and_nothing_offered(owner, platform, read_only):
    page = read(owner.get(PAGE))

    assert platform.operations == [GET_TICKET]
    assert set(page.forms) == set()
    assert "Close it" not in page.links
    assert "Download" not in page.text


def test_the_markup_of_the_platform_is_printed_and_nobody_elses(owner, platform):
    hostile = message(
        author=HOSTILE,
        body=HOSTILE,
        body_html=HTML,
        attachments=[
            {"id": "01995a10-0000-7000-8000-00000000f001", "filename": HOSTILE, "size": 1}
            | {"content_type": HOSTILE, "state": "refused", "refusal": HOSTILE}
        ],
    )
    platform.answer(
        GET_TICKET,
        response=ticket(
            subject=HOSTILE,
            messages=[hostile],
            invoice={"id": "01995a00-0000-7000-8000-000000000024", "number": HOSTILE},
            service={"id": "01993f00-0000-7000-8000-000000000001", "plan": HOSTILE},
        ),
    )

    source = owner.get(PAGE).content.decode()

    assert HTML.strip() in source
    assert "<script>alert" not in source


@pytest.mark.parametrize(
    ("state", "changes", "said"),
    [
        (
            "open",
            {"answer_due_at": "2026-11-21T15:30:00Z"},
            "Open We answer by 21 Nov 2026, 16:30.",
        ),
        (
            "awaiting_staff",
            {"answer_due_at": "2026-11-20T15:30:00Z"},
            "Our turn We wanted to answer by 20 Nov 2026, 16:30.",
        ),
        (
            "awaiting_customer",
            {"closes_at": "2026-11-23T03:00:00Z"},
            "Your turn It closes by itself on 23 Nov 2026, 04:00, unless you write.",
        ),
        ("closed", {}, "Closed"),
        ("reopened", {}, "Reopened"),
        ("unheard-of", {}, "unheard-of"),
    ],
)
@time_machine.travel("2026-11-20 18:00:00+00:00")
def test_it_says_what_comes_next(owner, platform, state, changes, said):
    waiting = {"answer_due_at": None, "closes_at": None}
    platform.answer(GET_TICKET, response=ticket(state=state, **{**waiting, **changes}))

    assert said in read(owner.get(PAGE)).text


def test_files_have_a_size_and_a_state(owner, platform):
    page = read(owner.get(PAGE))

    assert "printer.jpg 470.8 KB Download printer.jpg" in page.text
    assert "log.txt 1.8 KB It isn’t what it says it is" in page.text
    assert "receipt.pdf 88.0 KB Being checked" in page.text
    assert FILE in page.forms
    assert [url for url in page.forms if "f002" in url or "f003" in url] == []


def test_a_file_is_led_to(owner, platform):
    response = owner.post(FILE)

    url = read(response).links["Download"]
    assert url.startswith("https://files.tavola.example/")
    assert "url=https://files.tavola.example/" in response.content.decode()


@pytest.mark.parametrize(
    ("code", "notice"),
    [
        ("attachment-not-ready", "attachment-checking"),
        ("attachment-refused", "attachment-refused"),
    ],
)
def test_a_file_that_cant_be_had_is_explained(owner, platform, code, notice):
    platform.answer(LINK, status=409, response=problem(409, code))

    assert owner.post(FILE).headers["Location"] == f"{PAGE}?notice={notice}"


def test_what_one_may_do_is_the_platforms_to_say(owner, platform):
    page = read(owner.get(PAGE))
    assert page.links["Close it"] == CLOSE
    assert f"{REPLY}#write" in page.forms

    platform.answer(GET_TICKET, response=ticket(can=["reopen"]))
    page = read(owner.get(PAGE))
    assert "Close it" not in page.links
    assert f"{REPLY}#write" not in page.forms
    assert f"{REOPEN}#write" in page.forms

    platform.answer(GET_TICKET, response=ticket(can=[]))
    assert [url for url in read(owner.get(PAGE)).forms if "#write" in url] == []


def test_a_merged_one_leads_on(owner, platform):
    platform.answers("ticket-retrieve-merged")

    page = read(owner.get("/t/aurora/tickets/01995a10-0000-7000-8000-000000000010/"))

    assert "It goes on in ticket #14" in page.text
    assert page.links["Go there"] == PAGE


def test_earlier_messages_have_a_page_in_two_calls_at_once(owner, platform):
    page = read(owner.get(PAGE))
    assert page.links["Earlier messages"] == f"{PAGE}earlier/?cursor=WyJuZXh0IiwiLWNyZWF0ZWQiXQ"

    platform.calls.clear()
    page = read(owner.get(page.links["Earlier messages"]))

    assert sorted(platform.operations) == [GET_TICKET, MESSAGES]
    assert platform.asked(MESSAGES)[0].query == {"cursor": "WyJuZXh0IiwiLWNyZWF0ZWQiXQ"}
    assert page.text.index("The printer in the kitchen") < page.text.index("Please try this")
    assert page.links["To the newest messages"] == PAGE
    assert "Earlier messages" not in page.links


def test_a_cursor_is_only_text(owner, platform):
    platform.answer(GET_TICKET, response=ticket(earlier_cursor='a&b="#'))

    page = read(owner.get(PAGE))

    assert page.links["Earlier messages"] == f"{PAGE}earlier/?cursor=a%26b%3D%22%23"


def test_one_that_isnt_there_isnt_there(owner, platform):
    platform.answers("ticket-not-found")

    assert owner.get(PAGE).status_code == 404


def test_it_speaks_german_to_whom_reads_it(waiter, platform):
    text = read(waiter.get(PAGE.replace("aurora", "bluefin"))).text

    assert "in #10" in text
    assert "Antworten" in text
