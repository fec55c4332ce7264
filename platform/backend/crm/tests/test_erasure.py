from __future__ import annotations

import pytest

from backend.crm.models import Customer, CustomerErasure, CustomerNote, CustomerTag, CustomerTerm
from backend.crm.tests.conftest import make, rows, upload

PERSON = {
    "name": "Maria Rossi",
    "email": "maria@example.com",
    "phone": "055 1",
    "company": "Acme",
    "language": "it",
    "birthday": "1980-02-03",
    "address": "Via Roma 1",
}


@pytest.fixture
def customer(aurora):
    customer = make(aurora, **PERSON, tags=["Allergy: nuts"])
    aurora.app.post(f"crm/customers/{customer.id}/notes/", {"body": "Maria likes red wine."})
    return customer


def erase(api, customer, reason="Asked for it by letter"):
    return api.post(f"crm/customers/{customer.id}/erasure/", {"reason": reason})


def test_the_person_goes_and_the_row_stays(aurora, visit, customer):
    response = erase(visit(aurora.person("owner"), aurora.tenant), customer)

    assert response.status_code == 200
    erased = response.json()
    assert erased["name"] == "Erased customer"
    assert [erased[field] for field in PERSON if field not in ("name", "birthday")] == [""] * 5
    assert erased["birthday"] is None
    assert erased["tags"] == []
    assert erased["notes_count"] == 0
    assert erased["can"] == []
    assert erased["erased_at"] == rows(aurora)[0]["erased_at"].isoformat().replace("+00:00", "Z")
    assert aurora.app.get(f"crm/customers/{customer.id}/").json() == erased
    [fact] = rows(aurora, CustomerErasure)
    assert fact["customer_id"] == customer.id
    assert fact["reason"] == "Asked for it by letter"
    assert fact["by_id"] == aurora.members["owner"].id
    assert fact["by_name"] == "Owner Trattoria Aurora"


def test_nothing_of_the_person_is_left_anywhere(aurora, customer):
    upload(aurora.app, "name,email\nMaria Rossi,maria@example.com\n")
    erase(aurora.app, customer)

    kept = [rows(aurora, model) for model in (Customer, CustomerNote, CustomerTag)]
    imports = aurora.app.get("crm/imports/").json()["results"]
    report = aurora.app.get(f"crm/imports/{imports[0]['id']}/").json()

    for place in (kept, list(CustomerTerm.objects.values()), report["rows"]):
        assert "maria" not in str(place).lower()
    assert report["rows"][0]["customer_id"] == str(customer.id)


def test_an_erased_customer_is_read_only(aurora, customer):
    erase(aurora.app, customer)
    before = rows(aurora)
    path = f"crm/customers/{customer.id}/"
    for response in (
        erase(aurora.app, customer),
        aurora.app.patch(path, {"name": "Back"}, if_match="*"),
        aurora.app.patch(path, {"name": "Back"}),
        aurora.app.delete(path, if_match="*"),
        aurora.app.post(f"{path}notes/", {"body": "Maria was here"}),
    ):
        assert response.status_code == 409
        assert response.json()["code"] == "customer-erased"
    assert rows(aurora) == before
    assert rows(aurora, CustomerNote) == []
    assert len(rows(aurora, CustomerErasure)) == 1


def test_a_reason_is_welcome_but_not_needed(aurora, customer):
    path = f"crm/customers/{customer.id}/erasure/"
    assert aurora.app.post(path, {"reason": "x" * 501}).status_code == 400
    assert rows(aurora)[0]["erased_at"] is None
    assert aurora.app.post(path, {}).status_code == 200


@pytest.mark.parametrize("role", ["waiter", "accountant"])
def test_who_may_not_erases_nothing(aurora, visit, customer, role):
    before = rows(aurora)
    assert erase(visit(aurora.person(role), aurora.tenant), customer).status_code == 403
    assert rows(aurora) == before
    assert rows(aurora, CustomerErasure) == []
    assert len(rows(aurora, CustomerNote)) == 1
