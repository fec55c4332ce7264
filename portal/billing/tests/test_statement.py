"""The account as of a day."""

from __future__ import annotations

from portal.api_client.tests.fake_platform import response_of
from portal.billing.tests.cast import INVOICES, NOTE, NOTES, PAGE, PAYMENTS
from portal.ui.tests.pages import read

STATEMENT = f"{PAGE}statement/"
CALL = "GET statement/"


def test_every_line_has_the_balance_after_it(owner, platform):
    page = read(owner.get(STATEMENT))

    assert platform.operations == [CALL]
    assert platform.calls[0].query == {}
    assert "Balance at the end of 20 Nov 2026 €87.00 This is what your business owed." in page.text
    assert "Invoice 2026-00038 8 Nov 2026 €49.00 €87.00" in page.text
    assert "Credit note CN-2026-00003 20 Oct 2026 -€9.00 €38.00" in page.text
    assert "Payment TV-7K3Q-F2XM 10 Sept 2026 -€60.00 -€11.00" in page.text
    assert page.forms[STATEMENT] == {"as_of": "2026-11-20"}


def test_every_line_leads_to_what_it_is_about(owner):
    links = read(owner.get(STATEMENT)).links

    assert links["Invoice 2026-00038"].startswith(INVOICES)
    assert links["Credit note CN-2026-00003"] == f"{NOTES}{NOTE}/"
    assert links["Payment TV-7K3Q-F2XM"].startswith(PAYMENTS)


def test_a_refund_is_told_from_its_payment(owner, platform):
    platform.answers("statement-retrieve-refund")

    page = read(owner.get(STATEMENT, {"as_of": "2026-09-12"}))

    assert platform.calls[0].query == {"as_of": "2026-09-12"}
    assert "Refund of payment TV-7K3Q-F2XM 12 Sept 2026 €5.00 -€6.00" in page.text
    assert "-€6.00 This is what your business had to its credit." in page.text


def test_before_anything_was_booked_it_is_said(owner, platform):
    platform.answers("statement-retrieve-empty")

    text = read(owner.get(STATEMENT)).text

    assert "Nothing was owed, on either side." in text
    assert "Nothing was booked until then" in text


def test_what_isnt_a_day_is_said_and_today_shown(owner, platform):
    response = owner.get(STATEMENT, {"as_of": "31/12"})

    assert response.status_code == 422
    assert "This isn’t a day." in read(response).text
    assert platform.calls[0].query == {}


def test_further_pages_are_of_the_same_day(owner, platform):
    page = response_of("statement-retrieve") | {"next_cursor": "older"}
    platform.answer(CALL, response=page)

    links = read(owner.get(STATEMENT, {"as_of": "2026-11-20"})).links

    assert links["Next"] == "?as_of=2026-11-20&cursor=older"


def test_and_in_german(waiter):
    text = read(waiter.get("/t/bluefin/billing/statement/")).text

    assert "Saldo am Ende des 20.11.2026" in text
    assert "Gutschrift CN-2026-00003" in text
