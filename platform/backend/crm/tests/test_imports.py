from __future__ import annotations

from uuid import uuid4

import pytest

from backend.crm.models import CustomerImport, CustomerTag
from backend.crm.models.tag import MOST_TAGS
from backend.crm.tests.conftest import make, rows, upload


def outcomes(response) -> list[str]:
    assert response.status_code == 201, response.content
    return [row["outcome"] for row in response.json()["rows"]]


def codes(response, row: int = 0) -> list[tuple[str, str]]:
    assert response.status_code == 201, response.content
    return [(e["field"], e["code"]) for e in response.json()["rows"][row]["errors"]]


def names(house) -> list[str]:
    return [row["name"] for row in house.app.get("crm/customers/").json()["results"]]


def test_each_row_is_reported(aurora, bluefin, visit):
    known = make(aurora, "Anna Weber", email="anna@example.com", phone="030 1", tags=["VIP"])
    make(bluefin, "Anna Weber", email="anna@example.com")
    file = (
        "Table,Name,E-Mail,Phone,Company,Language,Birthday,Address,Tags\n"
        '4,Dora Klein,Dora@Example.com,,Klein,de,1984-11-27,"Hall 2\nBerlin",Regular|vip\n'
        "\n"
        "7,Anna Weber,ANNA@example.com,030 2,,,,,Press\n"
        "9,Franz,franz,,,,,,\n"
    )

    response = upload(visit(aurora.person("owner"), aurora.tenant), file)

    report = response.json()
    dora = next(row for row in rows(aurora) if row["name"] == "Dora Klein")
    assert response.status_code == 201
    assert report == {
        "id": report["id"],
        "filename": "guests.csv",
        "created": 1,
        "updated": 1,
        "skipped": 0,
        "failed": 1,
        "rows_total": 3,
        "created_at": report["created_at"],
        "ignored_columns": ["Table"],
        "rows": [
            {
                "line": 2,
                "outcome": "created",
                "name": "Dora Klein",
                "customer_id": str(dora["id"]),
                "errors": [],
            },
            {
                "line": 5,
                "outcome": "updated",
                "name": "Anna Weber",
                "customer_id": str(known.id),
                "errors": [],
            },
            {
                "line": 6,
                "outcome": "failed",
                "name": "Franz",
                "customer_id": None,
                "errors": [
                    {
                        "field": "email",
                        "code": "invalid",
                        "detail": "Enter a valid email address.",
                    }
                ],
            },
        ],
    }
    assert dora["email"] == "dora@example.com"
    assert dora["address"] == "Hall 2\nBerlin"
    assert aurora.app.get(f"crm/imports/{report['id']}/").json() == report
    fact = rows(aurora, CustomerImport)[0]
    assert fact["by_id"] == aurora.members["owner"].id
    assert rows(bluefin)[0]["phone"] == ""


def test_an_update_adds_and_never_empties(aurora):
    known = make(aurora, "Anna", email="a@example.com", phone="1", company="Acme", tags=["VIP"])

    upload(aurora.app, "email,phone,company,tags\na@example.com,2,,Press\n")

    after = aurora.app.get(f"crm/customers/{known.id}/").json()
    assert after["name"] == "Anna"
    assert after["phone"] == "2"
    assert after["company"] == "Acme"
    assert after["tags"] == ["Press", "VIP"]


def test_an_update_changes_the_etag_and_is_found(aurora):
    known = make(aurora, "Anna", email="a@example.com")
    before = aurora.app.get(f"crm/customers/{known.id}/")["ETag"]
    upload(aurora.app, "name,email\nCarla,a@example.com\n")
    assert aurora.app.get(f"crm/customers/{known.id}/")["ETag"] != before
    found = aurora.app.get("crm/customers/?q=carla").json()["results"]
    assert [row["id"] for row in found] == [str(known.id)]


def test_the_same_file_twice_changes_nothing(aurora):
    file = (
        "name,email,phone,tags\n"
        "Anna,a@example.com,1,VIP\n"
        "Bruno,,2,\n"
        "Carla,,,VIP|Press\n"
        "Anna Klein,klein@example.com,,\n"
        "Otto Klein,klein@example.com,,\n"
    )
    assert outcomes(upload(aurora.app, file)) == ["created"] * 5
    before = rows(aurora)
    assert outcomes(upload(aurora.app, file)) == ["skipped"] * 5
    assert rows(aurora) == before


def test_who_shares_an_address_is_told_apart_by_name(aurora):
    make(aurora, "Anna Klein", email="klein@example.com")
    file = "name,email,phone\nÄnna klein,klein@example.com,1\nOtto Klein,klein@example.com,2\n"
    assert outcomes(upload(aurora.app, file)) == ["updated", "created"]
    assert names(aurora) == ["Änna klein", "Otto Klein"]

    unclear = upload(aurora.app, "name,email,phone\nEmil Klein,klein@example.com,3\n")
    assert codes(unclear) == [("email", "ambiguous")]
    assert names(aurora) == ["Änna klein", "Otto Klein"]


def test_who_alone_has_an_address_may_be_renamed(aurora):
    make(aurora, "Anna Klein", email="anna@example.com")
    upload(aurora.app, "name,email\nAnna Groß,anna@example.com\n")
    assert names(aurora) == ["Anna Groß"]


def test_a_row_said_twice_is_read_once(aurora):
    file = "name,email\nAnna,a@example.com\nANNA,A@example.com\nBruno,\nBruno,\n"
    response = upload(aurora.app, file)
    assert outcomes(response) == ["created", "failed", "created", "failed"]
    assert codes(response, 1) == [("", "duplicate")]
    assert response.json()["rows"][1]["errors"][0]["detail"] == "Line 2 says this already."


def test_one_customer_is_not_changed_by_two_rows(aurora):
    make(aurora, "Anna", email="a@example.com")
    response = upload(aurora.app, "name,email,phone\nAnna,a@example.com,1\n,a@example.com,2\n")
    assert outcomes(response) == ["updated", "failed"]
    assert codes(response, 1) == [("", "duplicate")]
    assert rows(aurora)[0]["phone"] == "1"


def test_namesakes_without_contact_are_not_guessed_at(aurora):
    make(aurora, "Anna")
    make(aurora, "Anna")
    assert codes(upload(aurora.app, "name,company\nAnna,Acme\n")) == [("name", "ambiguous")]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("Anna,x,,", [("email", "invalid")]),
        (",new@example.com,,", [("name", "required")]),
        ("A" * 201 + ",,,", [("name", "max-length")]),
        ("Anna,,31.02.1980,", [("birthday", "invalid")]),
        ("Anna,,1.1.2099,", [("birthday", "future")]),
        ("Anna,,," + "|".join(map(str, range(21))), [("tags", "max-length")]),
        ("Anna,,," + "x" * 41, [("tags", "max-length")]),
        ("Anna,,,,too,many", [("", "too-many-cells")]),
        ("Anna,y,,,too,many", [("", "too-many-cells"), ("email", "invalid")]),
    ],
)
def test_a_broken_row_leaves_the_others_alone(aurora, row, expected):
    file = f"name,email,birthday,tags\nBefore,,,\n{row}\nAfter,,,\n"
    response = upload(aurora.app, file)
    assert outcomes(response) == ["created", "failed", "created"]
    assert codes(response, 1) == expected
    assert names(aurora) == ["After", "Before"]


def test_an_open_quotation_mark_is_said(aurora):
    response = upload(aurora.app, 'name,address\nAnna,Hall\nBruno,"Hall 2\nCarla,Hall 3\n')
    assert outcomes(response) == ["created", "failed"]
    assert codes(response, 1) == [("", "unclosed-quote")]


def test_tags_beyond_the_limits(aurora):
    for start in range(0, MOST_TAGS - 1, 20):
        upload(
            aurora.app,
            f"name,tags\nGuest {start},"
            + "|".join(f"Tag {n}" for n in range(start, min(start + 20, MOST_TAGS - 1)))
            + "\n",
        )
    file = "name,tags\nAnna,Last one\nBruno,Too many\nCarla,last one\nGuest 0,Last one\n"
    response = upload(aurora.app, file)
    assert outcomes(response) == ["created", "failed", "created", "failed"]
    assert codes(response, 1) == [("tags", "tag-limit-reached")]
    assert codes(response, 3) == [("tags", "max-length")]
    assert len(aurora.app.get("crm/tags/").json()["results"]) == MOST_TAGS


def test_an_erased_customer_is_not_brought_back(aurora):
    known = make(aurora, "Anna", email="a@example.com")
    aurora.app.post(f"crm/customers/{known.id}/erasure/", {})
    assert outcomes(upload(aurora.app, "name,email\nErased customer,\nAnna,a@example.com\n")) == [
        "created",
        "created",
    ]
    assert len(rows(aurora)) == 3


def test_a_report_forgets_whom_it_must(aurora):
    response = upload(aurora.app, "name\nAnna\nBruno\nCarla\n")
    anna, bruno, carla = (row["customer_id"] for row in response.json()["rows"])
    aurora.app.post(f"crm/customers/{anna}/erasure/", {})
    aurora.app.delete(f"crm/customers/{bruno}/", if_match="*")
    aurora.app.patch(f"crm/customers/{carla}/", {"name": "Carla Neri"}, if_match="*")

    report = aurora.app.get(f"crm/imports/{response.json()['id']}/").json()

    assert [(row["name"], row["customer_id"]) for row in report["rows"]] == [
        ("Erased customer", anna),
        ("", None),
        ("Carla Neri", carla),
    ]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (b"PK\x03\x04rest of a workbook", "spreadsheet"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "spreadsheet"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "not-csv"),
        (b"name\nAnna\x00\n", "not-csv"),
        (b"\xff\xfen\x00a", "not-csv"),
        (b'name\n"' + b"x" * 200_000, "not-csv"),
        (b"Anna,anna@example.com\n", "no-heading"),
        (b"phone,company\n1,2\n", "no-heading"),
        (b"name,email,E-Mail\n", "column-twice"),
    ],
)
def test_what_is_no_csv_is_refused_whole(aurora, content, code):
    response = upload(aurora.app, content)
    assert response.status_code == 400
    assert [(e["field"], e["code"]) for e in response.json()["errors"]] == [("file", code)]
    assert rows(aurora) == rows(aurora, CustomerImport) == []


def test_no_file_at_all(aurora):
    response = aurora.app.client.post("/api/v1/crm/imports/", {}, headers=aurora.app.headers)
    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] == "file"
    assert aurora.app.post("crm/imports/", {"file": "x"}).status_code == 415


def test_too_much(aurora):
    file = "name\n" + "".join(f"Guest {n}\n" for n in range(5001))
    for content in (file, "name\n" + "x" * 2_000_000, "name\n" + "x" * 2_500_000):
        response = upload(aurora.app, content)
        assert response.status_code == 413
        assert response.json()["code"] == "payload-too-large"
    assert rows(aurora) == rows(aurora, CustomerImport) == []


def test_five_thousand_rows_at_once(aurora, crm_queries):
    file = "name,email,tags\n" + "".join(
        f"Guest {n},guest{n}@example.com,Tag {n % 9}\n" for n in range(5000)
    )
    queries = crm_queries(lambda: upload(aurora.app, file))
    assert len(queries) < 30
    assert len(rows(aurora)) == len(rows(aurora, CustomerTag)) == 5000
    changed = file.replace("Guest ", "Visitor ")
    assert upload(aurora.app, changed).json()["updated"] == 5000
    assert len(aurora.app.get("crm/customers/?q=visitor 4999").json()["results"]) == 1


def test_the_same_key_imports_once(aurora):
    first = upload(aurora.app, "name\nAnna\n", idempotency_key="k1")
    second = upload(aurora.app, "name\nAnna\n", idempotency_key="k1")
    assert second.json() == first.json()
    assert len(rows(aurora, CustomerImport)) == 1


def test_past_imports(aurora, bluefin, crm_queries):
    upload(bluefin.app, "name\nChloe\n")
    for number in range(3):
        upload(aurora.app, "name\nAnna\n", name=f"file{number}.csv")

    page = aurora.app.get("crm/imports/?limit=2").json()

    assert [item["filename"] for item in page["results"]] == ["file2.csv", "file1.csv"]
    assert set(page["results"][0]) == {
        "id",
        "filename",
        "created",
        "updated",
        "skipped",
        "failed",
        "rows_total",
        "created_at",
    }
    rest = aurora.app.get(f"crm/imports/?limit=2&cursor={page['next_cursor']}").json()
    assert [item["filename"] for item in rest["results"]] == ["file0.csv"]
    assert len(crm_queries(lambda: aurora.app.get("crm/imports/"))) == 1
    report = f"crm/imports/{page['results'][0]['id']}/"
    assert len(crm_queries(lambda: aurora.app.get(report))) == 2


def test_a_hostile_file_name_is_kept_harmless(aurora):
    name = "x" * 300 + "\u202e.csv"
    assert upload(aurora.app, "name\nAnna\n", name=name).status_code == 201
    assert rows(aurora, CustomerImport)[0]["filename"].strip("x") in ("", ".csv")


def test_other_tenants_imports(aurora, bluefin):
    theirs = upload(bluefin.app, "name\nChloe\n").json()["id"]
    for unknown in (theirs, uuid4()):
        response = aurora.app.get(f"crm/imports/{unknown}/")
        assert response.status_code == 404
        assert response.json()["code"] == "import-not-found"


@pytest.mark.parametrize("role", ["waiter", "accountant"])
def test_who_may_not_imports_nothing(aurora, visit, role):
    api = visit(aurora.person(role), aurora.tenant)
    assert upload(api, "name\nAnna\n").status_code == 403
    assert api.get("crm/imports/").status_code == 403
    assert rows(aurora) == rows(aurora, CustomerImport) == []


def test_americans_put_the_month_first(aurora):
    upload(aurora.app, "name,birthday\nAnna,2/3/1980\n")
    aurora.tenant.country = "US"
    aurora.tenant.save()
    upload(aurora.app, "name,birthday\nBill,2/3/1980\n")
    assert [str(row["birthday"]) for row in rows(aurora)] == ["1980-03-02", "1980-02-03"]


@pytest.mark.parametrize("charset", ["punycode", "idna"])
def test_a_form_is_utf_8_whatever_it_says(aurora, charset):
    parts = (
        b'--x\r\nContent-Disposition: form-data; name="note"\r\n\r\nb9b9\r\n'
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\nname\nZoe\r\n'
        b"--x--\r\n"
    )
    response = aurora.app.client.generic(
        "POST",
        "/api/v1/crm/imports/",
        parts,
        content_type=f"multipart/form-data; boundary=x; charset={charset}",
        headers=aurora.app.headers | {"Idempotency-Key": "k1"},
    )
    assert outcomes(response) == ["created"]
    assert response.wsgi_request.POST == {"note": ["b9b9"]}


def test_a_cell_of_too_many_tags_is_one_error(aurora):
    report = upload(aurora.app, f"name,tags\nZoe,{'|'.join(['[]'] * 21)}\n")
    assert codes(report) == [("tags", "max-length")]
    assert rows(aurora) == []


def test_columns_that_mean_nothing_are_named_up_to_a_number(aurora):
    report = upload(aurora.app, f"name{',x' * 1000}\nZoe\n").json()
    assert report["ignored_columns"] == ["x"] * 100
