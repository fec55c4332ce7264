"""The export page in each of its states, asking for one, and the way to the file."""

from __future__ import annotations

from html import unescape

import msgspec
import pytest

from portal.api_client.errors import Unreachable
from portal.api_client.tests.fake_platform import response_of
from portal.crm.tests.cast import HOSTILE, problem
from portal.ui.tests.pages import read

PAGE = "/t/aurora/settings/export/"
READY = f"{PAGE}01995000-0000-7000-8000-000000000003/download/"
LIST = "GET tenant/exports/"
CREATE = "POST tenant/exports/"
LINK = "POST tenant/exports/{id}/link/"
ASK = "Make an export"


def listed(platform, name, **members):
    """The platform answers with this example, its newest export changed by `members`."""
    page = response_of(name)
    page["results"][0] |= members
    platform.answer(LIST, response=page)


def test_at_first_it_explains_itself_and_offers_one_thing(owner, platform):
    platform.answers("exports-list-empty")
    response = owner.get(PAGE)
    page = read(response)
    assert "Everything your business owns, in one file" in page.text
    assert "Your customers with their tags and notes" in page.text
    assert "Passwords and keys" in page.text
    assert response.content.count(b"button--primary") == 1
    assert ASK in page.text
    assert set(page.forms) == {"", "/sign-out/"}
    assert "Earlier exports" not in page.text
    assert platform.operations == [LIST]


def test_asked_for_once_it_is_made_once(owner, platform):
    platform.answers("exports-list-empty")
    form = read(owner.get(PAGE)).forms[""]
    for _ in range(2):
        response = owner.post(PAGE, form)
    assert response.status_code == 303
    assert response.headers["Location"] == PAGE
    calls = platform.asked(CREATE)
    assert [msgspec.json.decode(call.body) for call in calls] == [{}, {}]
    assert [call.headers["Idempotency-Key"] for call in calls] == [form["idempotency_key"]] * 2


@pytest.mark.parametrize(
    "example",
    ["export-create-unfinished", "export-create-limit", "export-create-no-storage"],
)
def test_what_stands_in_the_way_is_told_by_the_page_itself(owner, platform, example):
    platform.answers(example)
    response = owner.post(PAGE, {"idempotency_key": "k"})
    assert response.status_code == 303
    assert response.headers["Location"] == PAGE


def test_a_conflict_of_another_kind_is_an_error_page(owner, platform):
    platform.answer(CREATE, status=409, response=problem(409, "idempotency-conflict"))
    assert owner.post(PAGE, {"idempotency_key": "k"}).status_code == 409


def test_while_it_is_made_the_page_looks_again(owner, platform):
    platform.answers("exports-list-running")
    response = owner.get(PAGE)
    page = read(response)
    assert "Your export is being made" in page.text
    assert "Parts finished 5 / 17" in page.text
    assert "2,310 records so far." in page.text
    assert b'<meta http-equiv="refresh" content="2">' in response.content
    assert page.links["Look now"] == PAGE
    # Nothing to press twice.
    assert "" not in page.forms
    assert ASK not in page.text


def test_while_it_waits_there_is_no_figure_yet(owner, platform):
    platform.answers("exports-list-waiting")
    response = owner.get(PAGE)
    page = read(response)
    assert "Waiting for its turn" in page.text
    assert "0 / 0" not in page.text
    assert b'http-equiv="refresh"' in response.content


@pytest.mark.parametrize(
    "example",
    [
        "exports-list", "exports-list-empty", "exports-list-failed", "exports-list-limit",
        "exports-list-no-storage",
    ],
)  # fmt: skip
def test_when_nothing_goes_on_the_page_stands_still(owner, platform, example):
    platform.answers(example)
    response = owner.get(PAGE)
    assert b'http-equiv="refresh"' not in response.content
    assert b"looks-again" not in response.content


def test_a_ready_one_is_there_to_be_downloaded(owner, platform):
    response = owner.get(PAGE)
    page = read(response)
    assert "Your export is ready" in page.text
    assert "20 Nov 2026, 18:55" in page.text
    assert "178.9 KB, 4,812 records" in page.text
    assert "Kept until 27 Nov 2026, 18:55" in page.text
    assert response_of("exports-list")["results"][0]["sha256"] in response.content.decode()
    assert page.forms[READY] == {}
    assert response.content.count(b"button--primary") == 1
    assert "Make a new export" in page.text


def test_earlier_ones_are_told_with_how_they_ended(owner, platform):
    text = read(owner.get(PAGE)).text
    earlier = text[text.index("Earlier exports") :]
    assert "2 Oct 2026, 10:10" in earlier
    assert "Giulia Conti Deleted 157.1 KB" in earlier
    assert "Giulia Conti Failed" in earlier
    assert "20 Nov 2026" not in earlier


def test_an_earlier_one_that_is_kept_can_be_downloaded_too(owner, platform):
    page = response_of("exports-list")
    page["results"].insert(0, page["results"][0] | {"id": "01995000-0000-7000-8000-000000000004"})
    platform.answer(LIST, response=page)
    forms = read(owner.get(PAGE)).forms
    assert READY in forms
    assert READY.replace("0003", "0004") in forms


def test_further_pages_are_about_earlier_ones_alone(owner, platform):
    platform.answer(LIST, response=response_of("exports-list") | {"next_cursor": "older"})
    assert read(owner.get(PAGE)).links["Next"] == "?cursor=older"
    page = read(owner.get(PAGE, {"cursor": "older"}))
    assert "Your export is ready" not in page.text
    assert "20 Nov 2026" in page.text[page.text.index("Earlier exports") :]
    assert platform.asked(LIST)[-1].query == {"cursor": "older"}


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        ("store", "The file couldn’t be stored."),
        ("reading", "Your data couldn’t be read to the end."),
        ("interrupted", "The work was interrupted again and again"),
        ("unheard-of", "The work was interrupted again and again"),
    ],
)
def test_a_failure_is_said_and_can_be_tried_again(owner, platform, failure, said):
    listed(platform, "exports-list-failed", failure=failure)
    page = read(owner.get(PAGE))
    assert "The last export failed" in page.text
    assert said in page.text
    assert "Try again" in page.text
    assert "" in page.forms


@pytest.mark.parametrize(
    ("example", "said"),
    [
        ("exports-list-no-storage", "Exports aren’t available at the moment"),
        ("exports-list-limit", "Ten exports in 24 hours are the most"),
    ],
)
def test_what_is_not_possible_is_not_offered(owner, platform, example, said):
    platform.answers(example)
    page = read(owner.get(PAGE))
    assert said in page.text
    assert "" not in page.forms
    assert "Make an export" not in page.text


def test_a_download_leads_on_to_the_link_by_itself(owner, platform):
    response = owner.post(READY)
    assert response.status_code == 200
    url = response_of("export-link")["url"]
    source = unescape(response.content.decode())
    assert f'<meta http-equiv="refresh" content="0; url={url}">' in source
    assert read(response).links["Download"] == url
    assert read(response).links["Back to Export"] == PAGE
    assert response.headers["Cache-Control"] == "private, no-store"
    assert platform.operations == [LINK]
    # A link that is asked for twice is two links: the first may be over by then.
    assert "Idempotency-Key" not in platform.asked(LINK)[0].headers


@pytest.mark.parametrize(
    "example", ["export-link-expired", "export-link-not-ready", "export-not-found"]
)
def test_what_is_gone_is_said_on_the_page(owner, platform, example):
    members = response_of(example)
    platform.answer(LINK, status=members["status"], response=members)
    response = owner.post(READY)
    assert response.headers["Location"] == f"{PAGE}?notice=export-gone"
    assert "isn’t kept any more" in read(owner.get(response.headers["Location"])).text


def test_another_business_than_the_address_says_is_not_there(waiter, platform):
    assert waiter.post(READY).status_code == 404
    assert waiter.get(PAGE).status_code == 404


@pytest.mark.parametrize("path", [PAGE, READY])
def test_who_may_not_is_told_so(owner, platform, path):
    refusal = response_of("export-create-forbidden")
    for operation in (LIST, CREATE, LINK):
        platform.answer(operation, status=403, response=refusal)
    assert owner.post(path, {"idempotency_key": "k"}).status_code == 403
    assert owner.get(PAGE).status_code == 403


def test_a_waiter_has_no_tab_for_it(waiter, owner, platform):
    assert "/t/bluefin/settings/export/" not in waiter.get("/t/bluefin/").content.decode()
    assert PAGE in owner.get(PAGE).content.decode()


def test_a_link_is_never_made_by_looking(owner, platform):
    assert owner.get(READY).status_code == 405
    assert platform.operations == []


def test_while_read_only_nothing_can_be_pressed(owner, platform, read_only):
    page = read(owner.get(PAGE))
    assert page.forms == {}
    assert "Your export is ready" in page.text


def test_an_unreachable_platform_is_no_empty_page(owner, platform):
    platform.fails(LIST, Unreachable())
    assert owner.get(PAGE).status_code == 503


def test_hostile_words_are_only_text(owner, platform):
    listed(platform, "exports-list", requested_by=HOSTILE, file_name=HOSTILE, sha256=HOSTILE)
    page = response_of("exports-list")
    for each in page["results"]:
        each |= {"requested_by": HOSTILE, "file_name": HOSTILE, "sha256": HOSTILE}
    platform.answer(LIST, response=page)
    platform.answer(
        LINK, status=201, response={"url": HOSTILE, "expires_at": "2026-11-20T18:05:00Z"}
    )
    assert "<script>alert" not in owner.get(PAGE).content.decode()
    assert "<script>alert" not in owner.post(READY).content.decode()
