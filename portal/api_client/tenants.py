"""The chosen business itself: its registration, its details, its state and its set-up."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from portal.api_client import paths
from portal.api_client.calls import Calls


class Country(msgspec.Struct, frozen=True, kw_only=True):
    """A country whose businesses can register, and what is usual there."""

    code: str
    currency: str
    language: str
    time_zone: str
    vat_id_example: str


class CountryList(msgspec.Struct, frozen=True, kw_only=True):
    results: tuple[Country, ...]


class TaxRate(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    percent: str
    """Decimal, such as "22.00"."""


class Business(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    slug: str
    name: str
    legal_name: str
    street: str
    postcode: str
    city: str
    country: str
    currency: str
    vat_id: str
    time_zone: str
    language: str
    state: str
    state_since: datetime
    state_reason: str
    next_actor: str | None
    """Who has to act for it to go on: "you", "tavola", "support", or nobody."""
    created_at: datetime
    tax_rates: tuple[TaxRate, ...]
    can: tuple[str, ...]


class Transition(msgspec.Struct, frozen=True, kw_only=True):
    from_state: str
    to_state: str
    changed_by: str
    changed_by_kind: str
    changed_at: datetime
    reason: str


class TransitionPage(msgspec.Struct, frozen=True, kw_only=True):
    results: tuple[Transition, ...]
    next_cursor: str | None = None
    previous_cursor: str | None = None


class SetUpStep(msgspec.Struct, frozen=True, kw_only=True):
    code: str
    status: str
    detail: str
    started_at: datetime | None
    finished_at: datetime | None


class Obstacle(msgspec.Struct, frozen=True, kw_only=True):
    code: str
    detail: str


class SetUp(msgspec.Struct, frozen=True, kw_only=True):
    """How far the platform is with a business that isn't open yet."""

    state: str
    status: str
    attempt: int
    steps: tuple[SetUpStep, ...]
    blocked_by: Obstacle | None
    next_actor: str | None
    can: tuple[str, ...]

    @property
    def is_under_way(self) -> bool:
        return self.status in {"waiting", "running"}


class Tenants:
    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def countries(self) -> tuple[Country, ...]:
        return self._calls.fetch(paths.LIST_COUNTRIES, CountryList).results

    def register(self, *, name: str, country: str, idempotency_key: str) -> Business:
        return self._calls.fetch(
            paths.REGISTER_TENANT,
            Business,
            json={"name": name, "country": country},
            idempotency_key=idempotency_key,
        )

    def get(self) -> Business:
        return self._calls.fetch(paths.GET_TENANT, Business)

    def update(self, changes: dict[str, Any], *, idempotency_key: str) -> Business:
        return self._calls.fetch(
            paths.UPDATE_TENANT, Business, json=changes, idempotency_key=idempotency_key
        )

    def transitions(self, *, cursor: str = "") -> TransitionPage:
        return self._calls.fetch(paths.LIST_TRANSITIONS, TransitionPage, query={"cursor": cursor})

    def set_up(self) -> SetUp:
        return self._calls.fetch(paths.GET_PROVISIONING, SetUp)

    def start_set_up(self, *, idempotency_key: str) -> SetUp:
        """Begins it, or tries again after a failure."""
        return self._calls.fetch(
            paths.START_PROVISIONING, SetUp, json={}, idempotency_key=idempotency_key
        )
