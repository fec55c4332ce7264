"""Choosing how to pay, and a payment from its beginning to its end."""

from __future__ import annotations

from html import unescape

import msgspec
import pytest

from portal.api_client.tests import fake_platform
from portal.api_client.tests.fake_platform import response_of
from portal.billing.forms import CardForm
from portal.billing.tests.cast import (
    BEGIN,
    CARD,
    GET_BILLING,
    GET_INVOICE,
    GET_PAYMENT,
    INVOICE,
    LIST_INVOICES,
    LIST_PAYMENTS,
    LOOKS_AGAIN,
    ONE,
    OVERDUE,
    PAGE,
    PAY,
    PAY_ONE,
    PAYMENTS,
    card_payment,
    invoice,
)  # fmt: skip
from portal.crm.tests.cast import problem
from portal.ui.tests.pages import read

NUMBER = "4242 4242 4242 4242"
GIVEN = {"number": NUMBER, "expiry": "04/29", "cvc": "123", "idempotency_key": "k"}


def body(call):
    return msgspec.json.decode(call.body)


@pytest.fixture
def by_card(platform):
    platform.answer(GET_PAYMENT, response=card_payment())


def test_all_that_is_due_is_listed_with_its_sum(owner, platform):
    page = read(owner.get(PAY))

    assert sorted(platform.operations) == [GET_BILLING, LIST_INVOICES, LIST_PAYMENTS]
    assert "Invoice 2026-00038 due on 22 Nov 2026 €49.00" in page.text
    assert "Invoice 2026-00024 Overdue, due on 15 Oct 2026 €38.00" in page.text
    assert "To pay €87.00" in page.text
    assert "Card or wallet" in page.text
    assert "Bank transfer" in page.text
    assert "further ones" not in page.text


def test_more_than_fit_are_not_hidden(owner, platform):
    many = response_of("invoices-list") | {"next_cursor": "older"}
    platform.answer(LIST_INVOICES, response=many)

    assert "… and further ones" in read(owner.get(PAY)).text


def test_who_has_sent_it_isnt_asked_to_pay_again(owner, platform):
    page = read(owner.get(PAY))

    assert "A payment for this is on its way" in page.text
    transfer = response_of("payments-list")["results"][0]
    said = "Bank transfer, €87.00, begun on 20 Nov 2026"
    assert page.links[said] == f"{PAYMENTS}{transfer['id']}/"
    assert "Test card, €38.00" not in page.text


@pytest.mark.parametrize(
    ("payment", "is_told"),
    [
        ({"next": None}, True),
        ({"next": {"kind": "card"}}, False),
        ({"next": {"kind": "redirect", "url": "https://pay.example/x"}}, False),
        ({"next": None, "invoices": []}, False),
    ],
)
def test_what_was_only_begun_isnt_on_its_way(owner, platform, payment, is_told):
    listed = {"results": [card_payment(**payment)], "next_cursor": None, "previous_cursor": None}
    platform.answer(LIST_PAYMENTS, response=listed)

    assert ("on its way" in read(owner.get(PAY_ONE)).text) == is_told


def test_one_invoice_can_be_paid_by_itself(owner, platform):
    form = read(owner.get(PAY_ONE)).forms[""]

    response = owner.post(PAY_ONE, form | {"method": "transfer"})

    assert platform.operations.count(GET_INVOICE) == 2
    (call,) = platform.asked(BEGIN)
    assert body(call) == {"method": "transfer", "invoices": [OVERDUE]}
    assert call.headers["Idempotency-Key"] == form["idempotency_key"]
    paid = response_of("payment-create-card")
    assert response.status_code == 303
    assert response.headers["Location"].startswith(PAYMENTS)
    assert paid["id"]


def test_all_is_paid_without_naming_any(owner, platform):
    platform.answers("payment-create")

    response = owner.post(PAY, {"method": "transfer", "idempotency_key": "k"})

    (call,) = platform.asked(BEGIN)
    assert body(call) == {"method": "transfer"}
    assert response.headers["Location"] == f"{PAYMENTS}01995c00-0000-7000-8000-000000000003/"


def test_the_providers_page_is_led_on_to(owner, platform):
    platform.answers("payment-create-stripe")

    response = owner.post(PAY, {"method": "stripe", "idempotency_key": "k"})

    url = response_of("payment-create-stripe")["next"]["url"]
    assert response.status_code == 200
    source = unescape(response.content.decode())
    assert f'<meta http-equiv="refresh" content="0; url={url}">' in source
    assert read(response).links["Go there now"] == url


@pytest.mark.parametrize(
    ("example", "said"),
    [
        ("payment-create-unreachable", "Nothing was charged. Please try again in a few minutes"),
        ("payment-create-not-offered", "This way of paying isn’t offered."),
    ],
)
def test_what_the_provider_cant_do_is_said_on_the_form(owner, platform, example, said):
    platform.answers(example)

    response = owner.post(PAY, {"method": "stripe", "idempotency_key": "k"})

    assert response.status_code == 422
    page = read(response)
    assert said in page.text
    assert page.forms[""]["idempotency_key"] != "k"


def test_a_way_that_isnt_offered_is_refused_before(owner, platform):
    response = owner.post(PAY, {"method": "cash", "idempotency_key": "k"})

    assert response.status_code == 422
    assert platform.asked(BEGIN) == []


def test_when_nothing_is_due_there_is_no_form(owner, platform):
    platform.answers("billing-retrieve-nothing")

    assert owner.get(PAY).headers["Location"] == f"{PAGE}?notice=nothing-due"


def test_nor_for_an_invoice_that_is_paid(owner, platform):
    platform.answers("invoice-retrieve-paid")

    assert owner.get(PAY_ONE).headers["Location"] == f"{PAGE}?notice=nothing-due"


def test_when_somebody_was_faster_it_is_said(owner, platform):
    platform.answers("payment-create-nothing-due")

    response = owner.post(PAY, {"method": "transfer", "idempotency_key": "k"})

    assert response.headers["Location"] == f"{PAGE}?notice=nothing-due"


def test_who_may_not_pay_is_turned_away(owner, platform):
    platform.answer(GET_BILLING, response=response_of("billing-retrieve") | {"can": []})

    assert owner.get(PAY).status_code == 403


def test_another_refusal_is_its_own_page(owner, platform):
    platform.answer(BEGIN, status=403, response=problem(403, "forbidden"))

    response = owner.post(PAY, {"method": "transfer", "idempotency_key": "k"})

    assert response.status_code == 403


def test_a_made_up_invoice_is_missing(owner, platform):
    assert owner.get(f"{PAY}?invoice=none").status_code == 404
    assert platform.calls == []


def test_a_transfer_says_where_the_money_goes(owner, platform):
    platform.answers("payment-retrieve-transfer")

    response = owner.get(ONE)

    source = response.content.decode()
    page = read(response)
    for value in ("TV-9XDW-4HPA", "AT61 1904 3002 3457 3201", "Tavola Betriebs GmbH", "€87.00"):
        assert f'value="{value}"' in source
    assert "BKAUATWW" in page.text
    assert "Waits for the transfer" in page.text
    assert LOOKS_AGAIN not in source
    assert page.links["Pay another way"] == PAY


@pytest.mark.parametrize("example", ["payment-retrieve-transfer", "payment-create-card"])
def test_what_is_settled_otherwise_is_not_asked_for(owner, platform, example):
    platform.answer(GET_PAYMENT, response=response_of(example) | {"due_minor": 0})

    response = owner.get(ONE)

    page = read(response)
    assert "No longer needed" in page.text
    assert "Nothing of this is left to pay" in page.text
    assert ("Please don’t transfer it any more" in page.text) == ("transfer" in example)
    assert "AT61" not in response.content.decode()
    assert "" not in page.forms
    assert "Pay another way" not in page.links


@pytest.mark.parametrize("example", ["payment-retrieve-transfer", "payment-create-card"])
def test_what_is_settled_in_part_is_said(owner, platform, example):
    platform.answer(GET_PAYMENT, response=response_of(example) | {"due_minor": 3800})

    page = read(owner.get(ONE))

    assert "Only €38.00 of this is still to pay" in page.text
    assert "Pay another way" in page.links


@pytest.mark.usefixtures("by_card")
def test_the_card_form_helps_the_browser(owner, platform):
    response = owner.get(ONE)

    source = response.content.decode()
    for word in ("cc-number", "cc-exp", "cc-csc"):
        assert f'autocomplete="{word}"' in source
    assert "Pay €87.00" in read(response).text
    assert "Waits for you" in read(response).text
    assert LOOKS_AGAIN not in source


@pytest.mark.usefixtures("by_card")
def test_a_card_is_sent_once_as_digits(owner, platform):
    response = owner.post(ONE, GIVEN)

    assert (response.status_code, response.headers["Location"]) == (303, ONE)
    (call,) = platform.asked(CARD)
    assert body(call) == {"number": "4242424242424242", "expiry": "04/29", "cvc": "123"}
    assert call.headers["Idempotency-Key"] == "k"
    assert platform.operations == [CARD]


@pytest.mark.usefixtures("by_card")
def test_nothing_that_was_typed_comes_back(owner, platform):
    platform.answers("payment-card-invalid")

    response = owner.post(ONE, GIVEN)

    assert response.status_code == 422
    text = read(response).text
    assert "Only the test cards below work here." in text
    assert "This card has expired." in text
    source = response.content.decode()
    for typed in (NUMBER, "4242424242424242", "04/29", "123"):
        assert f'value="{typed}"' not in source


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"number": "4242 abcd"}, "A card number has digits only."),
        ({"number": "٤٢٤٢"}, "A card number has digits only."),
        ({"expiry": "13/29"}, "Please write it as on the card: 04/29."),
        ({"expiry": "0429"}, "Please write it as on the card: 04/29."),
        ({"cvc": "12"}, "These are three or four digits."),
        ({"number": ""}, "Please fill this in."),
    ],
)
@pytest.mark.usefixtures("by_card")
def test_slips_are_said_without_asking_anybody(owner, platform, changes, said):
    response = owner.post(ONE, GIVEN | changes)

    assert response.status_code == 422
    assert said in read(response).text
    assert platform.asked(CARD) == []


@pytest.mark.parametrize("expiry", ["04/29", "04/2029", "04 / 29", "12/31"])
def test_a_date_may_be_written_as_browsers_do(expiry):
    form = CardForm(GIVEN | {"expiry": expiry})

    assert form.is_valid()
    assert " " not in form.values["expiry"]


def test_a_card_sent_too_late_charges_nothing_twice(owner, platform):
    platform.answers("payment-card-settled")

    response = owner.post(ONE, GIVEN)

    assert response.headers["Location"] == f"{ONE}?notice=payment-settled-already"


def test_a_conflict_of_another_kind_is_an_error_page(owner, platform):
    platform.answer(CARD, status=409, response=problem(409, "moon-phase"))

    assert owner.post(ONE, GIVEN).status_code == 409


@pytest.mark.usefixtures("by_card")
def test_who_may_only_look_sees_no_card_form(owner, monkeypatch):
    monkeypatch.setitem(fake_platform.ABILITIES, "owner", ["tenant.read", "billing.read"])

    source = owner.get(ONE).content.decode()

    assert "cc-number" not in source
    assert "Pay another way" not in source


@pytest.mark.usefixtures("by_card")
def test_while_read_only_there_is_no_card_form(owner, read_only):
    assert read(owner.get(ONE)).forms == {}


@pytest.mark.parametrize("next_step", [None, {"kind": "redirect", "url": "https://pay.example/x"}])
def test_while_it_is_confirmed_the_page_looks_again(owner, platform, next_step):
    platform.answer(GET_PAYMENT, response=card_payment(next=next_step))

    response = owner.get(ONE)

    page = read(response)
    assert LOOKS_AGAIN in response.content.decode()
    assert page.links["Look now"] == ONE
    assert ("Go on with the payment" in page.links) == (next_step is not None)
    assert ("Being confirmed" in page.text) == (next_step is None)


def test_a_confirmed_one_says_what_it_was_used_for(owner, platform):
    platform.answers("payment-retrieve")

    response = owner.get(ONE)

    page = read(response)
    assert "Thank you, your payment is here" in page.text
    assert "Invoice 2026-00024 €38.00" in page.text
    assert page.links["Invoice 2026-00024"] == INVOICE
    assert LOOKS_AGAIN not in response.content.decode()


def test_a_failed_one_says_why_and_leads_back(owner, platform):
    platform.answers("payment-retrieve-failed")

    page = read(owner.get(ONE))

    assert "The bank declined the card, and nothing was charged." in page.text
    assert page.links["Try again"] == PAY_ONE


def test_what_is_paid_by_now_isnt_tried_again(owner, platform):
    failed = response_of("payment-retrieve-failed") | {"due_minor": 0}
    platform.answer(GET_PAYMENT, response=failed)

    page = read(owner.get(ONE))

    assert "Try again" not in page.links
    assert "there is nothing to try again" in page.text


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        ("payment-failed", "The payment provider tells us that it didn’t go through"),
        ("expired", "It was begun, but not finished in time."),
        ("not-received", "it didn’t come in"),
        ("returned", "Your bank has taken the money back."),
    ],
)
def test_each_reason_has_its_sentence(owner, platform, failure, said):
    failed = response_of("payment-retrieve-failed") | {"failure": failure}
    platform.answer(GET_PAYMENT, response=failed)

    assert said in read(owner.get(ONE)).text


def test_a_new_reason_isnt_guessed_at(owner, platform):
    failed = response_of("payment-retrieve-failed") | {"failure": "moon-phase"}
    platform.answer(GET_PAYMENT, response=failed)

    text = read(owner.get(ONE)).text

    assert "The payment didn’t go through." in text
    assert "moon-phase" not in text


def test_refunds_are_told(owner, platform):
    platform.answers("payment-retrieve-refunded")

    text = read(owner.get(ONE)).text

    assert "Refund 20 Nov 2026 · On its way to you · You asked for the rest. €6.00" in text
    assert "Refund 12 Sept 2026 · Paid back · Paid too much €5.00" in text


def test_payments_are_listed_by_state(owner, platform):
    page = read(owner.get(PAYMENTS, {"state": "failed"}))

    (call,) = platform.calls
    assert call.query == {"state": "failed"}
    assert "TV-9XDW-4HPA Bank transfer 20 Nov 2026 Waits for the transfer €87.00" in page.text
    assert "TV-2MHC-88QT Test card 18 Nov 2026 Failed €38.00" in page.text


@pytest.mark.parametrize(
    ("query", "said"), [({}, "No payments yet"), ({"state": "failed"}, "No payment here")]
)
def test_none_is_said_as_such(owner, platform, query, said):
    platform.answers("payments-list-empty")

    assert said in read(owner.get(PAYMENTS, query)).text


def test_an_unknown_one_is_missing(owner, platform):
    platform.answers("payment-not-found")

    assert owner.get(ONE).status_code == 404


def test_an_overdue_part_of_a_due_invoice_keeps_its_page(owner, platform):
    platform.answer(GET_INVOICE, response=invoice(is_overdue=False))

    assert "Invoice 2026-00024 due on 15 Oct 2026" in read(owner.get(PAY_ONE)).text
