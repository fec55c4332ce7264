"""What is overdue is reminded of, level by level, each once."""

from __future__ import annotations

from typing import Any

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from backend.audit.models import AuditEvent
from backend.billing.jobs import MAIL_REMINDER
from backend.billing.models import Invoice, Reminder, Seller
from backend.billing.tests.cast import SYSTEM, issued, transfer
from backend.billing.tests.runs import at, done
from backend.conftest import House

pytestmark = pytest.mark.django_db


@pytest.fixture
def owed(seller: Seller, aurora: House) -> Invoice:
    """Due on 15 January: the levels are 3, 10 and 17 days later."""
    with at("2027-01-01"):
        return issued(aurora)


def levels(invoice: Invoice) -> list[int]:
    found = Reminder.objects.filter(invoice=invoice).order_by("pk")
    return list(found.values_list("level", flat=True))


def test_each_level_is_sent_once_on_its_day(owed: Invoice) -> None:
    assert str(owed.due_on) == "2027-01-15"
    with at("2027-01-17"):
        assert done("reminders") == []
    with at("2027-01-18"):
        [outcome] = done("reminders")
        assert done("reminders") == []
    assert outcome.told == (f"Reminder 1 of invoice {owed.number}: 120.00 EUR, 3 days late",)
    with at("2027-01-25"):
        done("reminders")
    with at("2027-02-01"):
        done("reminders")
    with at("2027-06-01"):
        assert done("reminders") == []
    assert levels(owed) == [1, 2, 3]


def test_each_reminder_is_mailed_by_a_job_and_on_record(owed: Invoice) -> None:
    with at("2027-01-18"):
        done("reminders")
    [reminder] = Reminder.objects.all()
    job = ProcrastinateJob.objects.get(task_name=MAIL_REMINDER)
    assert job.args == {"reminder_id": str(reminder.pk)}
    event = AuditEvent.objects.get(action="invoice.reminded")
    assert event.tenant_id == owed.tenant_id
    assert event.data == {"level": 1, "due_minor": 12000, "currency": "EUR"}


def test_of_levels_that_were_missed_only_the_highest_is_sent(owed: Invoice) -> None:
    with at("2027-01-26"):
        done("reminders")
        assert done("reminders") == []
    assert levels(owed) == [2]
    with at("2027-02-01"):
        done("reminders")
    assert levels(owed) == [2, 3]


def test_what_is_paid_is_not_reminded_of(owed: Invoice, aurora: House) -> None:
    with at("2027-01-18"):
        transfer(aurora, owed.total_minor)
        assert done("reminders") == []
    assert levels(owed) == []


def test_of_what_is_paid_in_part_the_rest_is(owed: Invoice, aurora: House) -> None:
    with at("2027-01-18"):
        transfer(aurora, 2000)
        [outcome] = done("reminders")
    assert "100.00 EUR" in outcome.told[0]


def test_a_closed_business_is_not_reminded(owed: Invoice, aurora: House, bluefin: House) -> None:
    aurora.tenant.archive(by=SYSTEM, reason="Closed")
    with at("2027-01-01"):
        other = issued(bluefin)
    bluefin.tenant.suspend(by=SYSTEM, reason="For now")
    with at("2027-01-18"):
        assert [outcome.tenant for outcome in done("reminders")] == ["bluefin"]
    assert (levels(owed), levels(other)) == ([], [1])


def test_the_day_is_the_sellers(owed: Invoice, seller: Seller) -> None:
    Seller.objects.update(time_zone="Pacific/Auckland")
    with at("2027-01-17 10:59"):
        assert done("reminders") == []
    with at("2027-01-17 11:00"):
        assert len(done("reminders")) == 1


def test_without_levels_nobody_is_reminded(owed: Invoice) -> None:
    Seller.objects.update(reminder_days=[])
    with at("2027-06-01"):
        assert done("reminders") == []


def test_levels_are_in_order_whatever_staff_wrote(owed: Invoice) -> None:
    Seller.objects.update(reminder_days=[10, 3, 3])
    with at("2027-01-18"):
        done("reminders")
    with at("2027-01-25"):
        done("reminders")
    assert levels(owed) == [1, 2]


def test_a_dry_run_sends_nothing(owed: Invoice) -> None:
    with at("2027-01-18"):
        assert len(done("reminders", dry_run=True)) == 1
        assert levels(owed) == []
        assert not ProcrastinateJob.objects.filter(task_name=MAIL_REMINDER).exists()
        assert len(done("reminders")) == 1


def test_many_are_reminded_in_as_many_statements_as_one(
    owed: Invoice, aurora: House, bluefin: House, django_assert_max_num_queries: Any
) -> None:
    with at("2027-01-01"):
        for house in (aurora, bluefin, bluefin):
            issued(house)
    with at("2027-01-18"), django_assert_max_num_queries(20):
        done("reminders")
    assert Reminder.objects.count() == 4
