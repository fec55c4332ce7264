from __future__ import annotations

import msgspec
import pytest

from portal.api_client.errors import Unreachable
from portal.crm.tests.cast import ANNA, HOSTILE, LIST, PAGE, anna, problem
from portal.ui.tests.pages import read

GET = "GET crm/customers/{id}/"
NOTES = "GET crm/customers/{id}/notes/"
ADD = "POST crm/customers/{id}/notes/"
DELETE = "DELETE crm/customers/{id}/notes/{note_id}/"
NOTE = "01993e00-0000-7000-8000-000000000001"


def notes(*bodies, **members):
    results = [
        {
            "id": NOTE,
            "body": body,
            "author_name": "Giulia Conti",
            "created_at": "2026-11-18T09:02:11Z",
            "can": ["delete"],
        }
        for body in bodies
    ]
    return {"results": results, "next_cursor": None, "previous_cursor": None, **members}


def test_it_shows_the_person_in_parallel_calls(owner, platform):
    page = read(owner.get(PAGE))

    assert page.links["anna.weber@example.com"] == "mailto:anna.weber@example.com"
    assert page.links["+49 30 901820"] == "tel:+4930901820"
    assert "27 Nov 1984" in page.text
    assert "German" in page.text
    assert "Kastanienallee 12 10435 Berlin" in page.text
    assert page.links["VIP"] == f"{LIST}?tag=VIP"
    assert sorted(platform.operations) == [GET, NOTES]


def test_it_shows_the_notes_in_the_business_own_time(owner, platform):
    page = read(owner.get(PAGE))

    assert "Prefers the table by the window." in page.text
    assert "Giulia Conti 18 Nov 2026, 10:02" in page.text


def test_all_that_one_may_do_is_offered(owner, platform):
    page = read(owner.get(PAGE))

    assert page.links["Edit"] == f"{PAGE}edit/"
    assert page.links["Merge with a duplicate"] == f"{PAGE}merge/"
    assert page.links["Erase the person"] == f"{PAGE}erase/"
    assert page.links["Delete customer"] == f"{PAGE}delete/"
    assert f"{PAGE}notes/" in page.forms
    assert f"{PAGE}notes/{NOTE}/delete/" in page.forms


def test_and_nothing_else(owner, platform):
    platform.answer(GET, response=anna(can=[]))
    platform.answer(
        NOTES, response={**notes(), "results": [{**notes("x")["results"][0], "can": []}]}
    )

    page = read(owner.get(PAGE))

    assert {"Edit", "Merge with a duplicate", "Erase the person", "Delete customer"}.isdisjoint(
        page.links
    )
    assert list(page.forms) == ["/sign-out/"]


def test_while_read_only_there_is_only_reading(owner, platform, read_only):
    page = read(owner.get(PAGE))

    assert "Edit" not in page.links
    assert "Delete customer" not in page.links
    assert page.forms == {}


def test_a_customer_of_another_business_isnt_there(waiter, platform):
    response = waiter.get(PAGE)

    assert response.status_code == 404
    assert "Anna Weber" not in response.content.decode()


def test_one_that_was_merged_leads_to_who_is_left(owner, platform):
    platform.answers("crm-customer-merged")

    response = owner.get(f"{LIST}01993d00-0000-7000-8000-000000000005/")

    assert response.status_code == 303
    assert response.headers["Location"] == f"{PAGE}?notice=customer-was-merged"


def test_one_that_was_erased_says_only_that(owner, platform):
    platform.answer(
        GET, response=anna(name="Erased customer", erased_at="2026-11-20T17:50:00Z", can=[])
    )

    page = read(owner.get(PAGE))

    assert "This person was erased" in page.text
    assert "20 Nov 2026, 18:50" in page.text
    assert "Contact" not in page.text


def test_who_reads_german_reads_so_of_an_erased_one(waiter, platform):
    platform.answer(
        GET, response=anna(name="Erased customer", erased_at="2026-11-20T17:50:00Z", can=[])
    )

    page = read(waiter.get(f"/t/bluefin/customers/{ANNA}/"))

    assert "Entfernter Gast" in page.text
    assert "Erased customer" not in page.text


def test_no_notes_yet(owner, platform):
    platform.answer(NOTES, response=notes())

    assert "No notes yet" in read(owner.get(PAGE)).text


def test_older_notes_have_pages_of_their_own(owner, platform):
    platform.answer(NOTES, response=notes("x", next_cursor="older"))
    assert read(owner.get(PAGE)).links["Next"] == "?notes=older"

    page = read(owner.get(PAGE, {"notes": "older"}))

    assert platform.asked(NOTES)[-1].query == {"cursor": "older"}
    assert page.links["Previous"] == "?"
    assert f"{PAGE}notes/" not in page.forms


def test_hostile_words_are_only_text(owner, platform):
    evil = {"name": HOSTILE, "company": HOSTILE, "phone": HOSTILE, "address": HOSTILE}
    platform.answer(GET, response=anna(**evil, email=HOSTILE, tags=[HOSTILE], language=HOSTILE))
    platform.answer(NOTES, response=notes(HOSTILE))

    response = owner.get(PAGE)

    assert "<script>alert" not in response.content.decode()
    assert HOSTILE in read(response).text


def test_a_note_is_added_once(owner, platform):
    form = read(owner.get(PAGE)).forms[f"{PAGE}notes/"]

    response = owner.post(f"{PAGE}notes/", {**form, "body": " Allergic to nuts.\r\nReally. "})

    assert response.headers["Location"] == f"{PAGE}?notice=note-added"
    (call,) = platform.asked(ADD)
    assert msgspec.json.decode(call.body) == {"body": "Allergic to nuts.\nReally."}
    assert call.headers["Idempotency-Key"] == form["idempotency_key"]


def test_an_empty_note_stays_on_the_page(owner, platform):
    response = owner.post(f"{PAGE}notes/", {"body": "  "})

    assert response.status_code == 422
    assert "Please fill this in." in read(response).text
    assert "Prefers the table by the window." in read(response).text
    assert platform.asked(ADD) == []


def test_a_note_that_the_platform_refuses_stays_on_the_page(owner, platform):
    platform.answer(
        ADD,
        status=400,
        response=problem(
            400, "invalid", errors=[{"field": "body", "code": "max-length", "detail": "x"}]
        ),
    )

    response = owner.post(f"{PAGE}notes/", {"body": "long"})

    assert response.status_code == 422
    assert "This is too long." in read(response).text
    assert read(response).forms[f"{PAGE}notes/"]["body"] == "long"


def test_a_note_is_deleted(owner, platform):
    response = owner.post(f"{PAGE}notes/{NOTE}/delete/")

    assert response.headers["Location"] == f"{PAGE}?notice=note-deleted"
    (call,) = platform.asked(DELETE)
    assert call.url.endswith(f"/crm/customers/{ANNA}/notes/{NOTE}/")
    assert platform.operations == [DELETE]


def test_a_link_deletes_no_note(owner, platform):
    assert owner.get(f"{PAGE}notes/{NOTE}/delete/").status_code == 405
    assert platform.calls == []


@pytest.mark.parametrize("operation", [GET, NOTES])
def test_half_a_page_is_none(owner, platform, operation):
    platform.fails(operation, Unreachable())

    response = owner.get(PAGE)

    assert response.status_code == 503
    assert "Anna Weber" not in response.content.decode()
