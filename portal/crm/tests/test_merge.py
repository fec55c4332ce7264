from __future__ import annotations

import msgspec
import pytest

from portal.crm.tests.cast import ANNA, BRUNO, HOSTILE, PAGE, anna, listed, problem
from portal.ui.tests.pages import read

MERGE = f"{PAGE}merge/"
GET = "GET crm/customers/{id}/"
LIST = "GET crm/customers/"
CALL = "POST crm/customers/{id}/merges/"


def test_it_starts_with_a_search(owner, platform):
    page = read(owner.get(MERGE))

    assert "Find the duplicate" in page.text
    assert page.forms[MERGE] == {"q": ""}
    assert platform.operations == [GET]


def test_it_finds_everybody_but_the_customer(owner, platform):
    page = read(owner.get(MERGE, {"q": " weber "}))

    assert page.links["Bruno Rossi"] == f"?duplicate_id={BRUNO}"
    assert "Anna Weber" not in [link for link in page.links if link.startswith("?")]
    assert [call.query["q"] for call in platform.asked(LIST)] == ["weber"]
    assert sorted(platform.operations) == [LIST, GET]


def test_nobody_else_found(owner, platform):
    platform.answer(LIST, response=listed(anna()))

    page = read(owner.get(MERGE, {"q": "weber"}))

    assert "Nobody else matches “weber”" in page.text


def compared(owner, platform, **duplicate):
    platform.answer(GET, url=f"/{BRUNO}/", response=anna(id=BRUNO, **duplicate))
    return owner.get(MERGE, {"duplicate_id": BRUNO})


def test_both_are_compared_in_parallel_calls(owner, platform):
    response = compared(owner, platform, name="A. Weber", phone="", tags=["Wine"])

    page = read(response)
    assert page.forms[MERGE]["duplicate_id"] == BRUNO
    assert "Name Anna Weber A. Weber" in page.text
    assert "Phone +49 30 901820 –" in page.text
    assert "Tags Vegetarian, VIP Wine" in page.text
    assert "The left one stays." in page.text
    assert platform.operations == [GET, GET]
    assert {call.url.split("/")[-2] for call in platform.calls} == {ANNA, BRUNO}


def test_the_two_are_merged_once(owner, platform):
    form = read(compared(owner, platform)).forms[MERGE]

    for _ in range(2):
        response = owner.post(MERGE, form)

    assert response.headers["Location"] == f"{PAGE}?notice=customers-merged"
    calls = platform.asked(CALL)
    assert [msgspec.json.decode(call.body) for call in calls] == [{"duplicate_id": BRUNO}] * 2
    assert all(call.url.endswith(f"/crm/customers/{ANNA}/merges/") for call in calls)
    assert [call.headers["Idempotency-Key"] for call in calls] == [form["idempotency_key"]] * 2


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("duplicate-already-merged", "was merged into another customer before"),
        ("duplicate-erased", "was erased"),
        ("merge-into-itself", "one and the same customer"),
    ],
)
def test_what_cant_be_merged_is_said_on_the_page(owner, platform, code, said):
    form = read(compared(owner, platform)).forms[MERGE]
    platform.answer(CALL, status=409, response=problem(409, code))

    response = owner.post(MERGE, form)

    assert response.status_code == 422
    assert said in read(response).text


@pytest.mark.parametrize("duplicate", ["", "7", "../../tenant"])
def test_an_id_that_is_none_leads_to_the_search(owner, platform, duplicate):
    page = read(owner.post(MERGE, {"duplicate_id": duplicate}))

    assert "Find the duplicate" in page.text
    assert platform.asked(CALL) == []


@pytest.mark.parametrize("query", [{}, {"q": "x"}, {"duplicate_id": BRUNO}])
def test_who_may_not_isnt_shown_any_of_it(owner, platform, query):
    platform.answer(GET, response=anna(can=["update"]))

    assert owner.get(MERGE, query).status_code == 403


def test_hostile_words_are_only_text(owner, platform):
    platform.answer(LIST, response=listed(anna(id=BRUNO, name=HOSTILE, email=HOSTILE)))

    found = owner.get(MERGE, {"q": HOSTILE})
    assert "<script>alert" not in found.content.decode()
    both = compared(owner, platform, name=HOSTILE, address=HOSTILE, tags=[HOSTILE])
    assert "<script>alert" not in both.content.decode()
    assert HOSTILE in read(both).text


def test_while_read_only_there_is_nothing_to_press(owner, platform, read_only):
    page = read(owner.get(MERGE, {"duplicate_id": BRUNO}))

    assert page.forms == {}
