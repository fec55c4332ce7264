"""Two tickets become one, and nobody sees more than before."""

from __future__ import annotations

import pytest

from backend.common.actor import Actor
from backend.conftest import House
from backend.tickets.errors import MergeRefused, TicketMerged, TicketNotFound
from backend.tickets.models import Event, State
from backend.tickets.tests.cast import a_ticket, asked, support
from backend.tickets.thread import thread
from backend.tickets.viewers import Viewer
from backend.tickets.workflows.merge_tickets import merge_tickets


def test_the_merged_one_is_closed_and_goes_on_in_the_other(aurora: House) -> None:
    first, second, third = a_ticket(aurora), a_ticket(aurora), a_ticket(aurora)
    by = Actor.staff(support())
    merge_tickets(aurora.tenant.pk, third.pk, second.pk, by=by)
    merge_tickets(aurora.tenant.pk, second.pk, first.pk, by=by)
    for merged in (second, third):
        merged.refresh_from_db()
        assert (merged.state, merged.merged_into_id) == (State.CLOSED, first.pk)
    with pytest.raises(TicketMerged) as refused:
        asked(third, aurora)
    assert refused.value.extensions == {"id": str(first.pk), "number": first.number}
    first.refresh_from_db()
    assert first.state == State.OPEN
    assert list(first.messages.values_list("event", flat=True)) == ["", Event.MERGED]


def test_a_merge_shows_nobody_what_they_couldnt_see(aurora: House) -> None:
    of_waiter = a_ticket(aurora, "waiter", body="The till hangs.")
    of_owner = a_ticket(aurora, "owner", body="The till hangs, and who broke it was Luca.")
    merge_tickets(aurora.tenant.pk, of_owner.pk, of_waiter.pk, by=Actor.staff(support()))

    def read_by(role: str) -> list[str]:
        seen = Viewer.of_member(aurora.members[role]).tickets()
        return [each.body for each in thread(seen, of_waiter) if each.body]

    assert read_by("waiter") == ["The till hangs."]
    assert read_by("owner") == ["The till hangs.", "The till hangs, and who broke it was Luca."]


def test_what_cant_be_merged_stays_as_it_is(aurora: House, bluefin: House) -> None:
    ticket, other = a_ticket(aurora), a_ticket(bluefin)
    by = Actor.staff(support())
    with pytest.raises(MergeRefused):
        merge_tickets(aurora.tenant.pk, ticket.pk, ticket.pk, by=by)
    with pytest.raises(TicketNotFound):
        merge_tickets(aurora.tenant.pk, ticket.pk, other.pk, by=by)
    for each in (ticket, other):
        each.refresh_from_db()
        assert (each.state, each.messages.count()) == (State.OPEN, 1)
