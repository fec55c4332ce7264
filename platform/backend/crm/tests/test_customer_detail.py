from __future__ import annotations

import pytest

from backend.crm.models import CustomerNote, CustomerTag
from backend.crm.tests.conftest import make, rows


def path(customer) -> str:
    return f"crm/customers/{customer.id}/"


def test_one_query(aurora, crm_queries):
    customer = make(aurora, tags=["VIP", "Press"])
    assert len(crm_queries(lambda: aurora.app.get(path(customer)))) == 1


@pytest.mark.parametrize(
    ("role", "can"),
    [
        ("owner", ["update", "delete", "merge", "erase"]),
        ("manager", ["update", "delete", "merge", "erase"]),
        ("accountant", []),
        ("waiter", ["update"]),
    ],
)
def test_can_follows_the_role(aurora, visit, role, can):
    customer = make(aurora)
    reply = visit(aurora.person(role), aurora.tenant).get(path(customer)).json()
    assert reply["can"] == can


def test_a_change_leaves_the_other_fields_alone(aurora):
    customer = make(aurora, email="maria@example.com", company="Acme", tags=["VIP"])
    before = aurora.app.get(path(customer))

    response = aurora.app.patch(path(customer), {"phone": "055 1"}, if_match=before["ETag"])

    assert response.status_code == 200
    changed = response.json()
    assert changed["phone"] == "055 1"
    assert changed["version"] > before.json()["version"]
    assert response["ETag"] == f'"{changed["version"]}"'
    assert changed["updated_at"] > before.json()["updated_at"]
    for field in ("name", "email", "company", "tags", "created_at"):
        assert changed[field] == before.json()[field]


def test_tags_are_replaced(aurora):
    customer = make(aurora, tags=["VIP", "Press"])
    changed = aurora.app.patch(path(customer), {"tags": ["press", "New"]}, if_match="*").json()
    assert changed["tags"] == ["New", "Press"]
    assert aurora.app.patch(path(customer), {"tags": []}, if_match="*").json()["tags"] == []
    assert rows(aurora, CustomerTag) == []


def test_fields_can_be_emptied(aurora):
    customer = make(aurora, email="maria@example.com", phone="1", birthday="1980-02-03")
    empty = {"email": "", "phone": "", "birthday": None}
    changed = aurora.app.patch(path(customer), empty, if_match="*").json()
    assert {name: changed[name] for name in empty} == empty


def test_a_change_to_what_it_is_already_changes_nothing(aurora):
    customer = make(aurora, tags=["VIP"])
    before = aurora.app.get(path(customer)).json()
    same = {"name": before["name"], "tags": ["VIP"]}
    assert aurora.app.patch(path(customer), same, if_match="*").json() == before


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({}, 428, "precondition-required"),
        ({"if_match": '"1"'}, 412, "precondition-failed"),
        ({"if_match": "nonsense"}, 412, "precondition-failed"),
    ],
)
def test_a_stale_view_changes_nothing(aurora, method, headers, status, code):
    customer = make(aurora, tags=["VIP"])
    before = rows(aurora)

    response = aurora.app(method, path(customer), {"name": "Mine"}, **headers)

    assert response.status_code == status
    assert response.json()["code"] == code
    assert rows(aurora) == before


def test_whoever_tagged_meanwhile_is_not_overwritten(aurora):
    customer = make(aurora)
    seen = aurora.app.get(path(customer))["ETag"]
    aurora.app.patch(path(customer), {"tags": ["Allergy: nuts"]}, if_match=seen)

    response = aurora.app.patch(path(customer), {"tags": ["VIP"]}, if_match=seen)

    assert response.status_code == 412
    assert aurora.app.get(path(customer)).json()["tags"] == ["Allergy: nuts"]


@pytest.mark.parametrize(
    "body", [{"name": ""}, {"email": "x"}, {"birthday": "2099-01-01"}, {"nope": 1}, [], {"tags": 1}]
)
def test_nonsense_changes_nothing(aurora, body):
    customer = make(aurora)
    before = rows(aurora)
    assert aurora.app.patch(path(customer), body, if_match="*").status_code == 400
    assert rows(aurora) == before


def test_a_deleted_customer_takes_its_notes_and_tags_along(aurora, bluefin):
    customer, other = make(aurora, tags=["VIP"]), make(bluefin, tags=["VIP"])
    aurora.app.post(f"{path(customer)}notes/", {"body": "Window table"})

    response = aurora.app.delete(path(customer), if_match='"2"')

    assert response.status_code == 204
    assert response.content == b""
    assert aurora.app.get(path(customer)).status_code == 404
    assert rows(aurora) == rows(aurora, CustomerNote) == rows(aurora, CustomerTag) == []
    assert [row["id"] for row in rows(bluefin)] == [other.id]


@pytest.mark.parametrize(
    ("role", "method"),
    [("accountant", "PATCH"), ("accountant", "DELETE"), ("waiter", "DELETE")],
)
def test_who_may_not_changes_nothing(aurora, visit, role, method):
    customer = make(aurora)
    before = rows(aurora)
    api = visit(aurora.person(role), aurora.tenant)
    response = api(method, path(customer), {"name": "Mine"}, if_match="*")
    assert response.status_code == 403
    assert rows(aurora) == before


def test_a_waiter_may_edit(aurora, visit):
    customer = make(aurora)
    api = visit(aurora.person("waiter"), aurora.tenant)
    assert api.patch(path(customer), {"phone": "1"}, if_match="*").json()["phone"] == "1"


def test_saving_twice_with_one_key_is_no_conflict_with_oneself(aurora):
    customer = make(aurora)
    etag = aurora.app.get(path(customer))["ETag"]

    first, second = (
        aurora.app.patch(path(customer), {"phone": "055 1"}, if_match=etag, idempotency_key="k1")
        for _ in range(2)
    )

    assert (first.status_code, second.status_code) == (200, 200)
    assert second.json() == first.json()
    assert second["ETag"] == first["ETag"] != etag


def test_deleting_twice_with_one_key_is_done(aurora):
    customer = make(aurora)
    etag = aurora.app.get(path(customer))["ETag"]

    for _ in range(2):
        response = aurora.app.delete(path(customer), if_match=etag, idempotency_key="k1")
        assert (response.status_code, response.content) == (204, b"")
        assert "Content-Type" not in response
    assert aurora.app.get(path(customer)).status_code == 404


def test_a_key_that_saved_does_not_delete(aurora):
    customer = make(aurora)
    etag = aurora.app.get(path(customer))["ETag"]
    saved = aurora.app.patch(path(customer), {}, if_match=etag, idempotency_key="k1")
    assert saved.status_code == 200

    response = aurora.app.delete(path(customer), if_match=saved["ETag"], idempotency_key="k1")

    assert (response.status_code, response.json()["code"]) == (409, "idempotency-conflict")
    assert aurora.app.get(path(customer)).status_code == 200
