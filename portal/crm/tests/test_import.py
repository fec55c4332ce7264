from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.staticfiles.finders import find
from django.core.files.uploadedfile import SimpleUploadedFile

from portal.api_client.tests import fake_platform
from portal.api_client.tests.fake_platform import response_of
from portal.crm.tests.cast import HOSTILE, LIST, PAGE, invalid, problem
from portal.ui.tests.pages import read

UPLOAD = f"{LIST}import/"
REPORT = f"{LIST}imports/01993f00-0000-7000-8000-000000000001/"
CALL = "POST crm/imports/"
GET = "GET crm/imports/{id}/"
ALL = "GET crm/imports/"


def sheet(content="name\nDora\n", name="guests.csv"):
    return SimpleUploadedFile(name, content.encode(), content_type="application/vnd.ms-excel")


def test_it_explains_itself_in_one_call(owner, platform):
    page = read(owner.get(UPLOAD))

    assert "Only the name has to be there" in page.text
    assert page.links["Download an example"].endswith(".csv")
    assert page.links["guests.csv"] == REPORT
    assert platform.operations == [ALL]


def test_the_example_is_what_the_explanation_says(owner, platform):
    example = Path(find("crm/customers-example.csv")).read_text(encoding="utf-8")

    assert example.splitlines()[0] == "name,email,phone,company,language,birthday,address,tags"


def test_a_file_is_read_once_and_its_report_shown(owner, platform):
    form = read(owner.get(UPLOAD)).forms[""]

    for _ in range(2):
        response = owner.post(UPLOAD, {**form, "file": sheet()})

    assert response.headers["Location"] == f"{REPORT}?notice=customers-imported"
    calls = platform.asked(CALL)
    assert [call.files for call in calls] == [
        {"file": ("guests.csv", b"name\nDora\n", "text/csv")}
    ] * 2
    assert [call.headers["Idempotency-Key"] for call in calls] == [form["idempotency_key"]] * 2


def test_without_a_file_nobody_is_asked(owner, platform):
    response = owner.post(UPLOAD, read(owner.get(UPLOAD)).forms[""])

    assert response.status_code == 422
    assert "Please fill this in." in read(response).text
    assert platform.asked(CALL) == []


@pytest.mark.parametrize(("content", "said"), [("", "empty"), ("x" * 2_000_001, "2 MB")])
def test_a_file_that_cant_be_is_refused_before_it_travels(owner, platform, content, said):
    response = owner.post(UPLOAD, {"file": sheet(content)})

    assert response.status_code == 422
    assert said in read(response).text
    assert platform.asked(CALL) == []


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("spreadsheet", "Please save it as CSV first"),
        ("not-csv", "This doesn’t look like a CSV file."),
        ("empty", "There’s nothing in this file."),
        ("no-heading", "The first row must name the columns"),
        ("column-twice", "Two columns have the same name."),
    ],
)
def test_a_file_that_cant_be_read_is_explained(owner, platform, code, said):
    platform.answer(CALL, status=400, response=invalid(("file", code)))

    response = owner.post(UPLOAD, {"file": sheet()})

    assert response.status_code == 422
    assert said in read(response).text


def test_too_many_rows_are_explained(owner, platform):
    platform.answer(CALL, status=413, response=problem(413, "payload-too-large"))

    response = owner.post(UPLOAD, {"file": sheet()})

    assert response.status_code == 422
    assert "This is more than 5,000 rows or 2 MB." in read(response).text


def test_who_may_not_isnt_shown_the_form(waiter, platform):
    response = waiter.get("/t/bluefin/customers/import/")

    assert response.status_code == 403
    assert "import" not in fake_platform.ABILITIES["waiter"]


def test_while_read_only_there_is_no_form(owner, platform, read_only):
    assert read(owner.get(UPLOAD)).forms == {}


def row(line, outcome, **members):
    return {
        "line": line,
        "outcome": outcome,
        "name": f"Row {line}",
        "customer_id": None,
        "errors": [],
        **members,
    }


def report(*rows, **members):
    counts = dict.fromkeys(("created", "updated", "skipped", "failed"), 0)
    for each in rows:
        counts[each["outcome"]] += 1
    return {
        **response_of("crm-import-retrieve"),
        **counts,
        "rows_total": len(rows),
        "rows": list(rows),
        **members,
    }


def test_the_report_starts_with_what_went_wrong_in_one_call(owner, platform):
    page = read(owner.get(REPORT))

    assert "Franz" in page.text
    assert "Email can’t be read." in page.text
    assert "Dora Klein" not in page.text
    assert "We don’t know what to do with these: Table." in page.text
    assert "Added 2 Updated 1 Unchanged 0 Not read 1" in page.text
    assert platform.operations == [GET]


def test_each_outcome_can_be_shown(owner, platform):
    page = read(owner.get(REPORT))

    assert page.links["Added 2"] == "?show=created"
    assert page.links["All 4"] == "?show=all"
    assert "Unchanged 0" not in page.links

    assert read(owner.get(REPORT, {"show": "updated"})).links["Anna Weber"] == PAGE
    everything = read(owner.get(REPORT, {"show": "all"})).text
    assert "Dora Klein" in everything
    assert "Franz" in everything


def test_when_all_went_well_all_rows_are_shown(owner, platform):
    platform.answer(GET, response=report(row(2, "created"), row(3, "skipped"), ignored_columns=[]))

    page = read(owner.get(REPORT))

    assert "Row 2" in page.text
    assert "Row 3" in page.text
    assert "couldn’t be read" not in page.text
    assert "weren’t taken over" not in page.text


def test_a_long_report_has_pages(owner, platform):
    platform.answer(GET, response=report(*(row(n, "created") for n in range(2, 253))))

    first = read(owner.get(REPORT))
    assert "Row 101 " in first.text
    assert "Row 102 " not in first.text
    assert "Previous" not in first.links
    second = read(owner.get(REPORT + first.links["Next"]))
    assert "Row 102 " in second.text
    assert second.links["Previous"] == "?from=0"
    last = read(owner.get(REPORT + second.links["Next"]))
    assert "Row 252 " in last.text
    assert "Next" not in last.links


@pytest.mark.parametrize("start", ["-1", "x", "9" * 30, "²"])
def test_a_place_that_is_none_is_the_beginning(owner, platform, start):
    assert "Franz" in read(owner.get(REPORT, {"from": start})).text


def test_reasons_are_in_words(owner, platform):
    errors = [
        {"field": "birthday", "code": "future", "detail": "x"},
        {"field": "", "code": "too-many-cells", "detail": "x"},
        {"field": "email", "code": "unheard-of", "detail": "As the platform says."},
    ]
    platform.answer(GET, response=report(row(2, "failed", errors=errors)))

    assert (
        "Birthday is still to come. There are more cells than columns. As the platform says."
        in read(owner.get(REPORT)).text
    )


def test_an_empty_file_says_so(owner, platform):
    platform.answer(GET, response=report())

    assert "The file has no rows" in read(owner.get(REPORT)).text


def test_hostile_words_are_only_text(owner, platform):
    errors = [{"field": "email", "code": "odd", "detail": HOSTILE}]
    platform.answer(
        GET,
        response=report(
            row(2, "failed", name=HOSTILE, errors=errors),
            filename=HOSTILE,
            ignored_columns=[HOSTILE],
        ),
    )

    assert "<script>alert" not in owner.get(REPORT).content.decode()


def test_earlier_imports_have_pages(owner, platform):
    platform.answer(ALL, response={**response_of("crm-imports-list"), "next_cursor": "older"})

    page = read(owner.get(f"{LIST}imports/", {"cursor": "abc"}))

    assert page.links["guests.csv"] == REPORT
    assert page.links["Next"] == "?cursor=older"
    assert platform.asked(ALL)[0].query == {"cursor": "abc"}


def test_no_imports_yet(owner, platform):
    platform.answer(ALL, response={"results": [], "next_cursor": None})

    assert "No imports yet" in read(owner.get(f"{LIST}imports/")).text
    assert "Earlier imports" not in read(owner.get(UPLOAD)).text
