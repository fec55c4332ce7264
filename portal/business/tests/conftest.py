"""Businesses in the states of their life."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from portal.api_client.tests import fake_platform

CLOSED = {"tenant.read", "tenant.history", "tenant.export"}
SUSPENDED = CLOSED | {
    "customers.read", "customers.export", "members.read", "services.read", "billing.read",
    "billing.pay",
}  # fmt: skip
ABILITIES = {"suspended": SUSPENDED, "archived": CLOSED}


@pytest.fixture
def state(monkeypatch, platform) -> Callable[[str], None]:
    """Puts Aurora into a state, as the platform tells of who is looking and of the business."""

    def put(state: str) -> None:
        tenant = {**fake_platform.TENANTS["aurora"], "state": state}
        monkeypatch.setitem(fake_platform.TENANTS, "aurora", tenant)
        if state in ABILITIES:
            monkeypatch.setitem(fake_platform.ABILITIES, "owner", sorted(ABILITIES[state]))
            platform.answers(f"tenant-retrieve-{state}")

    return put
