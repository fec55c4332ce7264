from __future__ import annotations

import msgspec
import pytest

from portal.api_client.errors import Unreachable
from portal.crm.tests.cast import invalid, problem
from portal.tickets.tests.cast import ANNOUNCED, HOSTILE, LIST, NEW, OPEN, OPTIONS, photo
from portal.ui.tests.pages import read

INVOICE = "01995a00-0000-7000-8000-000000000024"
OPENED = "01995a10-0000-7000-8000-000000000015"
SERVICE = "01993f00-0000-7000-8000-000000000001"


def entered(**values):
    return {
        "idempotency_key": "key-of-the-form",
        "subject": "The kitchen printer is silent",
        "department": "technical",
        "priority": "high",
        "body": "It is **silent**.",
        **values,
    }


def sent(platform):
    (call,) = platform.asked(OPEN)
    return msgspec.json.decode(call.body)


def test_the_form_says_who_answers_and_how_soon_in_one_call(owner, platform):
    page = read(owner.get(NEW))

    assert platform.operations == [OPTIONS]
    assert "Technical support Something doesn't work as it should" in page.text
    assert "Low It can wait. We answer within 3 days." in page.text
    assert "Normal Most things. We answer within 24 hours." in page.text


def test_it_opens_a_ticket_and_shows_it(owner, platform):
    response = owner.post(NEW, entered(body="Line one\r\nLine two"))

    assert response.status_code == 303
    assert response.headers["Location"] == f"{LIST}{OPENED}/?notice=ticket-opened"
    assert sent(platform) == {
        "subject": "The kitchen printer is silent",
        "department": "technical",
        "priority": "high",
        "body": "Line one\nLine two",
        "attachments": [],
    }
    assert platform.operations == [OPEN]


def test_sending_the_page_twice_is_one_command(owner, platform):
    owner.post(NEW, entered())
    owner.post(NEW, entered())

    keys = [call.headers["Idempotency-Key"] for call in platform.asked(OPEN)]
    assert keys == ["key-of-the-form"] * 2


@pytest.mark.parametrize(
    ("query", "subject", "said"),
    [
        ({"invoice": INVOICE}, "Invoice 2026-00024", "It is about invoice 2026-00024"),
        ({"service": SERVICE}, "House", "It is about House"),
    ],
)
def test_what_it_is_about_comes_along(owner, platform, query, subject, said):
    page = read(owner.get(NEW, query))

    assert page.forms[""]["subject"] == subject
    assert said in page.text
    ((name, value),) = query.items()
    owner.post(NEW, entered(**{name: page.forms[""][name]}))
    assert sent(platform)[name] == value


@pytest.mark.parametrize("value", ["", "x", "../../", "0" * 500])
def test_what_is_no_id_is_about_nothing(owner, platform, value):
    page = read(owner.get(NEW, {"invoice": value}))

    assert page.forms[""]["invoice"] == ""
    assert platform.operations == [OPTIONS]


@pytest.mark.parametrize(("status", "code"), [(404, "invoice-not-found"), (403, "forbidden")])
def test_an_invoice_that_one_may_not_see_is_left_out(owner, platform, status, code):
    platform.answer("GET invoices/{id}/", status=status, response=problem(status, code))

    page = read(owner.get(NEW, {"invoice": INVOICE}))

    assert page.forms[""]["invoice"] == ""
    assert "It is about" not in page.text


@pytest.mark.parametrize("name", ["subject", "department", "priority", "body"])
def test_what_is_missing_is_said_before_the_platform_is_asked(owner, platform, name):
    response = owner.post(NEW, entered(**{name: " "}))

    assert response.status_code == 422
    assert "Please fill this in." in read(response).text
    assert f'id="id_{name}_error"' in response.content.decode()
    assert platform.operations == [OPTIONS]


@pytest.mark.parametrize(
    ("field", "code"),
    [("subject", "max-length"), ("department", "does-not-exist"), ("body", "max-length")],
)
def test_what_the_platform_refuses_stays_on_its_field(owner, platform, field, code):
    platform.answer(OPEN, status=400, response=invalid((field, code)))

    response = owner.post(NEW, entered(invoice=INVOICE))

    page = read(response)
    assert response.status_code == 422
    assert f'id="id_{field}_error"' in response.content.decode()
    assert page.forms[""]["body"] == "It is **silent**."
    assert page.forms[""]["invoice"] == INVOICE


def test_an_invoice_that_is_gone_is_said_on_the_form(owner, platform):
    platform.answers("ticket-create-unknown-invoice")

    response = owner.post(NEW, entered(invoice=INVOICE))

    assert response.status_code == 422
    assert 'role="alert"' in response.content.decode()


def test_the_limit_of_the_plan_keeps_what_was_written(owner, platform):
    platform.answers("ticket-create-limit-reached")

    response = owner.post(NEW, entered())

    page = read(response)
    assert response.status_code == 422
    assert "as many open tickets as its plan includes" in page.text
    assert page.forms[""]["body"] == "It is **silent**."
    assert page.forms[""]["idempotency_key"] != "key-of-the-form"


def test_an_unreachable_platform_keeps_all_that_was_entered(owner, platform):
    platform.fails(OPEN, Unreachable())
    platform.fails(OPTIONS, Unreachable())

    response = owner.post(NEW, entered(invoice=INVOICE, attachments="x"))

    form = read(response).forms[NEW]
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "30"
    assert {name: form[name] for name in entered()} == entered()
    assert form["invoice"] == INVOICE
    assert "What you wrote is still here" in read(response).text


def test_too_much_at_once_keeps_it_too(owner, platform):
    platform.answer(
        OPEN, status=429, response=problem(429, "rate-limited"), headers={"Retry-After": "170"}
    )

    response = owner.post(NEW, entered())

    assert response.status_code == 429
    assert response.headers["Retry-After"] == "170"
    assert "Please wait 3 minutes" in read(response).text
    assert read(response).forms[NEW]["body"] == "It is **silent**."


def test_hostile_input_comes_back_as_text(owner, platform):
    response = owner.post(NEW, entered(subject=HOSTILE, body="", department=HOSTILE))

    assert "<script>alert" not in response.content.decode()
    assert read(response).forms[""]["subject"] == HOSTILE


def test_a_file_goes_along(owner, platform, store):
    owner.post(NEW, entered(uploads=[photo()]))

    assert platform.operations == [OPTIONS, ANNOUNCED, OPEN]
    assert [content for _, _, content in store.stored] == [b"photo"]
    assert sent(platform)["attachments"] == ["01995a10-0000-7000-8000-00000000f001"]


def test_who_may_not_isnt_shown_the_form(owner, platform):
    platform.answer(OPTIONS, status=403, response=problem(403, "forbidden"))

    assert owner.get(NEW).status_code == 403


def test_while_read_only_there_is_no_form(owner, platform, read_only):
    assert read(owner.get(NEW)).forms == {}
    assert owner.post(NEW, entered()).status_code == 503
    assert platform.asked(OPEN) == []


def test_from_an_invoice_and_from_a_service_one_is_led_here(owner, platform):
    invoice = read(owner.get(f"/t/aurora/billing/invoices/{INVOICE}/"))
    service = read(owner.get(f"/t/aurora/services/{SERVICE}/"))

    assert invoice.links["Ask about this invoice"].startswith(f"{LIST}new/?invoice=")
    assert service.links["Ask about this service"].startswith(f"{LIST}new/?service=")
