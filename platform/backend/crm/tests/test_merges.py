from __future__ import annotations

from uuid import uuid4

import pytest

from backend.crm.models import Customer, CustomerMerge, CustomerNote
from backend.crm.tests.conftest import make, rows


def merge(api, survivor, duplicate_id):
    return api.post(f"crm/customers/{survivor.id}/merges/", {"duplicate_id": str(duplicate_id)})


def get(api, customer):
    return api.get(f"crm/customers/{customer.id}/")


def test_the_survivor_gets_what_it_lacks(aurora, visit):
    survivor = make(aurora, "Maria Rossi", email="maria@example.com", tags=["VIP"])
    duplicate = make(
        aurora,
        "M. Rossi",
        email="other@example.com",
        phone="055 1",
        company="Acme",
        language="it",
        birthday="1980-02-03",
        address="Via Roma 1",
        tags=["vip", "Press"],
    )
    for customer in (survivor, duplicate):
        aurora.app.post(f"crm/customers/{customer.id}/notes/", {"body": customer.name})
    manager = visit(aurora.person("manager"), aurora.tenant)
    before = get(manager, survivor).json()["version"]

    response = merge(manager, survivor, duplicate.id)

    assert response.status_code == 200
    merged = response.json()
    assert merged["name"] == "Maria Rossi"
    assert merged["email"] == "maria@example.com"
    assert merged["phone"] == "055 1"
    assert merged["company"] == "Acme"
    assert merged["language"] == "it"
    assert merged["birthday"] == "1980-02-03"
    assert merged["address"] == "Via Roma 1"
    assert merged["tags"] == ["Press", "VIP"]
    assert merged["notes_count"] == 2
    assert merged["version"] > before
    assert response["ETag"] == f'"{merged["version"]}"'
    [fact] = rows(aurora, CustomerMerge)
    assert fact["duplicate_id"] == duplicate.id
    assert fact["survivor_id"] == survivor.id
    assert fact["by_id"] == aurora.members["manager"].id
    assert fact["by_name"] == "Manager Trattoria Aurora"


def test_the_duplicate_points_to_the_survivor(aurora):
    survivor, duplicate = make(aurora), make(aurora, "Maria R.")
    merge(aurora.app, survivor, duplicate.id)

    calls = [
        get(aurora.app, duplicate),
        aurora.app.patch(f"crm/customers/{duplicate.id}/", {"name": "x"}, if_match="*"),
        aurora.app.delete(f"crm/customers/{duplicate.id}/", if_match="*"),
        aurora.app.get(f"crm/customers/{duplicate.id}/notes/"),
        aurora.app.post(f"crm/customers/{duplicate.id}/notes/", {"body": "x"}),
        aurora.app.post(f"crm/customers/{duplicate.id}/erasure/", {}),
        merge(aurora.app, duplicate, survivor.id),
    ]

    for response in calls:
        assert response.status_code == 410
        assert response.json()["code"] == "customer-merged"
        assert response.json()["merged_into"] == str(survivor.id)
    assert [row["id"] for row in rows(aurora)] == [survivor.id]


def test_a_chain_of_merges_leads_to_its_end(aurora):
    first, second, third = make(aurora, "A"), make(aurora, "B"), make(aurora, "C")
    merge(aurora.app, second, first.id)
    merge(aurora.app, third, second.id)
    for gone in (first, second):
        assert get(aurora.app, gone).json()["merged_into"] == str(third.id)


def test_a_merge_of_nothing_new_still_changes_the_etag(aurora):
    survivor, duplicate = make(aurora), make(aurora)
    before = get(aurora.app, survivor)["ETag"]
    assert merge(aurora.app, survivor, duplicate.id)["ETag"] != before


def refused(aurora, response, status, code):
    assert response.status_code == status
    assert response.json()["code"] == code


def test_into_itself(aurora):
    customer = make(aurora)
    refused(aurora, merge(aurora.app, customer, customer.id), 409, "merge-into-itself")
    assert len(rows(aurora)) == 1


def test_a_duplicate_that_is_unknown_merged_or_erased(aurora):
    survivor, merged, erased = make(aurora, "A"), make(aurora, "B"), make(aurora, "C")
    merge(aurora.app, survivor, merged.id)
    aurora.app.post(f"crm/customers/{erased.id}/erasure/", {})
    before = rows(aurora)

    refused(aurora, merge(aurora.app, survivor, uuid4()), 404, "duplicate-not-found")
    again = merge(aurora.app, survivor, merged.id)
    refused(aurora, again, 409, "duplicate-already-merged")
    assert again.json()["merged_into"] == str(survivor.id)
    refused(aurora, merge(aurora.app, survivor, erased.id), 409, "duplicate-erased")
    assert rows(aurora) == before


def test_into_an_erased_or_unknown_one(aurora):
    erased, duplicate = make(aurora, "A"), make(aurora, "B")
    aurora.app.post(f"crm/customers/{erased.id}/erasure/", {})
    refused(aurora, merge(aurora.app, erased, duplicate.id), 409, "customer-erased")
    refused(aurora, merge(aurora.app, Customer(), duplicate.id), 404, "customer-not-found")
    assert len(rows(aurora)) == 2


@pytest.mark.parametrize("body", [{}, {"duplicate_id": "x"}, {"duplicate_id": None}, []])
def test_nonsense(aurora, body):
    customer = make(aurora)
    response = aurora.app.post(f"crm/customers/{customer.id}/merges/", body)
    assert response.status_code == 400


@pytest.mark.parametrize("role", ["waiter", "accountant"])
def test_who_may_not_merges_nothing(aurora, visit, role):
    survivor, duplicate = make(aurora), make(aurora)
    response = merge(visit(aurora.person(role), aurora.tenant), survivor, duplicate.id)
    refused(aurora, response, 403, "forbidden")
    assert len(rows(aurora)) == 2
    assert rows(aurora, CustomerMerge) == rows(aurora, CustomerNote) == []
