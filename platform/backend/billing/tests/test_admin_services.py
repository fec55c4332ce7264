"""What staff do with services, who sells, and what happened by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from backend.audit.models import AuditEvent
from backend.billing.models import (
    CreditNote,
    GatewayEvent,
    Invoice,
    OverdueSuspension,
    Reminder,
    Seller,
)
from backend.billing.tests.cast import SELLER, SYSTEM, issued
from backend.billing.workflows.cancel_service import When, cancel_service
from backend.billing.workflows.order_service import order_service
from backend.conftest import House
from backend.services.models import Service, ServiceChange, ServiceTransition
from backend.tenants.days import today_of

Staff = Callable[..., Client]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seller", "plans")]

SERVICES, SELLERS = "/admin/services/service/", "/admin/billing/seller/"
VIEW = "services.view_service"
FACTS = (Service, ServiceChange, ServiceTransition, Invoice, CreditNote, AuditEvent, LogEntry)


def facts() -> dict[str, list[Any]]:
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in FACTS}


def ordered(house: House, plan: str = "house", interval: str = "month") -> Service:
    service, _ = order_service(house.tenant, plan, interval, by=SYSTEM)
    return service


def active(house: House, plan: str = "house") -> Service:
    service = ordered(house, plan)
    service.activate(today_of(house.tenant), by=SYSTEM)
    return service


def with_end_planned(house: House) -> Service:
    service = active(house)
    cancel_service(house.tenant, service.pk, at=When.PERIOD_END, by=SYSTEM, reason="Closing down")
    return service


def state_of(service: Service) -> str:
    service.refresh_from_db()
    return str(service.state)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["theirs", "planned", "ended"]),
        ("?q=bluefin", ["theirs"]),
        ("?state__exact=pending", ["theirs"]),
        ("?current=yes", ["theirs", "planned"]),
        ("?current=planned", ["planned"]),
        ("?interval__exact=year", ["theirs"]),
    ],
)
def test_services_are_found(
    staff: Staff, aurora: House, bluefin: House, query: str, expected: list[str]
) -> None:
    ended = ordered(aurora)
    ended.cancel(by=SYSTEM)
    names = {ended.pk: "ended", with_end_planned(aurora).pk: "planned"}
    names[ordered(bluefin, interval="year").pk] = "theirs"
    page = staff().get(f"{SERVICES}{query}")
    assert [names[row.pk] for row in page.context["cl"].result_list] == expected
    if "planned" in expected:
        assert "Cancellation on " in page.content.decode()


def test_the_list_costs_the_same_however_long_it_is(
    staff: Staff, aurora: House, bluefin: House
) -> None:
    browser = staff()

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            browser.get(SERVICES)
        return len(captured)

    with_end_planned(aurora)
    few = queries()
    active(bluefin)
    ordered(bluefin, "extra-people")
    assert queries() == few


def test_one_is_activated_before_it_is_paid(staff: Staff, aurora: House) -> None:
    service = ordered(aurora)
    browser = staff(VIEW, "services.activate_service")
    url = f"{SERVICES}{service.pk}/activate/"
    assert "This field is required." in browser.post(url, {"reason": ""}).content.decode()
    assert state_of(service) == "pending"
    assert browser.post(url, {"reason": "They pay on Monday"}).status_code == 302
    assert state_of(service) == "active"
    assert service.period_start == today_of(aurora.tenant)
    assert ServiceTransition.objects.get().reason == "They pay on Monday"
    assert Invoice.objects.get().state == "open"
    assert browser.post(url, {"reason": "Again"}).status_code == 404


def test_one_is_cancelled_now(staff: Staff, aurora: House) -> None:
    service, pending = active(aurora), ordered(aurora, "extra-people")
    browser = staff(VIEW, "services.cancel_service")
    url = f"{SERVICES}{service.pk}/cancel/"
    assert browser.post(url, {"reason": "They have closed"}).status_code == 302
    assert (state_of(service), state_of(pending)) == ("cancelled", "cancelled")
    # What had begun stays due; what hadn't isn't owed.
    assert sorted(Invoice.objects.values_list("state", flat=True)) == ["open", "void"]
    assert browser.post(url, {"reason": "Again"}).status_code == 404


def test_what_is_planned_is_withdrawn(staff: Staff, aurora: House) -> None:
    service = with_end_planned(aurora)
    browser = staff(VIEW, "services.change_servicechange")
    url = f"{SERVICES}{service.pk}/withdraw/"
    assert browser.post(url).status_code == 302
    assert ServiceChange.objects.get().outcome == "withdrawn"
    assert browser.post(url).status_code == 404


@pytest.mark.parametrize("action", ["activate", "withdraw", "cancel"])
def test_who_may_only_look_does_nothing(staff: Staff, aurora: House, action: str) -> None:
    service = ordered(aurora) if action == "activate" else with_end_planned(aurora)
    browser = staff(VIEW, "services.change_service", "services.delete_service")
    before = facts()
    page = f"{SERVICES}{service.pk}/"
    assert f"/{action}/" not in browser.get(f"{page}change/").content.decode()
    assert browser.post(f"{page}{action}/", {"reason": "Wrong"}).status_code == 403
    assert browser.post(f"{page}change/", {"plan_name": "Mine"}).status_code == 403
    assert browser.post(f"{page}delete/", {"post": "yes"}).status_code == 403
    assert browser.post(f"{SERVICES}add/", {"plan_name": "Mine"}).status_code == 403
    assert facts() == before


def seller_values(**changes: Any) -> dict[str, Any]:
    given = {**SELLER, "reminder_days": "3,10", "payment_days": "14", "time_zone": "Europe/Vienna"}
    return {**given, **changes}


def test_the_seller_is_one_row(staff: Staff, seller: Seller) -> None:
    browser = staff("billing.add_seller", "billing.change_seller", "billing.delete_seller")
    page = f"{SELLERS}{seller.pk}/"
    assert browser.get(SELLERS)["Location"] == f"{page}change/"
    shown = browser.get(f"{page}change/").content.decode()
    assert f"{SELLERS}add/" not in shown
    assert "_addanother" not in shown
    assert browser.post(f"{SELLERS}add/", seller_values(name="Second")).status_code == 302
    assert browser.post(f"{page}delete/", {"post": "yes"}).status_code == 403
    assert list(Seller.objects.values_list("name", flat=True)) == [SELLER["name"]]
    values = seller_values(name="Tavola GmbH", iban="at61 1904 3002 3457 3201")
    assert browser.post(f"{page}change/", values).status_code == 302
    seller.refresh_from_db()
    assert (seller.name, seller.iban) == ("Tavola GmbH", "AT611904300234573201")
    assert seller.reminder_days == [3, 10]


def test_the_first_seller_is_added(staff: Staff, seller: Seller) -> None:
    seller.delete()
    browser = staff("billing.add_seller")
    assert browser.get(SELLERS)["Location"] == f"{SELLERS}add/"
    assert browser.post(f"{SELLERS}add/", seller_values()).status_code == 302
    assert Seller.objects.get().iban == SELLER["iban"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"iban": "nonsense"}, "No spaces."),
        ({"vat_id": "ATU1"}, "VAT"),
        ({"reminder_days": "10,3"}, "Each reminder comes later"),
        ({"country": "XX"}, "Select a valid choice"),
    ],
)
def test_a_seller_that_cant_stand_on_invoices(
    staff: Staff, seller: Seller, wrong: dict[str, str], said: str
) -> None:
    before = Seller.objects.values().get()
    answer = staff().post(f"{SELLERS}{seller.pk}/change/", seller_values(**wrong))
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert Seller.objects.values().get() == before


def test_who_may_only_look_at_the_seller_changes_nothing(staff: Staff, seller: Seller) -> None:
    before = Seller.objects.values().get()
    browser = staff("billing.view_seller")
    page = f"{SELLERS}{seller.pk}/change/"
    assert browser.get(page).status_code == 200
    assert browser.post(page, seller_values(name="Mine")).status_code == 403
    assert Seller.objects.values().get() == before


def test_what_happened_by_itself_is_to_look_at(staff: Staff, aurora: House) -> None:
    invoice = issued(aurora)
    GatewayEvent.objects.create(
        method="stripe", event_id="evt_1", kind="payment_intent.succeeded", outcome="confirmed"
    )
    Reminder.objects.create(tenant=aurora.tenant, invoice=invoice, level=2)
    OverdueSuspension.objects.create(tenant=aurora.tenant, reason="Invoice overdue")
    browser = staff()
    for model, text in (
        ("gatewayevent", "payment_intent.succeeded"),
        ("reminder", invoice.number),
        ("overduesuspension", "Invoice overdue"),
    ):
        path = f"/admin/billing/{model}/"
        assert text in browser.get(path).content.decode()
        assert browser.post(f"{path}add/").status_code == 403
        assert staff("tenants.view_tenant").get(path).status_code == 403
