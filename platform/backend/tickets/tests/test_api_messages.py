"""Reading a ticket, and going on in it."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from backend.common.actor import Actor
from backend.conftest import Api, House
from backend.tickets.models import (
    Attachment,
    AttachmentCheck,
    Event,
    Message,
    Side,
    Via,
)
from backend.tickets.models import Ticket as Ticket
from backend.tickets.tests.asking import NEW, fields, owner, problem, statements, waiter
from backend.tickets.tests.cast import a_ticket, answered, as_member, asked, support
from backend.tickets.workflows.merge_tickets import merge_tickets
from backend.tickets.workflows.write_message import add_message

__all__ = ["owner", "waiter"]
pytestmark = pytest.mark.django_db


def an_attachment(house: House, role: str = "owner", **facts: Any) -> Attachment:
    return Attachment.objects.create(
        tenant=house.tenant, announced_by_kind="person", announced_by_id=house.person(role).pk,
        filename="a.pdf", content_type="application/pdf", size=5, **facts,
    )  # fmt: skip


def test_a_reply_goes_to_support(aurora: House, owner: Api, waiter: Api) -> None:
    ticket = a_ticket(aurora, "waiter")
    answered(ticket)
    response = owner.post(f"tickets/{ticket.pk}/messages/", {"body": "No."})
    assert response.status_code == 201
    assert (response.json()["is_you"], response.json()["body_html"]) == (True, "<p>No.</p>\n")
    shown = waiter.get(f"tickets/{ticket.pk}/").json()
    assert shown["state"] == "awaiting_staff"
    assert [
        (each["side"], each["author"], each["is_you"], each["is_new"]) for each in shown["messages"]
    ] == [
        ("customer", "Waiter Trattoria Aurora", True, False),
        ("staff", "Sam Support", False, True),
        ("customer", "Owner Trattoria Aurora", False, True),
    ]
    # Who answers has read what was there.
    assert [each["is_new"] for each in owner.get(f"tickets/{ticket.pk}/").json()["messages"]] == [
        False, False, False,
    ]  # fmt: skip


def test_a_closed_ticket_goes_on_when_it_is_reopened(aurora: House, owner: Api) -> None:
    ticket = a_ticket(aurora)
    path, said = f"tickets/{ticket.pk}", {"body": "Again."}
    assert problem(owner.post(f"{path}/reopening/", said)) == (409, "transition-refused")
    response = owner.post(f"{path}/closure/", {"reason": "It works"})
    assert response.status_code == 200
    assert response.json() == owner.get("tickets/").json()["results"][0]
    assert (response.json()["state"], response.json()["can"]) == ("closed", ["reopen"])
    assert problem(owner.post(f"{path}/messages/", said)) == (409, "ticket-closed")
    assert problem(owner.post(f"{path}/closure/")) == (409, "transition-refused")
    assert fields(owner.post(f"{path}/reopening/", {"body": " "})) == [("body", "blank")]
    assert ticket.messages.count() == 1
    response = owner.post(f"{path}/reopening/", said)
    assert (response.status_code, response.json()["state"]) == (200, "reopened")
    assert list(ticket.messages.values_list("body", flat=True))[1:] == ["Again."]
    assert list(ticket.transitions.values_list("changed_by", "reason")) == [
        ("Owner Trattoria Aurora", "It works"),
        ("Owner Trattoria Aurora", ""),
    ]


def test_a_merged_ticket_goes_on_where_it_was_merged_into(
    aurora: House, owner: Api, waiter: Api
) -> None:
    of_waiter, of_owner = a_ticket(aurora, "waiter"), a_ticket(aurora, subject="Secret")
    merge_tickets(aurora.tenant.pk, of_waiter.pk, of_owner.pk, by=Actor.staff(support()))
    said = {"body": "Hello?"}
    for path in ("messages", "reopening", "closure"):
        given = said if path != "closure" else {}
        refused = owner.post(f"tickets/{of_waiter.pk}/{path}/", given)
        assert problem(refused) == (409, "ticket-merged")
        assert refused.json()["number"] == of_owner.number
        # The waiter may not see that one, nor so much as its number.
        refused = waiter.post(f"tickets/{of_waiter.pk}/{path}/", given)
        assert problem(refused) == (409, "ticket-merged")
        assert not {"id", "number"} & set(refused.json())
    assert Message.objects.filter(side=Side.CUSTOMER).count() == 2
    shown = owner.get(f"tickets/{of_owner.pk}/").json()["messages"]
    assert [(each["ticket_number"], each["event"]) for each in shown] == [
        (of_waiter.number, None),
        (of_owner.number, None),
        (of_owner.number, "merged"),
    ]
    assert "merged into this one" in shown[2]["body_html"]


def test_a_merge_shows_nobody_more_than_before(aurora: House, owner: Api, waiter: Api) -> None:
    of_waiter, of_owner = a_ticket(aurora, "waiter"), a_ticket(aurora, body="The safe's code is 1")
    merge_tickets(aurora.tenant.pk, of_owner.pk, of_waiter.pk, by=Actor.staff(support()))
    for path in (f"tickets/{of_waiter.pk}/", f"tickets/{of_waiter.pk}/messages/"):
        assert "safe" not in waiter.get(path).content.decode()
        assert "safe" in owner.get(path).content.decode()


def test_files_are_shown_with_their_message(aurora: House, owner: Api, waiter: Api) -> None:
    ticket = a_ticket(aurora)
    file, of_another = an_attachment(aurora), an_attachment(aurora, "waiter")
    path = f"tickets/{ticket.pk}/messages/"
    refused = owner.post(path, {"body": "See", "attachments": [str(of_another.pk)]})
    assert problem(refused) == (409, "attachments-unknown")
    assert refused.json()["ids"] == [str(of_another.pk)]
    sent = owner.post(path, {"body": "See", "attachments": [str(file.pk)]}).json()
    shown = {
        "id": str(file.pk), "filename": "a.pdf", "content_type": "application/pdf", "size": 5,
        "state": "checking", "refusal": None,
    }  # fmt: skip
    assert sent["attachments"] == [shown]
    # Once sent it isn't sent again.
    again = owner.post(path, {"body": "See", "attachments": [str(file.pk)]})
    assert problem(again) == (409, "attachments-unknown")
    check = AttachmentCheck.objects.create(
        tenant=aurora.tenant, attachment=file, found_size=5, sha256="0" * 64
    )
    [_, message] = owner.get(f"tickets/{ticket.pk}/").json()["messages"]
    assert message["attachments"] == [shown | {"state": "ready"}]
    second = an_attachment(aurora, message_id=message["id"])
    AttachmentCheck.objects.create(tenant=aurora.tenant, attachment=second, refusal="kind")
    [message, _] = owner.get(path).json()["results"]
    assert [(each["state"], each["refusal"]) for each in message["attachments"]] == [
        ("ready", None),
        ("refused", "kind"),
    ]
    assert check.refusal == ""


def test_what_the_platform_says_is_in_the_readers_language(aurora: House, owner: Api) -> None:
    ticket = a_ticket(aurora)
    answered(ticket)
    ticket.refresh_from_db()
    at = timezone.now().replace(year=2027, month=1, day=5, hour=23, minute=30)
    add_message(
        ticket, "", side=Side.SYSTEM, by=Actor.system(), via=Via.SYSTEM,
        event=Event.CLOSING_SOON, at=at,
    )  # fmt: skip
    aurora.tenant.time_zone = "Europe/Rome"
    aurora.tenant.save()
    # Three days later, and it is past midnight in Rome.
    message = owner.get(f"tickets/{ticket.pk}/").json()["messages"][-1]
    assert (message["body"], message["event"], message["side"]) == ("", "closing-soon", "system")
    assert "closed on 9 January 2027 unless" in message["body_html"]
    person = aurora.person("owner")
    person.language = "de"
    person.save()
    message = owner.get(f"tickets/{ticket.pk}/").json()["messages"][-1]
    assert "am 9. Januar 2027 geschlossen" in message["body_html"]


def test_of_many_messages_the_newest_come_first(aurora: House, owner: Api) -> None:
    ticket = a_ticket(aurora, body="0")
    for number in range(1, 6):
        asked(ticket, aurora, body=str(number))
    shown = owner.get(f"tickets/{ticket.pk}/?limit=2").json()
    assert [each["body"] for each in shown["messages"]] == ["4", "5"]
    earlier = f"?limit=2&cursor={shown['earlier_cursor']}"
    page = owner.get(f"tickets/{ticket.pk}/messages/{earlier}").json()
    assert [each["body"] for each in page["results"]] == ["3", "2"]
    # The page of a ticket turns back by the same cursor.
    shown = owner.get(f"tickets/{ticket.pk}/{earlier}").json()
    assert [each["body"] for each in shown["messages"]] == ["2", "3"]
    shown = owner.get(f"tickets/{ticket.pk}/?limit=2&cursor={shown['earlier_cursor']}").json()
    assert [each["body"] for each in shown["messages"]] == ["0", "1"]
    assert shown["earlier_cursor"] is None
    assert fields(owner.get(f"tickets/{ticket.pk}/?cursor=x")) == [("cursor", "invalid")]


def test_as_many_queries_however_much_was_said(aurora: House, owner: Api) -> None:
    small, large = a_ticket(aurora), a_ticket(aurora)
    merge_tickets(aurora.tenant.pk, a_ticket(aurora).pk, large.pk, by=as_member(aurora))
    large.refresh_from_db()
    for _ in range(4):
        message = answered(large)
        an_attachment(aurora, message=message)
        an_attachment(aurora, message=message)
    for ticket in (small, large):
        path = f"tickets/{ticket.pk}/"
        # The ticket, what was merged into it, its messages, their files, the departments.
        assert statements(lambda: owner.get(path)) == 5  # noqa: B023
        assert statements(lambda: owner.get(f"{path}messages/")) == 4  # noqa: B023


def test_reading_takes_away_what_is_new_and_nothing_else(aurora: House, owner: Api) -> None:
    ticket = a_ticket(aurora)
    answered(ticket)
    path = f"tickets/{ticket.pk}/"
    assert [each["is_new"] for each in owner.get(path).json()["messages"]] == [False, True]
    # Looking isn't reading: a program may look.
    assert [each["is_new"] for each in owner.get(path).json()["messages"]] == [False, True]
    assert fields(owner.post(f"{path}reading/", {"until": "now"})) == [("until", "unknown")]
    assert owner.post(f"{path}reading/").status_code == 204
    assert [each["is_new"] for each in owner.get(path).json()["messages"]] == [False, False]
    assert owner.get(path).json()["state"] == "awaiting_customer"


def test_an_app_reads_too(aurora: House) -> None:
    made = aurora.app.post("tickets/", NEW).json()
    ticket = Ticket.objects.get(pk=made["id"])
    assert aurora.app.post(f"tickets/{ticket.pk}/reading/").status_code == 204
    answered(ticket)
    assert [row["is_unread"] for row in aurora.app.get("tickets/?unread=true").json()["results"]]
    assert aurora.app.post(f"tickets/{ticket.pk}/reading/").status_code == 204
    assert aurora.app.get("tickets/?unread=true").json()["results"] == []
