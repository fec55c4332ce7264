"""Staff look into a tenant's own data with a reason, which stands in its trail before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.contrib import admin
from django.test import Client
from django.utils import timezone

from backend.audit.models import AuditEvent
from backend.audit.staff_visits import PrivateRows
from backend.common.models import TenantOwned
from backend.common.tenancy import owner_scope
from backend.conftest import House
from backend.crm.models import Customer
from backend.crm.tests.conftest import make

Staff = Callable[..., Client]
CUSTOMERS = "/admin/crm/customer/"
# What the operator itself keeps about its tenants.
OPERATORS = {
    "tenants", "client_apps", "database_configs", "exports", "audit", "services", "billing",
    # Written to it; that a member of staff has read one is on record by itself.
    "tickets",
}  # fmt: skip


def entry(house: House, wanted: str = CUSTOMERS) -> str:
    return f"/admin/audit/auditevent/enter/{house.tenant.pk}/?next={wanted}"


def shown(browser: Client, path: str = CUSTOMERS) -> list[str]:
    return [str(row) for row in browser.get(path).context["cl"].result_list]


def visits() -> list[tuple[str, Any, dict[str, Any]]]:
    with owner_scope():
        events = AuditEvent.objects.filter(action="staff.entered").order_by("id")
        return [(event.by_name, event.tenant_id, event.data) for event in events]


def test_before_a_reason_nothing_is_shown(staff: Staff, aurora: House) -> None:
    make(aurora, "Maria Rossi")

    assert shown(staff()) == []
    assert visits() == []


def test_the_reason_is_on_record_and_opens_one_tenant(
    staff: Staff, aurora: House, bluefin: House
) -> None:
    make(aurora, "Maria Rossi")
    make(bluefin, "John Smith")
    browser = staff()

    response = browser.post(entry(aurora), {"reason": "Asked by phone"})

    assert (response.status_code, response["Location"]) == (302, CUSTOMERS)
    assert visits() == [("Staff", aurora.tenant.pk, {"reason": "Asked by phone"})]
    assert shown(browser) == ["Maria Rossi"]


@pytest.mark.parametrize("reason", ["", "   "])
def test_without_one_the_door_stays_shut(staff: Staff, aurora: House, reason: str) -> None:
    make(aurora, "Maria Rossi")
    browser = staff()

    assert browser.post(entry(aurora), {"reason": reason}).status_code == 200
    assert shown(browser) == []
    assert visits() == []


def test_one_is_asked_once_a_visit(staff: Staff, aurora: House) -> None:
    customer = make(aurora, "Maria Rossi")
    browser = staff()
    browser.post(entry(aurora), {"reason": "Asked by phone"})

    for path in (CUSTOMERS, f"{CUSTOMERS}{customer.id}/change/", f"{CUSTOMERS}?q=rossi"):
        assert browser.get(path).status_code == 200
    assert len(visits()) == 1


def test_a_row_asked_for_by_its_address_leads_to_the_question(
    staff: Staff, aurora: House, bluefin: House
) -> None:
    customer = make(bluefin, "John Smith")
    browser = staff()
    browser.post(entry(aurora), {"reason": "Asked by phone"})

    response = browser.get(f"{CUSTOMERS}{customer.id}/change/")

    assert response.status_code == 302
    assert str(bluefin.tenant.pk) in response["Location"]


@pytest.mark.parametrize(
    "path",
    [
        "{customer}/history/",
        "{customer}/erase/",
        "?q=smith",
        "?tenant__id__exact={tenant}",
        "?_to_field=id&_popup=1",
    ],
)
def test_no_other_way_leads_around_it(staff: Staff, bluefin: House, path: str) -> None:
    customer = make(bluefin, "John Smith")
    address = CUSTOMERS + path.format(customer=customer.id, tenant=bluefin.tenant.pk)

    assert "John Smith" not in staff().get(address, follow=True).content.decode()
    assert visits() == []


def test_nor_does_completion(staff: Staff, bluefin: House) -> None:
    make(bluefin, "John Smith")
    query = "app_label=crm&model_name=customernote&field_name=customer&term=John"

    response = staff().get(f"/admin/autocomplete/?{query}")

    assert "John Smith" not in response.content.decode()


def test_nothing_is_erased_from_outside(staff: Staff, bluefin: House) -> None:
    customer = make(bluefin, "John Smith")

    staff().post(f"{CUSTOMERS}{customer.id}/erase/", {"reason": "No reason"})

    with owner_scope():
        assert Customer.objects.get(pk=customer.id).erased_at is None


def test_a_visit_ends(staff: Staff, aurora: House) -> None:
    make(aurora, "Maria Rossi")
    browser = staff()
    browser.post(entry(aurora), {"reason": "Asked by phone"})

    with time_machine.travel(timezone.now() + timedelta(hours=8, minutes=1)):
        assert shown(browser) == []


def test_it_is_that_browsers_alone(staff: Staff, aurora: House) -> None:
    make(aurora, "Maria Rossi")
    staff().post(entry(aurora), {"reason": "Asked by phone"})

    assert shown(staff()) == []


@pytest.mark.parametrize("wanted", ["https://evil.test/", "//evil.test/", "/t/", "javascript:1"])
def test_it_leads_nowhere_else(staff: Staff, aurora: House, wanted: str) -> None:
    response = staff().post(entry(aurora, wanted), {"reason": "Asked by phone"})

    assert response["Location"] == "/admin/"


def test_no_admin_of_a_tenants_own_rows_forgets_it() -> None:
    private = [
        model
        for model in apps.get_models()
        if issubclass(model, TenantOwned) and model._meta.app_label not in OPERATORS
    ]
    registered = admin.site._registry

    assert {registered[model].__class__ for model in private if model in registered} == {
        each.__class__ for each in registered.values() if isinstance(each, PrivateRows)
    }
