"""The demo's tickets: in every state, told by the workflows, of the past, and told to nobody."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from backend.audit.models import AuditEvent
from backend.billing import demo as billing
from backend.common.actor import Actor
from backend.common.tests.stores import local_store  # noqa: F401 - a fixture
from backend.conftest import House
from backend.services import demo as plans
from backend.services.models import PlanLimit
from backend.tickets import demo, jobs
from backend.tickets.ages import Age, age_of
from backend.tickets.canned import unknown_placeholders
from backend.tickets.models import (
    AttachmentCheck,
    CannedReply,
    Department,
    InternalNote,
    Message,
    ServiceLevel,
    State,
    Ticket,
    TicketAssignment,
    TicketReading,
    TicketTransition,
)
from backend.tickets.viewers import Viewer
from backend.tickets.workflows.end_silence import end_silence

pytestmark = pytest.mark.django_db
ONE_DAY = timedelta(days=1)
MODELS = (
    Ticket, TicketTransition, Message, InternalNote, TicketAssignment, TicketReading, CannedReply,
    Department, ServiceLevel, AttachmentCheck, AuditEvent, ProcrastinateJob,
)  # fmt: skip


@pytest.fixture
def restaurants(aurora: House, bluefin: House) -> None:
    """As the whole demo makes them, without all their guests."""
    aurora.tenant.vat_id = "IT12345670587"
    aurora.tenant.save()
    said: list[str] = []
    plans.load(said.append)
    billing.load(said.append)


def load() -> list[str]:
    said: list[str] = []
    demo.load(said.append)
    return said


def contents() -> dict[str, list[Any]]:
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in MODELS}


@pytest.mark.usefixtures("restaurants", "local_store")
def test_there_is_one_of_everything(aurora: House, bluefin: House) -> None:
    assert load() == ["  18 tickets of Trattoria Aurora", "  9 tickets of Blue Fin Sushi"]
    tickets = list(Ticket.objects.all())
    assert {each.state for each in tickets} == set(State.values)
    now = timezone.now()
    waiting = [each for each in tickets if each.waiting_since]
    ages = [age_of(each.waiting_since, each.answer_due_at, now) for each in waiting]
    assert [ages.count(age) for age in (Age.LATE, Age.SOON, Age.FINE)] == [1, 1, 5]
    assert [each.subject for each in tickets if each.merged_into_id] == [
        "Kitchen doesn't get my orders"
    ]
    assert Ticket.objects.filter(invoice__isnull=False).count() == 2
    assert Ticket.objects.filter(service__isnull=False).count() == 2
    assert InternalNote.objects.count() == 8
    events = Message.objects.exclude(event="").values_list("event", flat=True)
    assert set(events) == {"closing-soon", "closed-silent", "merged"}
    assert list(AttachmentCheck.objects.values_list("refusal", flat=True)) == ["", ""]
    assert {each.opened_by_id for each in tickets} >= {
        member.person_id for member in aurora.members.values()
    }
    unread = TicketReading.objects.filter(unread_since__isnull=False)
    assert set(unread.values_list("person_id", "ticket__subject")) == {
        (aurora.person("owner").pk, "Reminder, although I have paid"),
        (aurora.person("owner").pk, "Who may see the takings?"),
        (aurora.person("waiter").pk, "My name is spelt wrong"),
        (bluefin.person("manager").pk, "Rota for the bank holiday"),
    }
    of_waiter = Viewer.of_member(aurora.members["waiter"]).tickets()
    assert of_waiter.count() == 4


@pytest.mark.usefixtures("restaurants")
def test_it_happened_then(aurora: House) -> None:
    load()
    now = timezone.now()
    for model in (Ticket, Message, InternalNote, AuditEvent):
        assert not model.objects.filter(created_at__gte=now).exists()
    for note in InternalNote.objects.select_related("ticket"):
        assert note.ticket.created_at < note.created_at < note.ticket.last_message_at + ONE_DAY
    tickets = list(Ticket.objects.for_tenant(aurora.tenant.pk).order_by("number"))
    assert [each.number for each in tickets] == list(range(1, 19))
    opened = [each.created_at for each in tickets]
    assert opened == sorted(opened)
    assert opened[0] < now - timedelta(days=100)
    for ticket in tickets:
        messages = ticket.messages.values_list("created_at", flat=True)
        assert abs(messages[0] - ticket.created_at) < timedelta(minutes=1)
        assert ticket.last_message_at == messages.last()
    # Else the first hourly look would change what was told.
    assert list(end_silence()) == []


@pytest.mark.usefixtures("restaurants")
def test_nobody_is_written_to() -> None:
    load()
    tasks = ProcrastinateJob.objects.values_list("task_name", flat=True)
    assert jobs.MAIL_MESSAGE not in tasks


@pytest.mark.usefixtures("restaurants")
def test_the_support_is_set_up() -> None:
    load()
    assert not Department.objects.filter(email="").exists()
    levels = ServiceLevel.objects.filter(plan__key="house").values_list("answer_within_hours")
    assert sorted(hours for (hours,) in levels) == [2, 6, 12, 48]
    for canned in CannedReply.objects.all():
        assert unknown_placeholders(canned.body + canned.body_de) == []
    limits = PlanLimit.objects.filter(name="open_tickets").values_list("plan__key", "value")
    assert dict(limits) == {"trial": 25, "starter": 25, "house": 100}


@pytest.mark.usefixtures("restaurants", "local_store")
def test_a_second_time_makes_nothing_and_changes_nothing() -> None:
    load()
    CannedReply.objects.filter(title="Solved?").delete()
    Department.objects.filter(key="billing").update(email="")
    before = contents()
    assert load() == []
    assert contents() == before


def test_who_isnt_open_asks_nothing(aurora: House, bluefin: House) -> None:
    for house in (aurora, bluefin):
        house.tenant.suspend(by=Actor.system(), reason="Unpaid")
    before = contents()
    assert load() == []
    assert contents() == before
