"""What staff do with one ticket besides writing into it, each by its own permission."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from backend.accounts.models import Person
from backend.audit.models import AuditEvent
from backend.common.actor import Actor
from backend.conftest import House
from backend.tickets.models import (
    Department,
    Message,
    ServiceLevel,
    State,
    Ticket,
    TicketAssignment,
    TicketTransition,
)
from backend.tickets.tests.cast import a_ticket, answered, as_member
from backend.tickets.workflows.close_ticket import close_ticket
from backend.tickets.workflows.merge_tickets import merge_tickets

Staff = Callable[..., Client]
pytestmark = pytest.mark.django_db

VIEW = "tickets.view_ticket"
FACTS = (Ticket, TicketTransition, TicketAssignment, Message, LogEntry)


def facts() -> dict[str, list[Any]]:
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in FACTS}


def page_of(ticket: Ticket, part: str = "change") -> str:
    return f"/admin/tickets/ticket/{ticket.pk}/{part}/"


def agent(name: str = "Kim", **changes: Any) -> Person:
    given = {"email": f"{name.lower()}@tavola.test", "is_staff": True, "is_superuser": True}
    return Person.objects.create(**{"name": name, **given, **changes})


def me() -> Person:
    return Person.objects.filter(name="Staff").latest("created_at")


def trail(ticket: Ticket) -> list[tuple[str, dict[str, Any]]]:
    events = AuditEvent.objects.filter(about_id=ticket.pk).exclude(action="ticket.opened")
    return list(events.order_by("pk").values_list("action", "data"))


def test_a_ticket_is_taken_with_one_button(staff: Staff, aurora: House) -> None:
    ticket = a_ticket(aurora)
    browser = staff(VIEW, "tickets.assign_ticket", "tickets.reply_ticket")
    assert "Assign to me" in browser.get(page_of(ticket)).content.decode()
    page = browser.post(page_of(ticket, "take"), follow=True)
    assert TicketAssignment.objects.get().assignee == me()
    html = page.content.decode()
    assert "Looked after by Staff" in html
    assert "Assign to me" not in html
    assert browser.get(page_of(ticket, "take"))["Location"] == page_of(ticket)


def test_who_cant_answer_cant_take_it(staff: Staff, aurora: House) -> None:
    ticket = a_ticket(aurora)
    page = staff(VIEW, "tickets.assign_ticket").post(page_of(ticket, "take"), follow=True)
    assert "This person can&#x27;t answer tickets." in page.content.decode()
    assert not TicketAssignment.objects.exists()


def test_it_is_given_to_somebody_else_and_to_nobody(staff: Staff, aurora: House) -> None:
    ticket = a_ticket(aurora)
    kim, ben = agent("Kim"), agent("Ben")
    browser = staff(VIEW, "tickets.assign_ticket")
    for assignee in (kim, ben, ben, None):
        data = {"assignee": assignee.pk if assignee else ""}
        answer = browser.post(page_of(ticket, "assign"), data)
        assert answer.status_code == 302
        given = TicketAssignment.objects.filter(ticket=ticket)
        assert [each.assignee for each in given] == [assignee] * bool(assignee)
    assert trail(ticket) == [
        ("ticket.assigned", {"assignee": "Kim"}),
        ("ticket.assigned", {"assignee": "Ben"}),
        ("ticket.assigned", {}),
    ]
    assert LogEntry.objects.latest("pk").object_repr == "Ticket #1 of Trattoria Aurora"


def test_only_those_who_answer_are_offered(staff: Staff, aurora: House) -> None:
    ticket = a_ticket(aurora)
    agent("Ann", is_superuser=False)
    agent("Gone", is_active=False)
    agent("Guest", is_staff=False)
    able = [agent("Kim"), agent("Zoe")]
    browser = staff(VIEW, "tickets.assign_ticket")
    before = facts()
    form = browser.get(page_of(ticket, "assign")).context["form"]
    assert list(form.fields["assignee"].queryset) == able
    for name in ("Ann", "Gone", "Guest"):
        other = Person.objects.get(name=name)
        assert browser.post(page_of(ticket, "assign"), {"assignee": other.pk}).status_code == 200
    assert facts() == before


def test_another_priority_counts_from_the_same_moment(staff: Staff, aurora: House) -> None:
    ticket = a_ticket(aurora, priority="low")
    ServiceLevel.objects.filter(priority="urgent").update(answer_within_hours=3)
    billing = Department.objects.get(key="billing")
    browser = staff(VIEW, "tickets.route_ticket")
    shown = browser.get(page_of(ticket, "route")).context["form"]
    assert shown.initial == {"department": ticket.department_id, "priority": "low"}
    answer = browser.post(
        page_of(ticket, "route"), {"department": billing.pk, "priority": "urgent"}
    )
    assert answer.status_code == 302
    ticket.refresh_from_db()
    assert (ticket.department, ticket.priority) == (billing, "urgent")
    assert ticket.answer_due_at - ticket.waiting_since == timedelta(hours=3)
    assert trail(ticket) == [("ticket.routed", {"department": "billing", "priority": "urgent"})]


def test_who_isnt_waited_for_isnt_due_by_another_priority(staff: Staff, aurora: House) -> None:
    ticket = a_ticket(aurora)
    answered(ticket)
    staff().post(page_of(ticket, "route"), {"department": ticket.department_id, "priority": "high"})
    ticket.refresh_from_db()
    assert (ticket.priority, ticket.answer_due_at) == ("high", None)


def test_a_withdrawn_department_keeps_what_it_has_and_gets_no_more(
    staff: Staff, aurora: House
) -> None:
    ticket = a_ticket(aurora)
    technical, billing = ticket.department, Department.objects.get(key="billing")
    for each in (technical, billing):
        each.withdrawn_at = ticket.created_at
        each.save()
    browser = staff()
    for department, status in ((billing, 200), (technical, 302)):
        data = {"department": department.pk, "priority": "high"}
        assert browser.post(page_of(ticket, "route"), data).status_code == status
    ticket.refresh_from_db()
    assert (ticket.department, ticket.priority) == (technical, "high")


def test_it_is_closed_with_a_reason_or_without(staff: Staff, aurora: House) -> None:
    browser = staff(VIEW, "tickets.close_ticket")
    for reason in ("", "Solved by phone."):
        ticket = a_ticket(aurora)
        assert browser.post(page_of(ticket, "close"), {"reason": reason}).status_code == 302
        ticket.refresh_from_db()
        assert ticket.state == State.CLOSED
        assert ticket.transitions.get().reason == reason
        assert browser.post(page_of(ticket, "close"), {"reason": "Again"}).status_code == 404


def test_two_become_one_once_that_is_confirmed(staff: Staff, aurora: House, bluefin: House) -> None:
    first, second, third = a_ticket(aurora), a_ticket(aurora, "waiter"), a_ticket(aurora)
    theirs = a_ticket(bluefin)
    close_ticket(aurora.tenant.pk, third.pk, by=as_member(aurora))
    browser = staff(VIEW, "tickets.merge_ticket")
    before = facts()
    page = browser.get(page_of(second, "merge"))
    assert "be undone" in page.content.decode()
    assert list(page.context["form"].fields["into"].queryset) == [first]
    for other in (third, theirs, second):
        assert browser.post(page_of(second, "merge"), {"into": other.pk}).status_code == 200
    assert facts() == before

    answer = browser.post(page_of(second, "merge"), {"into": first.pk}, follow=True)

    second.refresh_from_db()
    assert (second.state, second.merged_into) == (State.CLOSED, first)
    assert "It goes on in" in answer.content.decode()
    assert "#2 goes on in #1." in [str(each) for each in answer.context["messages"]]


def test_where_there_is_no_other_nothing_is_merged(staff: Staff, aurora: House) -> None:
    ticket = a_ticket(aurora)
    browser = staff()
    assert page_of(ticket, "merge") not in browser.get(page_of(ticket)).content.decode()
    assert browser.get(page_of(ticket, "merge")).status_code == 404


ACTIONS = {
    "assign": "tickets.assign_ticket",
    "take": "tickets.assign_ticket",
    "route": "tickets.route_ticket",
    "close": "tickets.close_ticket",
    "merge": "tickets.merge_ticket",
    "reply": "tickets.reply_ticket",
    "note": "tickets.note_ticket",
}


@pytest.mark.parametrize("action", ACTIONS)
def test_who_may_not_is_offered_nothing_and_changes_nothing(
    staff: Staff, aurora: House, action: str
) -> None:
    ticket, other = a_ticket(aurora), a_ticket(aurora)
    agent("Kim")
    others = [each for name, each in ACTIONS.items() if each != ACTIONS[action]]
    for permissions in ([VIEW, *others], [ACTIONS[action]]):
        browser = staff(*permissions)
        before = facts()
        if VIEW in permissions:
            html = browser.get(page_of(ticket)).content.decode()
            assert page_of(ticket, action) not in html
        data = {
            "assignee": me().pk, "department": ticket.department_id, "priority": "urgent",
            "into": other.pk, "body": "Hello",
        }  # fmt: skip
        assert browser.post(page_of(ticket, action), data).status_code == 403
        assert facts() == before


def test_a_closed_one_is_only_reopened(staff: Staff, aurora: House) -> None:
    ticket, other = a_ticket(aurora), a_ticket(aurora)
    browser = staff()
    merge_tickets(aurora.tenant.pk, ticket.pk, other.pk, by=Actor.staff(me()))
    before = facts()
    for action in ("assign", "route", "merge", "close"):
        assert browser.post(page_of(ticket, action), {}).status_code == 404
    page = browser.post(page_of(ticket, "take"), follow=True)
    assert "goes on in another one" in page.content.decode()
    assert facts() == before
