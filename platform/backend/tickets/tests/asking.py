"""What tests of the tickets' API have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.conftest import Api, House
from backend.tickets.models import Ticket
from backend.tickets.tests.cast import as_member
from backend.tickets.workflows.close_ticket import close_ticket

NEW: dict[str, Any] = {
    "subject": "The oven",
    "department": "technical",
    "priority": "high",
    "body": "It is *cold*.",
}


@pytest.fixture
def owner(aurora: House, visit: Callable[..., Api]) -> Api:
    return visit(aurora.person("owner"), aurora.tenant)


@pytest.fixture
def waiter(aurora: House, visit: Callable[..., Api]) -> Api:
    return visit(aurora.person("waiter"), aurora.tenant)


def problem(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


def fields(response: Any) -> list[tuple[str, str]]:
    assert response.status_code == 400, response.content
    return [(each["field"], each["code"]) for each in response.json()["errors"]]


def statements(call: Callable[[], Any]) -> int:
    """How many of them read something of tickets."""
    with CaptureQueriesContext(connection) as captured:
        call()
    return sum("tickets_" in query["sql"] for query in captured)


def close(ticket: Ticket, house: House) -> None:
    close_ticket(house.tenant.pk, ticket.pk, by=as_member(house))
