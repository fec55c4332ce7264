from __future__ import annotations

import csv
import io

import pytest

from backend.crm.tests.conftest import make, rows, upload

PATH = "crm/exports/customers/"


def sheet(response) -> list[list[str]]:
    assert response.status_code == 200, response.content
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="customers.csv"'
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"), newline="")))


def test_all_present_customers_by_name(aurora, bluefin, crm_queries):
    make(
        aurora,
        "Maria Rossi",
        email="maria@example.com",
        phone="055 1",
        company="Acme",
        language="it",
        birthday="1980-02-03",
        address="Via Roma 1\nFirenze",
        tags=["VIP", "Press"],
    )
    make(aurora, "Ägidius")
    erased = make(aurora, "Erased")
    aurora.app.post(f"crm/customers/{erased.id}/erasure/", {})
    make(bluefin, "Chloe")

    response = aurora.app.get(PATH)

    assert response.content.startswith(b"\xef\xbb\xbfname,email,phone,company,language,birthday,")
    assert sheet(response)[1:] == [
        ["Ägidius", "", "", "", "", "", "", ""],
        [
            "Maria Rossi",
            "maria@example.com",
            "055 1",
            "Acme",
            "it",
            "1980-02-03",
            "Via Roma 1\nFirenze",
            "Press|VIP",
        ],
    ]
    assert len(crm_queries(lambda: aurora.app.get(PATH))) == 1


@pytest.mark.parametrize("name", ["=1+1", "+49 30", "-1", "@SUM(A1)", "'=1", "''-x"])
def test_no_cell_is_a_formula_and_all_come_back(aurora, bluefin, name):
    make(aurora, name, phone="+39 055 1", tags=["=tag"])
    response = aurora.app.get(PATH)
    assert [cell[:2] for cell in sheet(response)[1] if cell] == [
        "'" + ("=" if name == "=1+1" else name[0]),
        "'+",
        "'=",
    ]

    upload(bluefin.app, response.content)

    assert [row["name"] for row in rows(bluefin)] == [name]
    assert [row["phone"] for row in rows(bluefin)] == ["+39 055 1"]
    assert bluefin.app.get("crm/tags/").json()["results"][0]["name"] == "=tag"


def test_what_was_exported_changes_nothing_when_imported(aurora):
    for name in ("Anna", "Bruno"):
        make(aurora, name, email="family@example.com", address="a\nb", tags=["VIP"])
    make(aurora, "Carla", phone="+1 2")
    before = rows(aurora)
    report = upload(aurora.app, aurora.app.get(PATH).content).json()
    assert report["skipped"] == 3
    assert rows(aurora) == before


def test_what_a_search_or_a_tag_finds(aurora, bluefin):
    make(aurora, "Maria Rossi", tags=["VIP"])
    make(aurora, "Maria Verdi")
    make(aurora, "Otto", tags=["VIP"])
    make(bluefin, "Maria Rossi", tags=["VIP"])
    for query, names in [
        ("?q=maria", ["Maria Rossi", "Maria Verdi"]),
        ("?tag=vip", ["Maria Rossi", "Otto"]),
        ("?q=maria&tag=vip", ["Maria Rossi"]),
        ("?q=nobody", []),
    ]:
        assert [row[0] for row in sheet(aurora.app.get(PATH + query))[1:]] == names


def test_an_accountant_may_export(aurora, visit):
    make(aurora, "Anna")
    response = visit(aurora.person("accountant"), aurora.tenant).get(PATH)
    assert sheet(response)[1][0] == "Anna"


def test_a_waiter_may_not(aurora, visit):
    make(aurora, "Anna")
    response = visit(aurora.person("waiter"), aurora.tenant).get(PATH)
    assert response.status_code == 403
    assert b"Anna" not in response.content
