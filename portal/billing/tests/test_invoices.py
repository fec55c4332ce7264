"""The list of invoices, one of them, its PDF; and the same of credit notes."""

from __future__ import annotations

from html import unescape

import pytest

from portal.api_client.tests.fake_platform import response_of
from portal.billing.tests.cast import (
    GET_INVOICE,
    INVOICE,
    INVOICES,
    LIST_INVOICES,
    LOOKS_AGAIN,
    NOTE,
    NOTES,
    OVERDUE,
    PAGE,
    PAY_ONE,
    PAYMENTS,
    invoice,
)  # fmt: skip
from portal.crm.tests.cast import HOSTILE, problem
from portal.ui.tests.pages import read

LINK = "POST invoices/{id}/link/"
MINUS = "\N{MINUS SIGN}"


def test_the_list_says_what_is_left_to_pay(owner, platform):
    page = read(owner.get(INVOICES))

    assert platform.operations == [LIST_INVOICES]
    assert "2026-00024 1 Oct 2026 15 Oct 2026 Overdue €58.00 €38.00" in page.text
    assert "2026-00012 1 Sept 2026 15 Sept 2026 Paid €49.00 –" in page.text
    assert page.links["2026-00024"] == f"{INVOICES}{OVERDUE}/"


def test_and_in_german(waiter, platform):
    assert "Überfällig" in read(waiter.get("/t/bluefin/billing/invoices/")).text


def test_it_is_searched_and_narrowed_at_once(owner, platform):
    query = {"q": " House ", "state": "paid", "since": "2026-09-01", "until": "2026-09-30"}

    page = read(owner.get(INVOICES, query | {"cursor": "c"}))

    (call,) = platform.calls
    assert call.query == {
        "q": "House",
        "state": "paid",
        "from": "2026-09-01",
        "to": "2026-09-30",
        "cursor": "c",
    }
    kept = page.forms[INVOICES]
    assert (kept["q"], kept["state"], kept["since"], kept["until"]) == (
        "House", "paid", "2026-09-01", "2026-09-30",
    )  # fmt: skip
    assert page.links["All"] == "?q=+House+&since=2026-09-01&until=2026-09-30"


@pytest.mark.parametrize("state", ["draft", "nothing", "\0"])
def test_a_made_up_state_means_none(owner, platform, state):
    assert owner.get(INVOICES, {"state": state}).status_code == 200
    assert platform.calls[0].query == {}


def test_what_isnt_a_day_is_said_and_not_asked_for(owner, platform):
    page = read(owner.get(INVOICES, {"since": "yesterday"}))

    assert "This isn’t a day." in page.text
    assert platform.calls[0].query == {}


def test_an_end_before_the_beginning_is_said_and_not_asked_for(owner, platform):
    page = read(owner.get(INVOICES, {"since": "2026-10-01", "until": "2026-01-01"}))

    assert "This is before the first day." in page.text
    (call,) = platform.calls
    assert "to" not in call.query


def test_days_are_out_of_the_way_until_chosen(owner, platform):
    closed, opened = owner.get(INVOICES), owner.get(INVOICES, {"since": "2026-09-01"})

    assert b'<details class="disclosure">' in closed.content
    assert b'<details class="disclosure" open>' in opened.content


def test_nothing_found_is_not_nothing_there(owner, platform):
    platform.answers("invoices-list-empty")

    assert read(owner.get(INVOICES, {"q": "x"})).links["Show all invoices"] == INVOICES
    first = read(owner.get(INVOICES))
    assert "No invoices yet" in first.text
    assert first.links["See services"] == "/t/aurora/services/"


def test_further_pages_keep_what_was_chosen(owner, platform):
    page = response_of("invoices-list") | {"next_cursor": "older", "previous_cursor": "newer"}
    platform.answer(LIST_INVOICES, response=page)

    links = read(owner.get(INVOICES, {"state": "paid"})).links

    assert links["Next"] == "?state=paid&cursor=older"
    assert links["Previous"] == "?state=paid&cursor=newer"


def test_one_says_all_that_is_on_the_document(owner, platform):
    page = read(owner.get(INVOICE))

    assert platform.operations == [GET_INVOICE]
    assert "Left to pay €38.00 Was due on 15 Oct 2026 · issued 1 Oct 2026" in page.text
    assert "House, Oct. 1, 2026 to Oct. 31, 2026 1 month €49.00 0% €49.00" in page.text
    assert "Sept. 30, 2026 3 €3.00 0% €9.00" in page.text
    assert "Net €58.00 VAT: reverse charge €0.00 Total €58.00" in page.text
    assert f"Settled {MINUS}€20.00 Left to pay €38.00" in page.text
    assert "your business owes it in its own country" in page.text
    assert "Tavola Betriebs GmbH Lindengasse 5 1070 Wien, Austria VAT id ATU13585627" in page.text
    assert "Aurora Ristorazione S.r.l. Trattoria Aurora Via della Lungara 12" in page.text
    assert "From your credit 1 Oct 2026 €11.00" in page.text
    assert page.links["Credit note CN-2026-00003"] == f"{NOTES}{NOTE}/"
    assert "Reminder 2 by email 25 Oct 2026" in page.text
    assert page.links["Pay"] == PAY_ONE


def test_rates_and_odd_quantities_are_written_as_the_reader_does(owner, platform):
    platform.answers("invoice-retrieve-german")

    response = owner.get(INVOICE)

    text = read(response).text
    assert "Einschulung vor Ort, je Stunde 1.5 hours €24.00 20% €36.00" in text
    assert "VAT 20% of €71.00 €14.20" in text
    assert "Wie besprochen mit Einschulung vor Ort." in text
    assert "everse charge" not in text
    assert '<span lang="de">House, 16. November' in response.content.decode()


def test_a_paid_one_says_by_what(owner, platform):
    platform.answers("invoice-retrieve-paid")

    page = read(owner.get(INVOICE))

    assert "Total €49.00 Issued 1 Sept 2026" in page.text
    assert "Left to pay €0.00" in page.text
    assert page.links["Bank transfer"] == f"{PAYMENTS}01995c00-0000-7000-8000-000000000001/"
    assert "Pay" not in page.links


def test_a_credit_note_that_settled_it_is_told_once(owner, platform):
    note = {"id": NOTE, "number": "CN-2026-00003"}
    used = {"amount_minor": 900, "created_at": "2026-11-01T10:00:00Z", "payment": None}
    listed = {**note, "issued_on": "2026-11-01", "total_minor": 900}
    platform.answer(
        GET_INVOICE,
        response=invoice(allocations=[used | {"credit_note": note}], credit_notes=[listed]),
    )
    assert read(owner.get(INVOICE)).text.count("CN-2026-00003") == 1

    part = invoice(
        allocations=[used | {"credit_note": note, "amount_minor": 400}], credit_notes=[listed]
    )
    platform.answer(GET_INVOICE, response=part)
    assert read(owner.get(INVOICE)).text.count("CN-2026-00003") == 2


def test_a_void_one_says_that_nothing_is_to_pay(owner, platform):
    platform.answer(GET_INVOICE, response=invoice(state="void", is_overdue=False, can=[]))

    page = read(owner.get(INVOICE))

    assert "This invoice is void" in page.text
    assert "Pay" not in page.links


def test_what_is_outside_of_the_tax_says_so(owner, platform):
    platform.answer(GET_INVOICE, response=invoice(tax_category="O"))

    assert "VAT: not in its scope €0.00" in read(owner.get(INVOICE)).text


def test_descriptions_are_text(owner, platform):
    hostile = invoice(note=HOSTILE)
    hostile["lines"][0]["description"] = HOSTILE
    platform.answer(GET_INVOICE, response=hostile)

    assert HOSTILE not in owner.get(INVOICE).content.decode()


@pytest.mark.parametrize("path", [INVOICE, f"{NOTES}{NOTE}/"])
def test_an_unknown_one_is_missing(owner, platform, path):
    platform.answers("invoice-not-found", "credit-note-not-found")

    assert owner.get(path).status_code == 404


@pytest.mark.parametrize(
    ("page", "example"),
    [(INVOICE, "invoice-link"), (f"{NOTES}{NOTE}/", "credit-note-link")],
)
def test_the_pdf_opens_at_once(owner, platform, page, example):
    assert f"{page}pdf/" in read(owner.get(page)).forms

    response = owner.post(f"{page}pdf/")

    url = response_of(example)["url"]
    source = unescape(response.content.decode())
    assert f'<meta http-equiv="refresh" content="0; url={url}">' in source
    assert read(response).links["Open the PDF"] == url


@pytest.mark.parametrize(
    ("page", "example"),
    [(INVOICE, "invoice-link-not-ready"), (f"{NOTES}{NOTE}/", "credit-note-link-not-ready")],
)
def test_one_that_is_being_made_is_waited_for(owner, platform, page, example):
    platform.answers(example)

    response = owner.post(f"{page}pdf/")

    assert response.headers["Location"] == f"{page}?pdf=soon&notice=document-being-made"


@pytest.mark.parametrize(
    ("ready", "query", "waits"),
    [(False, "?pdf=soon", True), (True, "?pdf=soon", False), (False, "", False)],
)
def test_the_page_looks_again_until_it_is_there(owner, platform, ready, query, waits):
    platform.answer(GET_INVOICE, response=invoice(has_document=ready))

    response = owner.get(INVOICE + query)

    assert (LOOKS_AGAIN in response.content.decode()) == waits
    assert (f"{INVOICE}pdf/" in read(response).forms) != waits


def test_a_conflict_of_another_kind_is_an_error_page(owner, platform):
    platform.answer(LINK, status=409, response=problem(409, "moon-phase"))

    assert owner.post(f"{INVOICE}pdf/").status_code == 409


def test_credit_notes_are_listed_with_what_they_correct(owner, platform):
    page = read(owner.get(NOTES))

    assert "CN-2026-00003 20 Oct 2026 2026-00024 Three people had left in August. €9.00" in (
        page.text
    )
    assert page.links["CN-2026-00003"] == f"{NOTES}{NOTE}/"


def test_without_any_it_is_said(owner, platform):
    platform.answers("credit-notes-list-empty")

    assert "No credit notes" in read(owner.get(NOTES)).text


def test_one_says_why_and_what_it_was_used_for(owner, platform):
    page = read(owner.get(f"{NOTES}{NOTE}/"))

    assert "Why Three people had left in August." in page.text
    assert "What it was used for Invoice 2026-00024 €9.00" in page.text
    assert page.links["Invoice 2026-00024"] == INVOICE


@pytest.mark.parametrize("path", [INVOICE, f"{NOTES}{NOTE}/"])
def test_while_read_only_no_form_is_there(owner, path, read_only):
    assert read(owner.get(path)).forms == {}


@pytest.mark.parametrize(
    ("path", "current"),
    [
        (PAGE, "Overview"),
        (INVOICES, "Invoices"),
        (NOTES, "Credit notes"),
        (PAYMENTS, "Payments"),
        (f"{PAGE}statement/", "Statement"),
    ],
)
def test_the_tab_of_the_page_is_marked(owner, path, current):
    tabs = owner.get(path).content.decode().split('class="tabs"')[1].split("</nav>")[0]

    assert tabs.count('aria-current="page"') == 1
    assert f'aria-current="page">{current}</a>' in tabs
