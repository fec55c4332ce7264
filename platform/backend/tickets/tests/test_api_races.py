"""What happens at the same moment, with real transactions."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from backend.billing.tests.world import at_once
from backend.conftest import Api, House
from backend.services.tests.conftest import make_plan, subscribe
from backend.tickets.models import Message, State, Ticket, TicketReading
from backend.tickets.tests.asking import NEW
from backend.tickets.tests.cast import a_ticket, answered, as_member
from backend.tickets.workflows.close_ticket import close_ticket

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def two(aurora: House, visit: Callable[..., Api]) -> tuple[Api, Api]:
    """The owner and the manager, each in a browser of their own."""
    return visit(aurora.person("owner"), aurora.tenant), visit(
        aurora.person("manager"), aurora.tenant
    )


def test_two_members_reply_and_both_stand(aurora: House, two: tuple[Api, Api]) -> None:
    ticket = a_ticket(aurora)
    answered(ticket)
    path = f"tickets/{ticket.pk}/messages/"
    replies = at_once(*(lambda api=api: api.post(path, {"body": "Yes."}) for api in two))
    assert [reply.status_code for reply in replies] == [201, 201]
    said = list(ticket.messages.order_by("created_at").values_list("author_id", "created_at"))
    assert {author for author, _ in said[2:]} == {
        aurora.person("owner").pk,
        aurora.person("manager").pk,
    }
    assert said[2][1] < said[3][1]
    ticket.refresh_from_db()
    assert (ticket.state, ticket.waiting_since) == (State.AWAITING_STAFF, said[2][1])
    assert ticket.last_message_at == said[3][1]
    # The one who came first has something new to read, the other has nothing.
    unread = TicketReading.objects.filter(ticket=ticket).values_list("person_id", "unread_since")
    assert dict(unread) == {said[2][0]: said[3][1], said[3][0]: None}


def test_a_ticket_is_closed_once(aurora: House, two: tuple[Api, Api]) -> None:
    ticket = a_ticket(aurora)
    path = f"tickets/{ticket.pk}/closure/"
    closed = at_once(*(lambda api=api: api.post(path) for api in two))
    assert sorted(each.status_code for each in closed) == [200, 409]
    assert ticket.transitions.count() == 1


def test_reopened_once_and_answered_by_the_other(aurora: House, two: tuple[Api, Api]) -> None:
    ticket = a_ticket(aurora)
    close_ticket(aurora.tenant.pk, ticket.pk, by=as_member(aurora))
    path, said = f"tickets/{ticket.pk}/reopening/", {"body": "Again."}
    opened = at_once(*(lambda api=api: api.post(path, said) for api in two))
    assert sorted(each.status_code for each in opened) == [200, 409]
    assert ticket.messages.count() == 2


def test_the_last_place_is_taken_once(aurora: House, two: tuple[Api, Api]) -> None:
    subscribe(aurora, make_plan("small", open_tickets=1))
    opened = at_once(*(lambda api=api: api.post("tickets/", NEW) for api in two))
    assert sorted(each.status_code for each in opened) == [201, 409]
    assert Ticket.objects.count() == Message.objects.count() == 1


def test_each_gets_a_number_of_its_own(aurora: House, two: tuple[Api, Api]) -> None:
    opened = at_once(*(lambda api=api: api.post("tickets/", NEW) for api in two * 2))
    assert sorted(each.json()["number"] for each in opened) == [1, 2, 3, 4]


def test_a_twin_with_the_same_key_waits(aurora: House, two: tuple[Api, Api]) -> None:
    owner, _ = two
    opened = at_once(*(lambda: owner.post("tickets/", NEW, idempotency_key="a") for _ in range(3)))
    assert [each.status_code for each in opened] == [201] * 3
    assert len({each.json()["id"] for each in opened}) == 1
    assert Ticket.objects.count() == 1
