"""Plans to choose from, and what the business has of them."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import msgspec

from portal.api_client import paths
from portal.api_client.calls import Calls


class Overage(msgspec.Struct, frozen=True, kw_only=True):
    """What each unit above a limit costs, for one interval, without tax."""

    limit: str
    unit_amount_minor: int


class Price(msgspec.Struct, frozen=True, kw_only=True):
    """Without tax."""

    interval: str
    """`month` or `year`."""
    amount_minor: int
    currency: str
    overages: tuple[Overage, ...]


class Limit(msgspec.Struct, frozen=True, kw_only=True):
    limit: str
    value: int


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    name: str
    summary: str
    is_addon: bool
    prices: tuple[Price, ...]
    limits: tuple[Limit, ...]
    """How much is included; what isn't named has no limit."""
    can: frozenset[str]
    """`subscribe`, or `switch` where there is a plan to switch from."""

    def price(self, interval: str) -> Price | None:
        return next((each for each in self.prices if each.interval == interval), None)


class PlanList(msgspec.Struct, frozen=True, kw_only=True):
    results: tuple[Plan, ...]


class PlanName(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    name: str
    is_addon: bool = False


class Planned(msgspec.Struct, frozen=True, kw_only=True):
    """What was decided, and still can be taken back."""

    kind: str
    """`plan` or `cancellation`."""
    effective_on: date
    to_plan: str | None
    interval: str | None
    amount_minor: int | None
    """What the new plan will cost for one interval, without tax."""
    asked_by: str
    reason: str


class OpenInvoice(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    number: str
    due_minor: int
    due_on: date


class Service(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    plan: PlanName
    state: str
    """`pending`, `active`, `past_due` or `cancelled`."""
    interval: str
    amount_minor: int
    """For one interval, without tax."""
    currency: str
    period_start: date | None
    period_end: date | None
    """The day of the next period; None until the first has begun."""
    created_at: datetime
    ended_at: datetime | None
    planned: Planned | None
    open_invoice: OpenInvoice | None
    can: frozenset[str]
    """`change-plan`, `cancel`, `withdraw-change`."""


class Usage(msgspec.Struct, frozen=True, kw_only=True):
    limit: str
    used: int | None
    """None of a rate, which nobody has a number of."""
    included: int | None
    """None: as much as one likes."""
    is_hard: bool
    """Nothing above what is included; otherwise it costs extra, or is only told."""
    overage_minor: int | None
    """What each unit above costs, without tax."""


class ServiceList(msgspec.Struct, frozen=True, kw_only=True):
    """Current ones first, then those that have ended."""

    results: tuple[Service, ...]
    usage: tuple[Usage, ...]
    can: frozenset[str]
    """`subscribe`."""


class OrderInvoice(msgspec.Struct, frozen=True, kw_only=True):
    """What came of an order, to be paid."""

    id: UUID
    number: str
    state: str
    total_minor: int
    due_minor: int
    currency: str
    due_on: date | None


class Order(msgspec.Struct, frozen=True, kw_only=True):
    service: Service
    invoice: OrderInvoice | None


class ServiceTransition(msgspec.Struct, frozen=True, kw_only=True):
    from_state: str
    to_state: str
    changed_by: str
    changed_at: datetime
    reason: str


class ServiceChange(msgspec.Struct, frozen=True, kw_only=True):
    """A decision about the plan, or about its end."""

    kind: str
    """`plan` or `cancellation`."""
    outcome: str
    """`planned`, `done` or `withdrawn`."""
    effective_on: date
    from_plan: str
    to_plan: str | None
    reason: str
    asked_by: str
    created_at: datetime


class ServiceDetail(Service, frozen=True, kw_only=True):
    transitions: tuple[ServiceTransition, ...]
    changes: tuple[ServiceChange, ...]


class Exceeded(msgspec.Struct, frozen=True, kw_only=True):
    """What there is more of than the new plan includes."""

    limit: str
    used: int
    included: int


class Quote(msgspec.Struct, frozen=True, kw_only=True):
    """What a change of plan would mean, before it is done."""

    plan: PlanName
    interval: str
    takes_effect: str
    """`now` or `period-end`."""
    effective_on: date
    unused_minor: int
    """What is given back for the rest of the period."""
    remaining_minor: int
    """What the new plan costs for the rest of the period."""
    overage_minor: int
    """What was above the limits in a month that a year takes the place of."""
    difference_minor: int
    tax_minor: int
    total_minor: int
    credit_used_minor: int
    to_pay_minor: int
    currency: str
    next_amount_minor: int
    """What the next whole period costs, without tax."""
    next_on: date
    exceeded: tuple[Exceeded, ...]


class Services:
    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def plans(self) -> PlanList:
        return self._calls.fetch(paths.LIST_PLANS, PlanList)

    def all(self) -> ServiceList:
        return self._calls.fetch(paths.LIST_SERVICES, ServiceList)

    def get(self, id: UUID) -> ServiceDetail:  # noqa: A002 -- it is the service's `id`
        return self._calls.fetch(paths.GET_SERVICE, ServiceDetail, parts={"id": id})

    def order(self, *, plan: str, interval: str, idempotency_key: str) -> Order:
        return self._calls.fetch(
            paths.ORDER_SERVICE,
            Order,
            json={"plan": plan, "interval": interval},
            idempotency_key=idempotency_key,
        )

    def quote(self, id: UUID, *, plan: str, interval: str) -> Quote:  # noqa: A002
        return self._calls.fetch(
            paths.QUOTE_PLAN_CHANGE,
            Quote,
            parts={"id": id},
            query={"plan": plan, "interval": interval},
        )

    def change_plan(
        self,
        id: UUID,  # noqa: A002
        *,
        plan: str,
        interval: str,
        total_minor: int,
        idempotency_key: str,
    ) -> Order:
        """`total_minor` is the quote's: should it be another by now, nothing is changed."""
        return self._calls.fetch(
            paths.CHANGE_PLAN,
            Order,
            parts={"id": id},
            json={"plan": plan, "interval": interval, "total_minor": total_minor},
            idempotency_key=idempotency_key,
        )

    def withdraw_plan_change(self, id: UUID, *, idempotency_key: str) -> Service:  # noqa: A002
        return self._calls.fetch(
            paths.WITHDRAW_PLAN_CHANGE,
            Service,
            parts={"id": id},
            idempotency_key=idempotency_key,
        )

    def cancel(self, id: UUID, *, at: str, reason: str, idempotency_key: str) -> Service:  # noqa: A002
        """`at` is `now` or `period-end`."""
        return self._calls.fetch(
            paths.CANCEL_SERVICE,
            Service,
            parts={"id": id},
            json={"at": at, "reason": reason},
            idempotency_key=idempotency_key,
        )

    def withdraw_cancellation(self, id: UUID, *, idempotency_key: str) -> Service:  # noqa: A002
        return self._calls.fetch(
            paths.WITHDRAW_CANCELLATION,
            Service,
            parts={"id": id},
            idempotency_key=idempotency_key,
        )
