"""What the portal's client and its fake read must be what this side answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from django.utils import timezone

from backend.billing.tests.cast import issued, make_plans, make_seller
from backend.billing.workflows.order_service import order_service
from backend.common.actor import Actor
from backend.common.tests import examples
from backend.conftest import Api, House
from backend.services.tests.conftest import make_plan, subscribe
from backend.tickets.markdown import render
from backend.tickets.models import (
    Attachment,
    AttachmentCheck,
    Department,
    Event,
    Message,
    Side,
    Ticket,
    Via,
)
from backend.tickets.models.message import LONGEST_BODY
from backend.tickets.silence import NOTICE
from backend.tickets.tests.cast import a_ticket, answered, as_member, asked, support
from backend.tickets.workflows.close_ticket import close_ticket
from backend.tickets.workflows.merge_tickets import merge_tickets
from backend.tickets.workflows.write_message import add_message, reopen_ticket

pytestmark = pytest.mark.django_db
OURS = sorted(set(examples.names("ticket")) - set(examples.names("ticket-attachment")))
EXACT = examples.EXACT | {
    "answer_within_hours", "awaiting_you", "can", "content_type", "event", "extension", "is_new",
    "is_unread", "is_you", "key", "last_message_by", "limit", "max_bytes", "most", "priority",
    "refusal", "side", "state", "unread", "verb", "via",
}  # fmt: skip
SYSTEM = Actor.system()
FILES = (
    ("printer.jpg", "image/jpeg"),
    ("log.txt", "text/plain"),
    ("receipt.pdf", "application/pdf"),
)


class Scene:
    """Gets the house to where an example begins."""

    def __init__(self, house: House, visit: Callable[..., Api]) -> None:
        self.house, self.role, self.visit = house, "owner", visit
        self.id: UUID = uuid4()
        self.given: dict[str, Any] = {}

    def printer(self) -> None:
        """Two wrote about the same; staff merged the tickets and answered."""
        service, _ = order_service(self.house.tenant, "house", "month", by=SYSTEM)
        ticket = self.ask("technical", "high", service_id=service.pk)
        message = ticket.messages.get()
        files = [self.announced(*each, message=message) for each in FILES]
        accepted = {"found_size": 5, "sha256": "0" * 64}
        self.check(files[0], **accepted)
        self.check(files[1], refusal="kind")
        other = self.ask("technical", role="manager")
        merge_tickets(self.house.tenant.pk, other.pk, ticket.pk, by=Actor.staff(support()))
        self.other = other.pk
        answered(ticket)
        self.id = ticket.pk

    def the_other(self) -> None:
        self.printer()
        self.id = self.other

    def about_an_invoice(self) -> None:
        ticket = self.ask("billing", invoice_id=issued(self.house).pk)
        answered(ticket)
        asked(ticket, self.house)
        add = {"side": Side.CUSTOMER, "by": as_member(self.house), "via": Via.MAIL}
        ticket.refresh_from_db()
        add_message(ticket, "Thank you.", **add)

    def of_the_waiter(self) -> None:
        self.ask("general", "low", role="waiter")

    def silent(self) -> None:
        ticket = self.ask("general")
        answered(ticket)
        ticket.refresh_from_db()
        message = add_message(
            ticket, "", side=Side.SYSTEM, by=SYSTEM, via=Via.SYSTEM, event=Event.CLOSING_SOON
        )
        ticket.announce_closing(message.created_at)
        self.visit(self.house.person("owner"), self.house.tenant).post(
            f"tickets/{ticket.pk}/reading/"
        )

    def closed(self) -> None:
        ticket = self.ask("general")
        answered(ticket)
        self.visit(self.house.person("owner"), self.house.tenant).post(
            f"tickets/{ticket.pk}/reading/"
        )
        close_ticket(self.house.tenant.pk, ticket.pk, by=as_member(self.house))

    def reopened(self) -> None:
        ticket = self.ask("technical", "urgent")
        close_ticket(self.house.tenant.pk, ticket.pk, by=as_member(self.house))
        reopen_ticket(
            self.house.tenant.pk, ticket.pk, "Still.",
            side=Side.CUSTOMER, by=as_member(self.house), via=Via.PORTAL,
        )  # fmt: skip

    def much_was_said(self) -> None:
        ticket = Ticket.objects.get(pk=self.id)
        Message.objects.bulk_create(
            Message(
                tenant=self.house.tenant, ticket=ticket, side=Side.CUSTOMER, via=Via.PORTAL,
                author="Somebody", author_kind="person", author_id=self.house.person("manager").pk,
                body="And?", created_at=ticket.created_at - timedelta(minutes=minutes),
            )
            for minutes in range(1, 51)
        )  # fmt: skip

    def service(self) -> None:
        service, _ = order_service(self.house.tenant, "house", "month", by=SYSTEM)
        self.given["service"] = str(service.pk)

    def file(self) -> None:
        self.given["attachments"] = [str(self.announced("printer.jpg", "image/jpeg").pk)]

    def too_much(self) -> None:
        self.given["body"] = "x" * (LONGEST_BODY + 1)

    def the_limit(self) -> None:
        subscribe(self.house, make_plan("small", open_tickets=1))
        self.ask("general")

    def the_waiter(self) -> None:
        self.role = "waiter"

    def ask(
        self, department: str, priority: str = "normal", role: str = "owner", **about: Any
    ) -> Ticket:
        ticket = a_ticket(
            self.house, role, department=Department.objects.get(key=department),
            priority=priority, **about,
        )  # fmt: skip
        self.id = ticket.pk
        return ticket

    def announced(self, name: str, kind: str, message: Message | None = None) -> Attachment:
        return Attachment.objects.create(
            tenant=self.house.tenant, message=message, announced_by_kind="person",
            announced_by_id=self.house.person("owner").pk, filename=name, content_type=kind, size=5,
        )  # fmt: skip

    def check(self, file: Attachment, **found: Any) -> None:
        AttachmentCheck.objects.create(tenant=self.house.tenant, attachment=file, **found)


S = Scene
ALL = [S.closed, S.reopened, S.silent, S.of_the_waiter, S.about_an_invoice, S.printer]
SCENES: dict[str, list[Callable[[Scene], None]]] = {
    "ticket-close": [S.printer],
    "ticket-close-closed": [S.closed],
    "ticket-create": [],
    "ticket-create-attachments-unknown": [],
    "ticket-create-invalid": [],
    "ticket-create-limit-reached": [S.the_limit],
    "ticket-create-link-forbidden": [S.the_waiter],
    "ticket-create-unknown-invoice": [],
    "ticket-create-with-file": [S.service, S.file],
    "ticket-messages-list": [S.printer],
    "ticket-not-found": [],
    "ticket-options": [],
    "ticket-read": [S.printer],
    "ticket-reopen": [S.closed],
    "ticket-reopen-open": [S.printer],
    "ticket-reply": [S.printer],
    "ticket-reply-attachments-unknown": [S.printer],
    "ticket-reply-closed": [S.closed],
    "ticket-reply-empty": [S.printer],
    "ticket-reply-merged": [S.the_other],
    "ticket-reply-too-long": [S.printer, S.too_much],
    "ticket-retrieve": [S.printer, S.much_was_said],
    "ticket-retrieve-closed": [S.closed],
    "ticket-retrieve-closing": [S.silent],
    "ticket-retrieve-invoice": [S.about_an_invoice],
    "ticket-retrieve-merged": [S.the_other],
    "tickets-list": ALL,
    "tickets-list-empty": [],
    "tickets-summary": ALL,
}


@pytest.fixture(autouse=True)
def _plans(db: None) -> None:
    make_seller()
    make_plans()


def test_every_example_is_played() -> None:
    assert sorted(SCENES) == OURS


@pytest.mark.parametrize("name", OURS)
def test_the_answer_is_like_the_example(
    aurora: House, visit: Callable[..., Api], name: str
) -> None:
    scene = Scene(aurora, visit)
    with time_machine.travel(timezone.now() - timedelta(hours=1), tick=True):
        for prepare in SCENES[name]:
            prepare(scene)
    example = examples.read(name)
    method, path = example["operation"].split()
    body = example.get("request")
    api = visit(aurora.person(scene.role), aurora.tenant)

    response = api(method, path.format(id=scene.id), body and body | scene.given)

    assert examples.held_against(example, response, EXACT) == []


def test_what_was_written_is_shown_as_we_render_it() -> None:
    """The portal's pages are built with them."""
    shown = [
        message
        for name in OURS
        for message in messages_in(examples.read(name).get("response"))
        if not message["event"]
    ]
    assert len(shown) == 17
    assert [render(each["body"]) for each in shown] == [each["body_html"] for each in shown]


def test_a_ticket_is_the_same_in_the_list_and_by_itself() -> None:
    listed = {row["id"]: row for row in examples.read("tickets-list")["response"]["results"]}
    for name in examples.names("ticket-retrieve"):
        shown = examples.read(name)["response"]
        row = listed[shown["id"]]
        assert row == {member: shown[member] for member in row}
        assert shown["last_message_at"] == shown["messages"][-1]["created_at"]


def test_the_one_that_is_silent_closes_as_announced() -> None:
    shown = examples.read("ticket-retrieve-closing")["response"]
    announced, closes = (
        datetime.fromisoformat(moment)
        for moment in (shown["messages"][-1]["created_at"], shown["closes_at"])
    )
    assert closes - announced == NOTICE


def messages_in(response: Any) -> list[dict[str, Any]]:
    if not isinstance(response, dict):
        return []
    if "body_html" in response:
        return [response]
    found = [*response.get("messages", ()), *response.get("results", ())]
    return [each for each in found if "body_html" in each]
