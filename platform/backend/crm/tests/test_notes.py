from __future__ import annotations

from uuid import uuid4

import pytest

from backend.crm.models import CustomerNote
from backend.crm.tests.conftest import make, rows


@pytest.fixture
def customer(aurora):
    return make(aurora)


@pytest.fixture
def path(customer) -> str:
    return f"crm/customers/{customer.id}/notes/"


def test_a_note_is_signed(aurora, visit, path, customer):
    waiter = visit(aurora.person("waiter"), aurora.tenant)

    response = waiter.post(path, {"body": " Prefers the window.\r\nAllergic to nuts. "})

    assert response.status_code == 201
    note = response.json()
    assert note == {
        "id": note["id"],
        "body": "Prefers the window.\nAllergic to nuts.",
        "author_name": "Waiter Trattoria Aurora",
        "created_at": note["created_at"],
        "can": ["delete"],
    }
    assert waiter.get(path).json()["results"] == [note]
    assert waiter.get(f"crm/customers/{customer.id}/").json()["notes_count"] == 1


def test_an_apps_note_carries_its_name(aurora, path):
    assert aurora.app.post(path, {"body": "Imported"}).json()["author_name"] == "Till"


def test_a_note_leaves_the_etag_alone(aurora, path, customer):
    before = aurora.app.get(f"crm/customers/{customer.id}/")["ETag"]
    aurora.app.post(path, {"body": "Hello"})
    assert aurora.app.get(f"crm/customers/{customer.id}/")["ETag"] == before


def test_the_newest_comes_first_page_by_page(aurora, path, crm_queries):
    other = make(aurora, "Somebody else")
    aurora.app.post(f"crm/customers/{other.id}/notes/", {"body": "Not mine"})
    for number in range(5):
        aurora.app.post(path, {"body": f"Note {number}"})

    first = aurora.app.get(f"{path}?limit=3").json()
    second = aurora.app.get(f"{path}?limit=3&cursor={first['next_cursor']}").json()

    assert [note["body"] for note in first["results"]] == ["Note 4", "Note 3", "Note 2"]
    assert [note["body"] for note in second["results"]] == ["Note 1", "Note 0"]
    assert second["next_cursor"] is None
    assert len(crm_queries(lambda: aurora.app.get(path))) == 2


@pytest.mark.parametrize("body", [{}, {"body": " "}, {"body": "x" * 5001}, {"body": "a\x00"}, []])
def test_nonsense_is_refused(aurora, path, body):
    assert aurora.app.post(path, body).status_code == 400
    assert rows(aurora, CustomerNote) == []


@pytest.mark.parametrize(
    ("author", "reader", "can"),
    [
        ("waiter", "waiter", ["delete"]),
        ("manager", "waiter", []),
        ("waiter", "manager", ["delete"]),
        ("waiter", "accountant", []),
    ],
)
def test_own_notes_or_all_for_who_may_delete_customers(aurora, visit, path, author, reader, can):
    note = visit(aurora.person(author), aurora.tenant).post(path, {"body": "Hello"}).json()
    api = visit(aurora.person(reader), aurora.tenant)

    assert api.get(path).json()["results"][0]["can"] == can
    response = api.delete(f"{path}{note['id']}/")

    assert response.status_code == (204 if can else 403)
    assert len(rows(aurora, CustomerNote)) == (0 if can else 1)


def test_accountants_write_no_notes(aurora, visit, path):
    response = visit(aurora.person("accountant"), aurora.tenant).post(path, {"body": "Hello"})
    assert response.status_code == 403
    assert rows(aurora, CustomerNote) == []


def test_a_note_is_deleted_only_under_its_own_customer(aurora, path):
    note = aurora.app.post(path, {"body": "Hello"}).json()
    other = make(aurora, "Somebody else")
    for wrong in (f"crm/customers/{other.id}/notes/{note['id']}/", f"{path}{uuid4()}/"):
        response = aurora.app.delete(wrong)
        assert response.status_code == 404
        assert response.json()["code"] == "note-not-found"
    assert len(rows(aurora, CustomerNote)) == 1


def test_notes_of_nobody(aurora):
    path = f"crm/customers/{uuid4()}/notes/"
    for response in (aurora.app.get(path), aurora.app.post(path, {"body": "Hello"})):
        assert response.status_code == 404
        assert response.json()["code"] == "customer-not-found"
