"""Cancelling: now, at the end of what is paid for, and taking it back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.billing.models import Account, CreditNote, Invoice
from backend.billing.tests.cast import SYSTEM, transfer
from backend.billing.tests.subscriptions import (
    again,
    changes,
    events,
    everything,
    on,
    order,
    pay_all,
    subscribed,
)
from backend.billing.workflows.apply_planned import apply_planned
from backend.common.tenancy import owner_scope
from backend.conftest import Api, House
from backend.services.models import Service

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seller", "plans")]
NOW, LATER = {"at": "now", "reason": "We close."}, {"at": "period-end", "reason": "We close."}
END = date(2026, 4, 1)


@pytest.fixture
def owner(aurora: House, visit: Callable[..., Api]) -> Api:
    return visit(aurora.person("owner"), aurora.tenant)


def cancel(api: Api, service: Service, body: Any = NOW) -> Any:
    return api.post(f"services/{service.pk}/cancellation/", body)


def applied(service: Service, day: date) -> bool:
    with owner_scope():
        return apply_planned(again(service), day, SYSTEM)


def test_now_it_is_over_and_nothing_is_paid_back(aurora: House, owner: Api) -> None:
    service = subscribed(aurora)
    with on("2026-03-12"):
        reply = cancel(owner, service)

    assert (reply.status_code, reply.json()["state"], reply.json()["can"]) == (200, "cancelled", [])
    assert reply.json()["ended_at"].startswith("2026-03-12")
    assert changes(service) == [("cancellation", "done", "", date(2026, 3, 12))]
    assert [invoice.state for invoice in Invoice.objects.all()] == ["paid"]
    assert not CreditNote.objects.exists()
    assert events(aurora, "service.cancel") == [
        {"from": "active", "to": "cancelled", "reason": "We close."}
    ]


def test_at_the_end_it_goes_on_until_then(aurora: House, owner: Api) -> None:
    service = subscribed(aurora)
    with on("2026-03-12"):
        reply = cancel(owner, service, LATER).json()

    assert (reply["state"], reply["ended_at"]) == ("active", None)
    assert (reply["planned"]["kind"], reply["planned"]["effective_on"]) == (
        "cancellation",
        "2026-04-01",
    )
    assert reply["planned"]["reason"] == "We close."
    assert reply["can"] == ["cancel", "withdraw-change"]
    assert applied(service, date(2026, 3, 31))
    assert again(service).state == "active"
    assert not applied(service, END)
    assert again(service).state == "cancelled"
    assert changes(service) == [("cancellation", "done", "", END)]
    # Once.
    assert not applied(service, END)
    assert len(events(aurora, "service.cancel")) == 1


def test_what_is_overdue_stays_due(aurora: House, owner: Api) -> None:
    with on("2026-03-01"):
        service = order(aurora)
        with owner_scope():
            service.activate(date(2026, 3, 1), by=SYSTEM)
            service.fall_due(by=SYSTEM)

    assert cancel(owner, service).status_code == 200

    invoice = Invoice.objects.get()
    assert (invoice.state, invoice.due_minor) == ("open", 5880)


def test_what_has_not_begun_need_not_be_paid(aurora: House, owner: Api) -> None:
    service = order(aurora)

    # There is no period whose end could be waited for.
    reply = cancel(owner, service, LATER).json()

    assert (reply["state"], reply["planned"], reply["open_invoice"]) == ("cancelled", None, None)
    assert Invoice.objects.get().state == "void"
    note = CreditNote.objects.get()
    assert (note.total_minor, note.reason) == (5880, "House was cancelled before it began")
    assert Account.objects.get(tenant=aurora.tenant).facts.balance_minor == 0


def test_what_was_paid_of_it_becomes_credit(aurora: House, owner: Api) -> None:
    service = order(aurora)
    with owner_scope():
        transfer(aurora, 1000)

    assert cancel(owner, service).json()["state"] == "cancelled"

    assert again(service).period_start is None
    facts = Account.objects.get(tenant=aurora.tenant).facts
    assert (facts.credit_minor, facts.due_minor) == (1000, 0)


def test_money_that_comes_after_it_was_cancelled_is_credit(aurora: House, owner: Api) -> None:
    service = order(aurora)
    cancel(owner, service)
    with owner_scope():
        transfer(aurora, 5880)

    assert again(service).state == "cancelled"
    assert Account.objects.get(tenant=aurora.tenant).facts.credit_minor == 5880


@pytest.mark.parametrize("body", [NOW, LATER])
def test_add_ons_end_with_the_plan(aurora: House, owner: Api, body: dict[str, str]) -> None:
    plan = subscribed(aurora)
    paid = subscribed(aurora, "extra-people", "year", since="2026-03-05")
    with on("2026-03-12"):
        cancel(owner, paid, LATER)
        assert cancel(owner, plan, body).status_code == 200
        if body == LATER:
            assert again(paid).state == "active"
            assert not applied(plan, END)

    assert again(paid).state == "cancelled"
    assert [change[:2] for change in changes(paid)] == [("cancellation", "withdrawn")]


def test_a_pending_add_on_is_taken_back_with_the_plan(aurora: House, owner: Api) -> None:
    plan = subscribed(aurora)
    addon = order(aurora, "extra-people")

    cancel(owner, plan)

    assert again(addon).state == "cancelled"
    assert sorted(invoice.state for invoice in Invoice.objects.all()) == ["paid", "void"]


def test_a_plan_outlives_its_add_ons(aurora: House, owner: Api) -> None:
    plan, addon = subscribed(aurora), subscribed(aurora, "extra-people")

    assert cancel(owner, addon).json()["state"] == "cancelled"
    assert again(plan).state == "active"


def test_it_is_taken_back(aurora: House, owner: Api) -> None:
    service = subscribed(aurora)
    cancel(owner, service, LATER)

    reply = owner.delete(f"services/{service.pk}/cancellation/")

    assert (reply.status_code, reply.json()["planned"]) == (200, None)
    assert applied(service, END)
    assert again(service).state == "active"
    assert changes(service) == [("cancellation", "withdrawn", "", END)]
    assert (
        events(aurora, "service.change-planned", "service.change-withdrawn")
        == [{"kind": "cancellation", "effective_on": "2026-04-01", "reason": "We close."}] * 2
    )


def test_only_what_is_planned_is_taken_back(aurora: House, owner: Api) -> None:
    service = subscribed(aurora)
    path = f"services/{service.pk}/"
    assert owner.delete(f"{path}cancellation/").json()["code"] == "nothing-planned"
    cancel(owner, service, LATER)
    before = everything(aurora)

    assert owner.delete(f"{path}plan-change/").json()["code"] == "nothing-planned"
    assert everything(aurora) == before


def test_what_is_planned_is_planned_once(aurora: House, owner: Api) -> None:
    service = subscribed(aurora)
    cancel(owner, service, LATER)
    before = everything(aurora)

    refused = cancel(owner, service, LATER)

    assert (refused.status_code, refused.json()["code"]) == (409, "change-planned")
    assert everything(aurora) == before


def test_now_goes_before_what_is_planned(aurora: House, owner: Api) -> None:
    service = subscribed(aurora)
    body = {"plan": "starter", "interval": "month"}
    with on("2026-03-12"):
        assert owner.post(f"services/{service.pk}/plan-change/", body).status_code == 200
        assert cancel(owner, service).json()["state"] == "cancelled"

    assert [change[:2] for change in changes(service)] == [
        ("plan", "withdrawn"),
        ("cancellation", "done"),
    ]
    assert not applied(service, END)


@pytest.mark.parametrize("body", [NOW, LATER])
def test_what_is_over_is_over(aurora: House, owner: Api, body: dict[str, str]) -> None:
    service = subscribed(aurora)
    cancel(owner, service)
    before = everything(aurora)

    refused = cancel(owner, service, body)

    assert (refused.status_code, refused.json()["code"]) == (409, "transition-refused")
    assert everything(aurora) == before


@pytest.mark.parametrize(
    "body",
    [{}, {"at": "tomorrow"}, {"at": "now", "reason": "x" * 501}, {"at": "now", "force": True}],
)
def test_the_shape_is_checked(aurora: House, owner: Api, body: dict[str, Any]) -> None:
    service = subscribed(aurora)

    assert cancel(owner, service, body).status_code == 400
    assert again(service).state == "active"


@pytest.mark.parametrize("paid", [False, True])
def test_nothing_is_deleted(aurora: House, owner: Api, paid: bool) -> None:
    """However much hangs on it: it can be cancelled by who may delete nothing."""
    service = order(aurora)
    if paid:
        pay_all(aurora)
    kept = {name: len(rows) for name, rows in everything(aurora).items()}

    with CaptureQueriesContext(connection) as queries:
        assert cancel(owner, service).status_code == 200

    assert [each["sql"] for each in queries if each["sql"].startswith("DELETE")] == []
    assert all(len(rows) >= kept[name] for name, rows in everything(aurora).items())
