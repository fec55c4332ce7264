"""What the portal's client and its fake read must be what this side answers, to the cent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
import time_machine

from backend.billing.models import Invoice, InvoiceLine, Seller
from backend.billing.tests.cast import SYSTEM, issued, make_seller, transfer
from backend.billing.workflows.apply_planned import apply_planned
from backend.client_apps.models import ClientApp
from backend.common.tenancy import owner_scope
from backend.common.tests import examples
from backend.conftest import Api, House
from backend.crm.models import Customer
from backend.services.models import Plan, Service
from backend.tenants.days import today_of
from backend.tenants.models import Invitation, Role
from backend.tenants.tests.test_members import as_member

pytestmark = pytest.mark.django_db

OURS = examples.names("plan", "service")
EXACT = examples.EXACT | {
    "amount_minor", "unit_amount_minor", "value", "included", "is_hard", "overage_minor", "can",
    "state", "interval", "period_start", "period_end", "effective_on", "to_plan", "from_plan",
    "outcome", "kind", "takes_effect", "unused_minor", "remaining_minor", "difference_minor",
    "tax_minor", "total_minor", "credit_used_minor", "to_pay_minor", "due_minor", "key", "name",
    "is_addon", "summary", "next_amount_minor", "next_on", "currency", "verb", "from_state",
    "to_state",
}  # fmt: skip
NOW = "2026-03-12T10:20:00Z"


class Scene:
    """Gets the house to where an example begins."""

    def __init__(self, house: House, api: Api) -> None:
        self.cast, self.tenant, self.api = house, house.tenant, api
        self.id: Any = uuid4()

    def catalogue(self) -> None:
        """The plans as the example has them."""
        for position, shown in enumerate(examples.read("plans-list")["response"]["results"]):
            self._plan(shown, position)

    def free_plan(self) -> None:
        price = {"interval": "month", "currency": "EUR", "amount_minor": 0, "overages": []}
        free = {"key": "free", "name": "Free", "summary": "", "is_addon": False}
        self._plan({**free, "prices": [price], "limits": []}, 0)

    def nobody_sells(self) -> None:
        Seller.objects.all().delete()

    def small_before(self) -> None:
        """Starter for January, ended as was decided."""
        with self._at("2025-12-30T15:41:10Z"):
            self.order("starter")
        with self._at("2026-01-01T08:00:11Z"):
            self.pay()
        with self._at("2026-01-28T17:30:00Z"):
            reason = "We take the larger plan."
            self._do("POST", "cancellation/", {"at": "period-end", "reason": reason})
        with self._at("2026-02-01T01:10:00Z"):
            self.apply()

    def small_then_house(self) -> None:
        with self._at("2026-02-01T09:12:04Z"):
            self.order("starter")
            self.pay()
        with self._at("2026-02-15T11:02:45Z"):
            self._do("POST", "plan-change/", {"plan": "house", "interval": "month"})
            self.pay()
        self.renew()

    def house(self) -> None:
        """House since February, paid, in its second month."""
        with self._at("2026-02-01T09:12:04Z"):
            self.order("house")
            self.pay()
        self.renew()

    def starter(self) -> None:
        with self._at("2026-02-01T09:12:04Z"):
            self.order("starter")
            self.pay()
        self.renew()

    def house_ordered(self) -> None:
        self.order("house")

    def more_people_ordered(self) -> None:
        kept = self.id
        self.order("extra-people")
        self.id = kept

    def smaller_planned(self) -> None:
        self._do("POST", "plan-change/", {"plan": "starter", "interval": "month"})

    def end_planned(self) -> None:
        self._do("POST", "cancellation/", {"at": "period-end", "reason": "We close."})

    def ended(self) -> None:
        self._do("POST", "cancellation/", {"at": "now", "reason": "We close."})

    def overdue(self) -> None:
        service = self.service()
        line = InvoiceLine(
            kind="period", service=service, description="House", unit="MON", unit_price_minor=4900
        )
        with owner_scope():
            issued(self.cast, line)
            service.fall_due(by=SYSTEM)

    def credit(self) -> None:
        with owner_scope():
            transfer(self.cast, 2500)

    def much_used(self) -> None:
        tenant = self.tenant
        with owner_scope():
            for number in range(5):
                email = f"new{number}@example.com"
                by = as_member(self.cast, "owner")
                Invitation.make(tenant.pk, email=email, role=Role.WAITER, by=by)
            ClientApp.objects.create(tenant=tenant, name="Bookings", scopes=[])
            Customer.objects.bulk_create(
                Customer(tenant=tenant, name=f"Guest {number}") for number in range(501)
            )

    def order(self, plan: str) -> None:
        reply = self.api.post("services/", {"plan": plan, "interval": "month"})
        assert reply.status_code == 201, reply.content
        self.id = reply.json()["service"]["id"]

    def pay(self) -> None:
        with owner_scope():
            due = Invoice.objects.for_tenant(self.tenant.pk).open()
            transfer(self.cast, sum(invoice.due_minor for invoice in due))

    def renew(self) -> None:
        with owner_scope():
            self.service().renew()

    def apply(self) -> None:
        with owner_scope():
            assert not apply_planned(self.service(), today_of(self.tenant), SYSTEM)

    def service(self) -> Service:
        with owner_scope():
            found: Service = Service.objects.get(pk=self.id)
            return found

    def _do(self, method: str, path: str, body: Any) -> None:
        reply = self.api(method, f"services/{self.id}/{path}", body)
        assert reply.status_code == 200, reply.content

    @staticmethod
    @contextmanager
    def _at(moment: str) -> Iterator[None]:
        with time_machine.travel(moment, tick=False):
            yield

    @staticmethod
    def _plan(shown: dict[str, Any], position: int) -> None:
        plan = Plan.objects.create(
            position=position,
            **{name: shown[name] for name in ("key", "name", "summary", "is_addon")},
        )
        for limit in shown["limits"]:
            plan.limits.create(name=limit["limit"], value=limit["value"])
        for each in shown["prices"]:
            overages = each["overages"]
            price = plan.prices.create(
                **{name: each[name] for name in ("interval", "currency", "amount_minor")}
            )
            for overage in overages:
                price.overages.create(
                    name=overage["limit"], unit_amount_minor=overage["unit_amount_minor"]
                )


S = Scene
SCENES: dict[str, list[Callable[[Scene], None]]] = {
    "plans-list": [S.house],
    "plans-list-unsubscribed": [],
    "service-cancel": [S.house],
    "service-cancel-ended": [S.house, S.ended],
    "service-cancel-now": [S.house],
    "service-cancel-withdraw": [S.house, S.end_planned],
    "service-not-found": [],
    "service-order": [],
    "service-order-already-subscribed": [S.house],
    "service-order-free": [S.free_plan],
    "service-order-invalid": [],
    "service-order-plan-needed": [],
    "service-order-plan-not-found": [],
    "service-order-seller-missing": [S.nobody_sells],
    "service-plan-change": [S.house],
    "service-plan-change-as-shown": [S.house],
    "service-plan-change-later": [S.house],
    "service-plan-change-nothing-planned": [S.house],
    "service-plan-change-planned-already": [S.house, S.smaller_planned],
    "service-plan-change-preview": [S.house],
    "service-plan-change-preview-credit": [S.house, S.credit],
    "service-plan-change-preview-later": [S.house, S.much_used],
    "service-plan-change-preview-same-plan": [S.house],
    "service-plan-change-preview-yearly": [S.house],
    "service-plan-change-quote-changed": [S.house],
    "service-plan-change-refused": [S.house_ordered],
    "service-plan-change-withdraw": [S.house, S.smaller_planned],
    "service-retrieve": [S.small_then_house, S.smaller_planned],
    "service-retrieve-ended": [S.small_before],
    "services-list": [S.small_before, S.house, S.more_people_ordered],
    "services-list-empty": [],
    "services-list-past-due": [S.house, S.overdue],
    "services-list-planned": [S.house, S.smaller_planned],
}  # fmt: skip


def test_every_example_is_played() -> None:
    assert sorted(SCENES) == OURS


@pytest.mark.parametrize("name", OURS)
def test_the_answer_is_like_the_example(
    aurora: House, visit: Callable[..., Api], name: str
) -> None:
    make_seller()
    scene = Scene(aurora, visit(aurora.person("owner"), aurora.tenant))
    if name != "services-list-empty":
        scene.catalogue()
    with time_machine.travel(NOW, tick=False):
        for prepare in SCENES[name]:
            prepare(scene)
        example = examples.read(name)
        method, path = example["operation"].split()

        response = scene.api(method, path.format(id=scene.id), example.get("request"))

    assert examples.held_against(example, response, EXACT) == []
