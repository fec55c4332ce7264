from __future__ import annotations

import json

import pytest

from portal.api_client.errors import Unreachable
from portal.common import large_bodies
from portal.crm.tests.cast import invalid, problem
from portal.tickets.tests.cast import (
    ANNOUNCE,
    ANNOUNCED,
    GET_TICKET,
    KEPT,
    NEW,
    OPTIONS,
    PAGE,
    PHOTO,
    REPLY,
    SEND,
    photo,
)
from portal.tickets.views import writing
from portal.ui.tests.pages import read

FORM = f"{REPLY}#write"


def reply(owner, *files, **values):
    form = {"idempotency_key": "key-of-the-form", "body": "See here.", **values}
    return owner.post(REPLY, {**form, "uploads": files})


def asked_for(platform):
    return [json.loads(call.body) for call in platform.asked(ANNOUNCED)]


def test_a_file_is_announced_put_into_the_store_and_sent_by_its_id(owner, platform, store):
    response = reply(owner, photo())

    assert response.status_code == 303
    assert platform.operations == [OPTIONS, ANNOUNCED, SEND]
    assert asked_for(platform) == [
        {"filename": "printer.jpg", "content_type": "image/jpeg", "size": 5}
    ]
    ((url, headers, content),) = store.stored
    assert url.startswith("https://files.tavola.example/")
    assert headers == {"Content-Type": "image/jpeg"}
    assert content == b"photo"
    assert json.loads(platform.asked(SEND)[0].body)["attachments"] == [PHOTO]


def test_what_it_is_announced_as_follows_from_its_name(owner, platform):
    reply(owner, photo(name="BILL.PDF"))

    assert asked_for(platform)[0]["content_type"] == "application/pdf"


def test_sending_the_page_twice_announces_once(owner, platform):
    for _ in range(2):
        reply(owner, photo(), photo(b"another", name="bar.jpg"))

    keys = [call.headers["Idempotency-Key"] for call in platform.asked(ANNOUNCED)]
    assert keys[:2] == keys[2:]
    assert len(set(keys)) == 2


def test_a_refused_form_keeps_files_and_sends_none_twice(owner, platform, store):
    page = read(reply(owner, photo(), body=""))

    kept = page.forms[FORM]["attachments"]
    assert kept == KEPT
    assert "printer.jpg 470.8 KB" in page.text
    owner.post(REPLY, {**page.forms[FORM], "body": "See here."})
    assert len(store.stored) == len(platform.asked(ANNOUNCED)) == 1
    assert json.loads(platform.asked(SEND)[0].body)["attachments"] == [PHOTO]


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (photo(name="tool.exe"), "“tool.exe” is of a kind that isn’t taken."),
        (photo(name="no-ending"), "“no-ending” is of a kind that isn’t taken."),
        (photo(b"", name="empty.jpg"), "“empty.jpg” is empty."),
    ],
)
def test_one_that_isnt_taken_keeps_the_others_and_the_text(owner, platform, store, file, said):
    response = reply(owner, photo(), file)

    page = read(response)
    assert response.status_code == 422
    assert said in page.text
    assert page.forms[FORM]["attachments"] == KEPT
    assert page.forms[FORM]["body"] == "See here."
    assert platform.asked(SEND) == []


@pytest.mark.parametrize(
    ("status", "answer", "said"),
    [
        (400, invalid(("filename", "extension")), "“printer.jpg”: As said."),
        (409, problem(409, "storage-not-configured"), "Files can’t be taken here at the moment."),
        (409, problem(409, "too-many-attachments-waiting"), "Too many of your files wait"),
    ],
)
def test_what_the_platform_says_against_a_file_is_said(owner, platform, status, answer, said):
    platform.answer(ANNOUNCED, status=status, response=answer)

    response = reply(owner, photo())

    assert response.status_code == 422
    assert said in read(response).text
    assert platform.asked(SEND) == []


def test_a_store_that_refuses_is_tried_anew(owner, platform, store):
    store.is_full = True

    page = read(reply(owner, photo()))

    assert "“printer.jpg” couldn’t be taken. Please choose it again." in page.text
    assert page.forms[FORM]["idempotency_key"] != "key-of-the-form"
    assert "attachments" not in page.forms[FORM]


def test_more_than_ten_are_too_many(owner, platform, store):
    files = [photo(name=f"{number}.jpg") for number in range(10)]

    page = read(reply(owner, *files, attachments=[KEPT]))

    assert "A message takes at most 10 files." in page.text
    assert store.stored == []
    assert platform.asked(ANNOUNCED) == []


def test_too_large_a_file_keeps_the_others_and_the_text(owner, platform, store, monkeypatch):
    monkeypatch.setattr(large_bodies, "LARGEST_FILE", 100)

    page = read(reply(owner, photo(), photo(b"x" * 101, name="film.jpg")))

    assert "“film.jpg” is larger than 20 MB" in page.text
    assert page.forms[FORM]["attachments"] == KEPT
    assert page.forms[FORM]["body"] == "See here."
    assert [content for _, _, content in store.stored] == [b"photo"]


def test_more_than_memory_is_meant_to_hold_is_left_out(owner, platform, store, monkeypatch):
    monkeypatch.setattr(large_bodies, "MOST_IN_MEMORY", 12)

    page = read(
        reply(owner, photo(), photo(b"12345678", name="b.jpg"), photo(b"1234567", name="c.jpg"))
    )

    assert "“b.jpg” is larger than 20 MB, or all your files together than 25 MB." in page.text
    assert [content for _, _, content in store.stored] == [b"photo", b"1234567"]


def test_files_that_are_through_arent_lost_when_nobody_can_be_reached(owner, platform):
    platform.fails(SEND, Unreachable())

    response = reply(owner, photo())

    assert response.status_code == 503
    assert read(response).forms[REPLY]["attachments"] == KEPT


@pytest.mark.parametrize("made_up", ["", "x", "1 2 3", f"{PHOTO}", f"{PHOTO} x y"])
def test_made_up_files_are_none(owner, platform, made_up):
    owner.post(REPLY, {"body": "See here.", "attachments": [made_up, KEPT, KEPT]})

    assert json.loads(platform.asked(SEND)[0].body)["attachments"] == [PHOTO]


def test_a_name_is_only_text(owner, platform):
    hostile = f'{PHOTO} 5 "><script>alert(1)</script>.jpg'

    response = owner.post(REPLY, {"body": "", "attachments": [hostile]})

    assert "<script>alert" not in response.content.decode()
    assert read(response).forms[FORM]["attachments"] == hostile


def test_a_large_body_waits_for_nobody(owner, platform, settings, store):
    settings.REQUEST_BODY_LIMIT = 1000
    large = photo(b"x" * 2000)

    with large_bodies._SLOT:
        response = reply(owner, large)

    assert response.status_code == 503
    assert response.headers["Retry-After"] == "5"
    assert "Other large files are on their way" in read(response).text
    assert platform.calls == store.stored == []
    large.seek(0)
    assert reply(owner, large).status_code == 303
    assert len(store.stored) == 1


def test_a_slot_is_free_again_after_a_failure(owner, platform, settings):
    settings.REQUEST_BODY_LIMIT = 1000
    platform.fails(OPTIONS, RuntimeError())
    owner.raise_request_exception = False

    assert reply(owner, photo(b"x" * 2000)).status_code == 500
    with large_bodies._SLOT:
        pass


def test_a_body_beyond_all_measure_is_refused_unread(owner, platform, monkeypatch):
    monkeypatch.setattr(writing.reply, "body_limit", 1000)

    assert reply(owner, photo(b"x" * 2000)).status_code == 413
    assert platform.calls == []


def test_a_script_is_told_where_to_put_a_file(owner, platform):
    told = owner.post(ANNOUNCE, {"filename": "printer.jpg", "size": "482113", "key": "k"})

    assert told.status_code == 200
    answer = told.json()
    assert answer["value"] == KEPT
    assert answer["name"] == "printer.jpg"
    assert answer["size"] == "470.8\xa0KB"
    assert answer["upload"]["method"] == "PUT"
    assert answer["upload"]["headers"] == {"Content-Type": "image/jpeg"}
    assert platform.operations == [OPTIONS, ANNOUNCED]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"filename": "tool.exe", "size": "5"}, "is of a kind that isn’t taken"),
        ({"filename": "a.jpg", "size": "0"}, "“a.jpg” is empty."),
        ({"filename": "a.jpg", "size": str(20 * 1024 * 1024 + 1)}, "is larger than 20 MB"),
        ({"filename": "a.jpg", "size": "many"}, "This file can’t be taken."),
        ({}, "This file can’t be taken."),
    ],
)
def test_a_script_is_told_what_is_wrong(owner, platform, values, said):
    told = owner.post(ANNOUNCE, {"key": "k", **values})

    assert told.status_code == 422
    assert said in told.json()["error"]
    assert platform.asked(ANNOUNCED) == []


def test_browsers_may_go_to_the_store_where_it_lets_them(owner, settings):
    response = owner.get(NEW)

    assert f'data-uploads="{ANNOUNCE}"' in response.content.decode()
    assert "tickets/uploads.js" in response.content.decode()
    assert (
        "connect-src 'self' https://files.tavola.example"
        in response.headers["Content-Security-Policy"]
    )


@pytest.mark.parametrize("page", [NEW, PAGE])
def test_where_it_doesnt_files_go_with_the_form(owner, settings, page):
    settings.UPLOAD_ORIGIN = ""

    source = owner.get(page).content.decode()

    assert 'name="uploads"' in source
    assert "data-uploads" not in source
    assert "tickets/uploads.js" not in source


def test_no_other_site_announces(owner, platform):
    told = owner.post(
        ANNOUNCE,
        {"filename": "a.jpg", "size": "5", "key": "k"},
        headers={"Sec-Fetch-Site": "cross-site"},
    )

    assert told.status_code == 403
    assert platform.calls == []


def test_without_files_nothing_more_is_asked(owner, platform):
    reply(owner)

    assert platform.operations == [SEND]
    assert GET_TICKET not in platform.operations
