"""Whose tickets aren't there, and when nobody asks anything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from backend.common.actor import Actor
from backend.conftest import Api, House
from backend.tickets.models import (
    Message,
)
from backend.tickets.models import Ticket as Ticket
from backend.tickets.tests.asking import NEW, close, owner, problem, waiter
from backend.tickets.tests.cast import a_ticket

__all__ = ["owner", "waiter"]
pytestmark = pytest.mark.django_db
STEPS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("messages", {"body": "Hello?"}),
    ("closure", {}),
    ("reopening", {"body": "Hello?"}),
    ("reading", {}),
)


@pytest.mark.parametrize("is_closed", [False, True])
def test_what_one_may_not_see_isnt_there(
    aurora: House,
    bluefin: House,
    visit: Callable[..., Api],
    waiter: Api,
    is_closed: bool,
) -> None:
    ticket = a_ticket(aurora)
    if is_closed:
        close(ticket, aurora)
    before = Ticket.objects.values().get(), Message.objects.count()
    nobodys = str(uuid4())
    for api in (waiter, bluefin.app, visit(bluefin.person("owner"), bluefin.tenant)):
        for ticket_id in (ticket.pk, nobodys):
            for path in (f"tickets/{ticket_id}/", f"tickets/{ticket_id}/messages/"):
                assert problem(api.get(path)) == (404, "ticket-not-found")
            for step, given in STEPS:
                response = api.post(f"tickets/{ticket_id}/{step}/", given)
                assert problem(response) == (404, "ticket-not-found")
    after = Ticket.objects.values().get(), Message.objects.count()
    assert before == after
    assert ticket.readings.count() == 1


@pytest.mark.parametrize("state", ["suspended", "archived"])
def test_suspended_businesses_ask_and_archived_ones_dont(
    aurora: House, owner: Api, state: str
) -> None:
    ticket = a_ticket(aurora)
    aurora.tenant.suspend(by=Actor.system(), reason="Unpaid")
    if state == "archived":
        aurora.tenant.archive(by=Actor.system(), reason="Gone")
    answers = [
        owner.get("tickets/"),
        owner.get("ticket-options/"),
        owner.get("tickets/summary/"),
        owner.get(f"tickets/{ticket.pk}/"),
        owner.post("tickets/", NEW),
        *(
            owner.post(f"tickets/{ticket.pk}/{step}/", given)
            for step, given in STEPS
        ),
    ]  # fmt: skip
    if state == "archived":
        assert {problem(each) for each in answers} == {(403, "tenant-state")}
        assert Message.objects.count() == 1
    else:
        assert [each.status_code for each in answers] == [200] * 4 + [201, 201, 200, 200, 204]
