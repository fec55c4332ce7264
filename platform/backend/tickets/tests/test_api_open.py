"""Opening a ticket: what it may be, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from backend.billing.tests.cast import draft, issued, make_plans, make_seller
from backend.billing.workflows.order_service import order_service
from backend.common.actor import Actor
from backend.conftest import Api, House
from backend.services.tests.conftest import make_plan, subscribe
from backend.tickets.models import (
    Department,
    Message,
)
from backend.tickets.models import Ticket as Ticket
from backend.tickets.models.message import LONGEST_BODY
from backend.tickets.tests.asking import NEW, fields, owner, problem, waiter
from backend.tickets.tests.cast import a_ticket

__all__ = ["owner", "waiter"]
pytestmark = pytest.mark.django_db
NOBODYS = "01a1f000-0000-7000-8000-000000000000"


def test_a_ticket_begins_with_a_message(aurora: House, waiter: Api) -> None:
    response = waiter.post("tickets/", NEW)
    assert response.status_code == 201, response.content
    shown = response.json()
    assert shown == waiter.get(f"tickets/{shown['id']}/").json()
    assert (shown["number"], shown["subject"], shown["state"]) == (1, "The oven", "open")
    assert (shown["priority"], shown["department"]["key"]) == ("high", "technical")
    [message] = shown["messages"]
    assert message == {
        "id": message["id"],
        "ticket_number": 1,
        "side": "customer",
        "author": "Waiter Trattoria Aurora",
        "is_you": True,
        "via": "portal",
        "created_at": shown["last_message_at"],
        "body": "It is *cold*.",
        "body_html": "<p>It is <em>cold</em>.</p>\n",
        "event": None,
        "attachments": [],
        "is_new": False,
    }
    assert (shown["invoice"], shown["service"], shown["earlier_cursor"]) == (None, None, None)
    by_app = aurora.app.post("tickets/", NEW).json()
    assert (by_app["number"], by_app["messages"][0]["via"]) == (2, "api")


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"subject": " "}, [("subject", "blank")]),
        ({"subject": "x" * 151}, [("subject", "max-length")]),
        ({"subject": "\u0000"}, [("subject", "blank")]),
        ({"body": ""}, [("body", "blank")]),
        ({"body": "\n \n"}, [("body", "blank")]),
        ({"body": "x" * (LONGEST_BODY + 1)}, [("body", "max-length")]),
        ({"body": "x" * 1_000_000}, [("body", "max-length")]),
        ({"body": "a\u0000b"}, [("body", "control")]),
        ({"body": "a\u0007b"}, [("body", "control")]),
        ({"body": None}, [("body", "null")]),
        ({"body": ["a"]}, [("body", "invalid")]),
        ({"department": "kitchen"}, [("department", "does-not-exist")]),
        ({"department": "general\u0000"}, [("department", "null-characters-not-allowed")]),
        ({"priority": "now"}, [("priority", "invalid-choice")]),
        ({"invoice": "7"}, [("invoice", "invalid")]),
        ({"invoice": NOBODYS}, [("invoice", "does-not-exist")]),
        ({"service": NOBODYS}, [("service", "does-not-exist")]),
        ({"attachments": "a"}, [("attachments", "not-a-list")]),
        ({"attachments": [NOBODYS] * 11}, [("attachments", "max-length")]),
        ({"state": "closed"}, [("state", "unknown")]),
        ({"number": 7}, [("number", "unknown")]),
    ],
    ids=str,
)
def test_what_makes_no_ticket(
    aurora: House, owner: Api, changes: dict[str, Any], wrong: list[tuple[str, str]]
) -> None:
    response = owner.post("tickets/", NEW | changes)
    found = fields(response)
    assert found == wrong
    assert Ticket.objects.count() == 0


def test_ten_megabytes_are_refused_before_they_are_read(aurora: House, owner: Api) -> None:
    ticket = a_ticket(aurora)
    huge = {"body": "x" * 10 * 1024 * 1024}
    assert problem(owner.post(f"tickets/{ticket.pk}/messages/", huge)) == (413, "payload-too-large")
    assert problem(owner.post("tickets/", NEW | huge)) == (413, "payload-too-large")
    assert Message.objects.count() == 1


def test_what_is_typed_stays_but_for_what_nobody_sees(owner: Api) -> None:
    [message] = owner.post(
        "tickets/", NEW | {"body": "\n one \r\n\ttwo\u00a0\n\n\nthree\n"}
    ).json()["messages"]
    assert message["body"] == "one\n    two\n\n\nthree"
    assert message["body_html"] == "<p>one<br>\ntwo</p>\n<p>three</p>\n"


def test_a_department_that_was_withdrawn_takes_no_more(owner: Api) -> None:
    Department.objects.filter(key="technical").update(withdrawn_at=timezone.now())
    assert fields(owner.post("tickets/", NEW)) == [("department", "does-not-exist")]
    keys = [each["key"] for each in owner.get("ticket-options/").json()["departments"]]
    assert keys == ["general", "billing"]


def test_it_may_be_about_what_its_writer_may_see(
    aurora: House, bluefin: House, visit: Callable[..., Api], owner: Api, waiter: Api
) -> None:
    make_seller()
    make_plans()
    invoice, not_yet, other = issued(aurora), draft(aurora), issued(bluefin)
    service, _ = order_service(aurora.tenant, "house", "month", by=Actor.system())
    about = {"invoice": str(invoice.pk), "service": str(service.pk)}
    for wrong in (not_yet, other):
        response = owner.post("tickets/", NEW | {"invoice": str(wrong.pk)})
        assert fields(response) == [("invoice", "does-not-exist")]
    for link in about.items():
        assert problem(waiter.post("tickets/", NEW | dict([link]))) == (403, "link-forbidden")
    # Whether there is such an invoice is told to nobody who may not see it.
    unknown = {"invoice": NOBODYS}
    assert problem(waiter.post("tickets/", NEW | unknown)) == (403, "link-forbidden")
    assert Ticket.objects.count() == 0
    shown = owner.post("tickets/", NEW | about).json()
    assert shown["invoice"] == {"id": str(invoice.pk), "number": invoice.number}
    assert shown["service"] == {"id": str(service.pk), "plan": "House"}
    by_waiter = a_ticket(aurora, "waiter", invoice_id=invoice.pk, service_id=service.pk)
    shown = waiter.get(f"tickets/{by_waiter.pk}/").json()
    assert (shown["invoice"], shown["service"]) == (None, None)


def test_the_plan_may_limit_how_many_are_open(aurora: House, owner: Api) -> None:
    subscribe(aurora, make_plan("small", open_tickets=1))
    first = owner.post("tickets/", NEW).json()
    response = owner.post("tickets/", NEW)
    assert problem(response) == (409, "limit-reached")
    assert response.json()["limit"] == "open_tickets"
    assert owner.post(f"tickets/{first['id']}/closure/").status_code == 200
    assert owner.post("tickets/", NEW).status_code == 201


def test_the_same_key_opens_it_once(owner: Api) -> None:
    twice = [owner.post("tickets/", NEW, idempotency_key="oven-1") for _ in range(2)]
    assert twice[0].json() == twice[1].json()
    assert twice[1]["Idempotency-Replayed"] == "true"
    ticket = twice[0].json()["id"]
    path, said = f"tickets/{ticket}/messages/", {"body": "Still."}
    replies = [owner.post(path, said, idempotency_key="oven-2").json() for _ in range(2)]
    assert replies[0] == replies[1]
    changed = owner.post(path, {"body": "Hot."}, idempotency_key="oven-2")
    assert problem(changed) == (409, "idempotency-conflict")
    assert list(Message.objects.values_list("body", flat=True)) == ["It is *cold*.", "Still."]


def test_when_the_time_for_an_answer_ends_is_said(aurora: House, owner: Api) -> None:
    shown = owner.post("tickets/", NEW | {"priority": "urgent"}).json()
    ticket = Ticket.objects.get(pk=shown["id"])
    assert ticket.answer_due_at - ticket.last_message_at == timedelta(hours=2)
    assert shown["answer_due_at"] == ticket.answer_due_at.isoformat().replace("+00:00", "Z")


def test_the_options_follow_the_plan(aurora: House, owner: Api) -> None:
    shown = owner.get("ticket-options/").json()
    assert {each["key"]: each["answer_within_hours"] for each in shown["priorities"]} == {
        "low": 72, "normal": 24, "high": 8, "urgent": 2,
    }  # fmt: skip
    assert (shown["attachments"]["max_bytes"], shown["attachments"]["most"]) == (20 * 2**20, 10)
    assert {"content_type": "image/jpeg", "extension": ".jpeg"} in shown["attachments"]["kinds"]
