"""What the support is set up with, tickets that staff open, and the mails that came in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from backend.audit.models import AuditEvent
from backend.billing.tests.conftest import plans  # noqa: F401 - a fixture
from backend.common.actor import Actor
from backend.conftest import House
from backend.services.models import Plan
from backend.tickets.levels import hours_of
from backend.tickets.models import (
    CannedReply,
    Department,
    IncomingMail,
    Message,
    Priority,
    ServiceLevel,
    State,
    Ticket,
)
from backend.tickets.tests.cast import a_ticket
from backend.tickets.viewers import Viewer

Staff = Callable[..., Client]
pytestmark = pytest.mark.django_db

ADMIN = "/admin/tickets"


def canned(**changes: str) -> dict[str, str]:
    return {
        "title": "Thanks",
        "department": "",
        "body": "Dear {customer}",
        "body_de": "",
        **changes,
    }


def test_a_canned_reply_is_kept(staff: Staff) -> None:
    browser = staff("tickets.add_cannedreply", "tickets.view_cannedreply")
    answer = browser.post(
        f"{ADMIN}/cannedreply/add/", canned(body="Dear {customer}\r\nof {business}")
    )
    assert answer.status_code == 302
    assert CannedReply.objects.get().body == "Dear {customer}\nof {business}"
    page = browser.get(f"{ADMIN}/cannedreply/")
    assert "Dear {customer} …" in page.content.decode()


@pytest.mark.parametrize("field", ["body", "body_de"])
def test_an_unknown_placeholder_is_told_when_it_is_kept(staff: Staff, field: str) -> None:
    data = canned(**{field: "Dear {custommer}, {staff}, {x}"})
    page = staff().post(f"{ADMIN}/cannedreply/add/", data)
    assert page.status_code == 200
    errors = page.context["adminform"].form.errors
    assert errors == {field: ["Nothing is known to put in for {custommer}, {x}."]}
    assert not CannedReply.objects.exists()


def test_the_placeholders_are_told(staff: Staff) -> None:
    html = staff().get(f"{ADMIN}/cannedreply/add/").content.decode()
    assert "{business}: the tenant&#x27;s name" in html or "{business}: the tenant's name" in html


def test_a_departments_key_stays(staff: Staff) -> None:
    billing = Department.objects.get(key="billing")
    data = {"name": "Money", "name_de": "Geld", "summary": "", "summary_de": "", "key": "money",
            "email": "money@tavola.test", "position": "1"}  # fmt: skip
    answer = staff().post(f"{ADMIN}/department/{billing.pk}/change/", data)
    assert answer.status_code == 302
    billing.refresh_from_db()
    assert (billing.key, billing.name, billing.email) == ("billing", "Money", "money@tavola.test")


def test_a_department_is_withdrawn_and_offered_again(staff: Staff) -> None:
    billing = Department.objects.get(key="billing")
    browser = staff()
    for action, offered in (("withdraw", False), ("offer_again", True)):
        assert browser.post(f"{ADMIN}/department/{billing.pk}/{action}/").status_code == 302
        assert Department.objects.offered().filter(pk=billing.pk).exists() is offered
        assert browser.post(f"{ADMIN}/department/{billing.pk}/{action}/").status_code == 404


def test_a_department_that_was_asked_stays(staff: Staff, aurora: House) -> None:
    asked, unused = a_ticket(aurora).department, Department.objects.get(key="general")
    browser = staff()
    for department, status in ((asked, 403), (unused, 302)):
        path = f"{ADMIN}/department/{department.pk}/delete/"
        assert browser.post(path, {"post": "yes"}).status_code == status
    assert set(Department.objects.values_list("key", flat=True)) == {"billing", "technical"}


@pytest.mark.usefixtures("plans")
def test_a_plan_has_a_level_of_its_own(staff: Staff) -> None:
    browser = staff()
    plan = Plan.objects.get(key="house")
    data = {"plan": plan.pk, "priority": "high", "answer_within_hours": "4"}
    assert browser.post(f"{ADMIN}/servicelevel/add/", data).status_code == 302
    again = browser.post(f"{ADMIN}/servicelevel/add/", data)
    assert again.status_code == 200
    assert ServiceLevel.objects.filter(plan=plan).count() == 1
    html = browser.get(f"{ADMIN}/servicelevel/").content.decode()
    assert "Everybody else" in html
    level = ServiceLevel.objects.get(plan=plan)
    path = f"{ADMIN}/servicelevel/{level.pk}/delete/"
    assert browser.post(path, {"post": "yes"}).status_code == 302
    assert not ServiceLevel.objects.filter(plan=plan).exists()


def test_mails_are_told_apart(staff: Staff, aurora: House) -> None:
    message = a_ticket(aurora).messages.get()
    IncomingMail.objects.create(mail_id="<good@example.com>", message=message)
    bad = IncomingMail.objects.create(mail_id="<bad@example.com>", refusal="automatic")
    browser = staff("tickets.view_incomingmail", "tickets.view_ticket")
    html = browser.get(f"{ADMIN}/incomingmail/").content.decode()
    for text in ("Became a message", "A machine sent it", "#1", "&lt;bad@example.com&gt;"):
        assert text in html
    found = browser.get(f"{ADMIN}/incomingmail/?q=<bad@example.com>").context["cl"].result_list
    assert list(found) == [bad]
    assert browser.get(f"{ADMIN}/incomingmail/{bad.pk}/change/").status_code == 403
    assert browser.get(f"{ADMIN}/incomingmail/add/").status_code == 403


def opening(house: House, **changes: Any) -> dict[str, Any]:
    return {
        "tenant": house.tenant.pk,
        "subject": "We move your data",
        "department": Department.objects.get(key="technical").pk,
        "priority": "normal",
        "body": "On *Sunday*.",
        **changes,
    }


def test_staff_write_first(staff: Staff, aurora: House, bluefin: House) -> None:
    browser = staff("tickets.view_ticket", "tickets.add_ticket")
    answer = browser.post(
        f"{ADMIN}/ticket/add/", opening(aurora, subject=" We  move "), follow=True
    )
    ticket = Ticket.objects.get()
    assert (ticket.tenant, ticket.subject, ticket.state) == (
        aurora.tenant, "We move", State.AWAITING_CUSTOMER,
    )  # fmt: skip
    message = Message.objects.get()
    assert (message.side, message.author, message.body) == ("staff", "Staff", "On *Sunday*.")
    assert AuditEvent.objects.get(action="ticket.opened").by_kind == "staff"
    assert LogEntry.objects.get().object_repr == "Ticket #1 of Trattoria Aurora"
    assert "<em>Sunday</em>" in answer.content.decode()
    reads = {
        role: Viewer.of_member(member).tickets().count() for role, member in aurora.members.items()
    }
    assert reads == {"owner": 1, "manager": 1, "accountant": 0, "waiter": 0}


def test_the_tenant_is_chosen_already_where_one_comes_from_it(staff: Staff, aurora: House) -> None:
    page = staff().get(f"{ADMIN}/ticket/add/?tenant={aurora.tenant.pk}")
    assert f'value="{aurora.tenant.pk}" selected' in page.content.decode()


@pytest.mark.parametrize(
    "changes", [{"subject": " "}, {"subject": "a\x07b"}, {"body": " "}, {"priority": "asap"}]
)
def test_what_cant_be_opened_is_kept(staff: Staff, aurora: House, changes: dict[str, str]) -> None:
    data = opening(aurora, **changes)
    page = staff().post(f"{ADMIN}/ticket/add/", data)
    assert page.status_code == 200
    assert page.context["form"]["body"].value() == data["body"]
    assert not Ticket.objects.exists()


def test_nobody_would_read_it_where_the_business_has_ended(staff: Staff, aurora: House) -> None:
    aurora.tenant.archive(by=Actor.system(), reason="The end")
    assert staff().post(f"{ADMIN}/ticket/add/", opening(aurora)).status_code == 200
    assert not Ticket.objects.exists()


def test_who_may_not_opens_nothing(staff: Staff, aurora: House) -> None:
    browser = staff("tickets.view_ticket", "tickets.reply_ticket")
    assert browser.post(f"{ADMIN}/ticket/add/", opening(aurora)).status_code == 403
    assert not Ticket.objects.exists()


def test_those_who_set_up_nothing_see_none_of_it(staff: Staff) -> None:
    browser = staff("tickets.view_ticket")
    for model in ("department", "servicelevel", "cannedreply", "incomingmail"):
        assert browser.get(f"{ADMIN}/{model}/").status_code == 403


@pytest.mark.usefixtures("plans")
def test_levels_hold_for_who_has_the_plan(aurora: House) -> None:
    assert hours_of(aurora.tenant.pk)[Priority.HIGH] == 8
