"""What staff see of customers, and what they may do to them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from backend.conftest import House
from backend.crm.models import Customer, CustomerErasure, Tag
from backend.crm.tests.conftest import make, rows, upload
from backend.tenants.models import Tenant

Staff = Callable[..., Client]
CUSTOMERS = "/admin/crm/customer/"
IMPORTS = "/admin/crm/customerimport/"
TAGS = "/admin/crm/tag/"


@pytest.fixture
def staff(staff: Staff) -> Staff:
    """Staff who have entered every tenant there is: what follows is about what they see then."""

    def sign_in(*permissions: str) -> Client:
        browser = staff(*permissions)
        for tenant in Tenant.objects.all():
            browser.post(f"/admin/audit/auditevent/enter/{tenant.pk}/", {"reason": "A test"})
        return browser

    return sign_in


def found(browser: Client, path: str) -> list[str]:
    page = browser.get(path)
    assert page.status_code == 200
    return [str(row) for row in page.context["cl"].result_list]


def queries_of(browser: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(path).status_code == 200
    return len(queries)


def fill(house: House, count: int) -> None:
    for number in range(count):
        customer = make(house, f"Guest {number}", tags=["VIP", f"Tag {number}"])
        upload(house.app, f"name,email\nImported {number},\nBroken {number},x\n")
    house.app.post(f"crm/customers/{customer.id}/notes/", {"body": "Hello"})


@pytest.mark.parametrize("path", [CUSTOMERS, IMPORTS, TAGS, f"{CUSTOMERS}?q=guest"])
def test_a_list_costs_the_same_however_long_it_is(staff, aurora, bluefin, path):
    browser = staff()
    fill(aurora, 1)
    few = queries_of(browser, path)
    fill(bluefin, 6)
    assert queries_of(browser, path) == few


def test_the_newest_customer_of_any_tenant_comes_first(staff, aurora, bluefin):
    for number, house in enumerate((aurora, bluefin, aurora)):
        make(house, f"Guest {number}")
    assert found(staff(), CUSTOMERS) == ["Guest 2", "Guest 1", "Guest 0"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=rossi", ["Mario Rossi", "Maria Rossi"]),
        ("q=ros+maria", ["Maria Rossi"]),
        ("q=chloe%40example.com", ["Chloe Smith"]),
        ("q=%2B39+055", ["Maria Rossi"]),
        ("q=%25", []),
        ("q=+", ["Gone", "Chloe Smith", "Mario Rossi", "Maria Rossi"]),
        ("tenant__id__exact=AURORA", ["Gone", "Maria Rossi"]),
        ("q=rossi&tenant__id__exact=AURORA", ["Maria Rossi"]),
        ("erased=no", ["Chloe Smith", "Mario Rossi", "Maria Rossi"]),
        ("erased=yes", ["Gone"]),
    ],
)
def test_customers_are_found(staff, aurora, bluefin, query, expected):
    make(aurora, "Maria Rossi", phone="+39 055 0123")
    make(bluefin, "Mario Rossi")
    make(bluefin, "Chloe Smith", email="chloe@example.com")
    gone = make(aurora, "Gone")
    aurora.app.post(f"crm/customers/{gone.id}/erasure/", {})
    path = f"{CUSTOMERS}?{query}".replace("AURORA", str(aurora.tenant.id))
    names = {"Erased customer": "Gone"}
    assert [names.get(name, name) for name in found(staff(), path)] == expected


def test_a_customers_page_shows_its_notes(staff, aurora):
    customer = make(aurora, email="maria@example.com", tags=["VIP"])
    aurora.app.post(f"crm/customers/{customer.id}/notes/", {"body": "Prefers the window"})
    page = staff().get(f"{CUSTOMERS}{customer.id}/change/").content.decode()
    for text in ("Maria Rossi", "maria@example.com", "VIP", "Prefers the window", "Aurora"):
        assert text in page


@pytest.mark.parametrize("path", [CUSTOMERS, TAGS, IMPORTS])
def test_staff_neither_add_nor_change_nor_delete(staff, aurora, path):
    fill(aurora, 1)
    model = {CUSTOMERS: Customer, TAGS: Tag}.get(path, Customer)
    before = rows(aurora, model)
    browser = staff()
    row = browser.get(path).context["cl"].result_list[0]
    assert browser.post(f"{path}add/", {"name": "Mine"}).status_code == 403
    assert browser.post(f"{path}{row.pk}/change/", {"name": "Mine"}).status_code == 403
    assert browser.post(f"{path}{row.pk}/delete/", {"post": "yes"}).status_code == 403
    assert rows(aurora, model) == before


def test_staff_erase_whom_they_are_asked_to(staff, aurora):
    customer = make(aurora, tags=["VIP"])
    browser = staff()
    page = f"{CUSTOMERS}{customer.id}/erase/"
    assert "Erase Maria Rossi of Trattoria Aurora" in browser.get(page).content.decode()
    assert rows(aurora)[0]["name"] == "Maria Rossi"

    response = browser.post(page, {"reason": "Asked by telephone"})

    assert response.status_code == 302
    assert rows(aurora)[0]["name"] == "Erased customer"
    [fact] = rows(aurora, CustomerErasure)
    assert fact["reason"] == "Asked by telephone"
    assert fact["by_id"] is None
    assert fact["by_name"] == "Staff"
    assert LogEntry.objects.get().object_id == str(customer.id)
    assert browser.get(page).status_code == 404


def test_an_erasure_needs_a_reason_and_the_permission(staff, aurora):
    customer = make(aurora)
    page = f"{CUSTOMERS}{customer.id}/erase/"
    assert staff().post(page, {"reason": ""}).status_code == 200
    assert staff("crm.view_customer").post(page, {"reason": "x"}).status_code == 403
    assert rows(aurora)[0]["name"] == "Maria Rossi"
    allowed = staff("crm.view_customer", "crm.erase_customer")
    assert allowed.post(page, {"reason": "x"}).status_code == 302
    assert rows(aurora)[0]["name"] == "Erased customer"


def test_an_import_tells_what_went_wrong(staff, aurora):
    upload(aurora.app, "name,email,Table\nAnna,x,1\nBruno,,2\n")
    browser = staff()
    assert found(browser, IMPORTS) == ["guests.csv"]
    row = browser.get(IMPORTS).context["cl"].result_list[0]
    page = browser.get(f"{IMPORTS}{row.pk}/change/").content.decode()
    assert "Line 2: email: Enter a valid email address." in page
    assert "Table" in page
    assert "Anna" not in page


def test_tags_are_counted(staff, aurora, bluefin):
    make(aurora, tags=["VIP"])
    make(aurora, tags=["VIP"])
    make(bluefin, tags=["VIP"])
    tags = staff().get(TAGS).context["cl"].result_list
    assert [(tag.tenant.slug, tag.customers_count) for tag in tags] == [
        ("bluefin", 1),
        ("aurora", 2),
    ]
