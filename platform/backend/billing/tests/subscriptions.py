"""Tenants that have subscribed, on days of their own, and what is kept of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import time_machine

from backend.audit.models import AuditEvent
from backend.billing.models import Account, CreditNote, Entry, Invoice, InvoiceLine
from backend.billing.tests.cast import SYSTEM, transfer
from backend.billing.workflows.order_service import order_service
from backend.common.tenancy import owner_scope
from backend.conftest import House
from backend.services.models import Service, ServiceChange, ServiceTransition

FIRST = date(2026, 3, 1)


@contextmanager
def on(day: str) -> Iterator[None]:
    """At noon, in every time zone of the cast."""
    with time_machine.travel(f"{day}T11:00:00Z", tick=False):
        yield


def order(house: House, plan: str = "house", interval: str = "month") -> Service:
    with owner_scope():
        service, _ = order_service(house.tenant, plan, interval, by=SYSTEM)
    return service


def pay_all(house: House) -> None:
    with owner_scope():
        due = Invoice.objects.for_tenant(house.tenant.pk).open()
        if amount := sum(invoice.due_minor for invoice in due):
            transfer(house, amount)


def subscribed(
    house: House, plan: str = "house", interval: str = "month", *, since: str = "2026-03-01"
) -> Service:
    """A service that is active, and paid for, since that day."""
    with on(since):
        service = order(house, plan, interval)
        pay_all(house)
    return again(service)


def again(service: Service) -> Service:
    """As it is now."""
    with owner_scope():
        found: Service = Service.objects.select_related("plan").get(pk=service.pk)
        return found


def changes(service: Service) -> list[tuple[str, str, str, date]]:
    """What was decided, the first first."""
    with owner_scope():
        rows = ServiceChange.objects.filter(service=service).order_by("pk")
        return list(rows.values_list("kind", "outcome", "to_plan", "effective_on"))


def everything(house: House) -> dict[str, Any]:
    """All that services and billing hold of the house: to show that nothing was changed."""
    models = (
        Service, ServiceChange, ServiceTransition, Account, Invoice, InvoiceLine, Entry, CreditNote,
    )  # fmt: skip
    with owner_scope():
        return {
            model.__name__: list(model.objects.filter(tenant=house.tenant).order_by("pk").values())
            for model in models
        }


def events(house: House, *actions: str) -> list[dict[str, Any]]:
    """The data of what is on record of these actions, the first first."""
    with owner_scope():
        found = AuditEvent.objects.filter(tenant=house.tenant, action__in=actions)
        return list(found.order_by("pk").values_list("data", flat=True))
