from __future__ import annotations

import msgspec
import pytest

from portal.api_client.errors import Unexpected, Unreachable
from portal.crm.tests.cast import invalid, problem
from portal.tickets.tests.cast import (
    CLOSE,
    GET_TICKET,
    KEPT,
    PAGE,
    PHOTO,
    REOPEN,
    REPLY,
    SEND,
    SEND_AND_REOPEN,
    SHUT,
    ticket,
)
from portal.ui.tests.pages import read

FORM = {REPLY: f"{REPLY}#write", REOPEN: f"{REOPEN}#write"}
OTHER = "01995a10-0000-7000-8000-000000000010"


def written(**values):
    return {"idempotency_key": "key-of-the-form", "body": "It works again!", **values}


@pytest.mark.parametrize(
    ("address", "operation", "notice"),
    [(REPLY, SEND, "message-sent"), (REOPEN, SEND_AND_REOPEN, "ticket-reopened")],
)
def test_a_message_is_sent_in_one_call(owner, platform, address, operation, notice):
    response = owner.post(address, written(attachments=[KEPT]))

    assert response.status_code == 303
    assert response.headers["Location"] == f"{PAGE}?notice={notice}#latest"
    (call,) = platform.calls
    assert str(call.operation) == operation
    assert call.headers["Idempotency-Key"] == "key-of-the-form"
    assert msgspec.json.decode(call.body) == {"body": "It works again!", "attachments": [PHOTO]}


def test_the_newest_message_is_where_that_leads(owner, platform):
    source = owner.get(PAGE).content.decode()

    assert source.count('id="latest"') == 1
    assert source.index("was merged into") < source.index('id="latest"')
    assert source.index('id="latest"') < source.index("Please try this")


def test_an_empty_message_is_refused_before_the_platform_is_asked(owner, platform):
    response = owner.post(REPLY, written(body=" \r\n", attachments=[KEPT]))

    page = read(response)
    assert response.status_code == 422
    assert "Please fill this in." in page.text
    assert page.forms[FORM[REPLY]]["attachments"] == KEPT
    assert platform.operations == [GET_TICKET]


@pytest.mark.parametrize(
    ("status", "answer", "said"),
    [
        (400, invalid(("body", "max-length")), "This is too long."),
        (413, problem(413, "payload-too-large"), "This is too much at once."),
        (409, problem(409, "attachments-unknown"), "A file went missing"),
    ],
)
def test_what_the_platform_refuses_keeps_what_was_written(owner, platform, status, answer, said):
    platform.answer(SEND, status=status, response=answer)

    response = owner.post(REPLY, written(attachments=[KEPT]))

    page = read(response)
    assert response.status_code == 422
    assert said in page.text
    assert page.forms[FORM[REPLY]]["body"] == "It works again!"
    assert page.forms[FORM[REPLY]]["attachments"] == KEPT


def test_one_that_somebody_closed_meanwhile_is_reopened_by_sending_again(owner, platform):
    platform.answers("ticket-reply-closed")
    platform.answer(GET_TICKET, response=ticket(state="closed", can=["reopen"]))

    response = owner.post(REPLY, written())

    page = read(response)
    assert response.status_code == 422
    assert "The ticket was closed meanwhile." in page.text
    form = page.forms[FORM[REOPEN]]
    assert form["body"] == "It works again!"
    assert form["idempotency_key"] != "key-of-the-form"
    assert FORM[REPLY] not in page.forms


def test_one_that_somebody_reopened_meanwhile_goes_on(owner, platform):
    platform.answers("ticket-reopen-open")

    page = read(owner.post(REOPEN, written()))

    assert "The ticket is open again already." in page.text
    assert page.forms[FORM[REPLY]]["body"] == "It works again!"


def test_one_that_was_merged_meanwhile_is_answered_where_it_goes_on(owner, platform):
    platform.answers("ticket-reply-merged")

    response = owner.post(REPLY.replace(PAGE, f"/t/aurora/tickets/{OTHER}/"), written())

    page = read(response)
    assert response.status_code == 422
    assert "The ticket goes on in this one." in page.text
    assert page.forms[FORM[REPLY]]["body"] == "It works again!"


def test_what_was_written_isnt_lost_where_it_goes_on_unseen(owner, platform):
    platform.answers("ticket-reply-merged")
    platform.answer(GET_TICKET, response=ticket(id=OTHER, can=[]))
    platform.answer(
        GET_TICKET, url=f"{ticket()['id']}/", status=404, response=problem(404, "ticket-not-found")
    )

    response = owner.post(REPLY.replace(PAGE, f"/t/aurora/tickets/{OTHER}/"), written())

    assert response.status_code == 422
    assert "It works again!" in response.content.decode()


@pytest.mark.parametrize("error", [Unreachable(), Unexpected()])
def test_while_nobody_can_be_reached_it_stays_on_the_page(owner, platform, error):
    platform.fails(SEND, error)
    platform.fails(GET_TICKET, error)

    response = owner.post(REPLY, written(attachments=[KEPT]))

    form = read(response).forms[REPLY]
    assert response.status_code in {502, 503}
    assert form == {**written(attachments=KEPT)}


def test_nobody_writes_by_opening_an_address(owner, platform):
    assert owner.get(REPLY).status_code == 405
    assert owner.get(REOPEN).status_code == 405
    assert platform.calls == []


def test_no_other_site_writes(owner, platform):
    response = owner.post(REPLY, written(), headers={"Sec-Fetch-Site": "cross-site"})

    assert response.status_code == 403
    assert platform.calls == []


def test_closing_asks_for_a_reason_and_needs_none(owner, platform):
    form = read(owner.get(CLOSE)).forms[""]
    assert platform.operations == [GET_TICKET]

    response = owner.post(CLOSE, {**form, "reason": ""})

    assert response.headers["Location"] == f"{PAGE}?notice=ticket-closed"
    (call,) = platform.asked(SHUT)
    assert msgspec.json.decode(call.body) == {"reason": ""}
    assert call.headers["Idempotency-Key"] == form["idempotency_key"]


def test_closing_a_closed_one_says_so(owner, platform):
    platform.answers("ticket-close-closed")
    response = owner.post(CLOSE, {"reason": "Solved"})
    assert response.headers["Location"] == f"{PAGE}?notice=ticket-closed-already"

    platform.answer(GET_TICKET, response=ticket(state="closed", can=["reopen"]))
    response = owner.get(CLOSE)
    assert response.headers["Location"] == f"{PAGE}?notice=ticket-closed-already"


def test_who_may_not_close_isnt_asked(owner, platform):
    platform.answer(GET_TICKET, response=ticket(can=["reply"]))

    assert owner.get(CLOSE).status_code == 403


def test_a_reason_isnt_lost_either(owner, platform):
    platform.fails(SHUT, Unreachable())

    response = owner.post(CLOSE, {"idempotency_key": "k", "reason": "Solved"})

    assert response.status_code == 503
    assert read(response).forms[CLOSE]["reason"] == "Solved"
