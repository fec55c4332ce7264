"""A ticket's page: what was said, what staff noted, and what stands beside it."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from backend.audit.models import AuditEvent
from backend.audit.recording import record
from backend.billing.tests.cast import issued
from backend.billing.tests.conftest import plans, seller  # noqa: F401 - fixtures
from backend.billing.workflows.order_service import order_service
from backend.common import files as store
from backend.common.actor import Actor
from backend.common.tenancy import tenant_scope
from backend.common.tests.stores import local_store  # noqa: F401 - a fixture
from backend.conftest import House
from backend.tickets.admin import shown
from backend.tickets.models import Attachment, AttachmentCheck, Side, Ticket, Via
from backend.tickets.tests.cast import a_ticket, answered, as_member, asked, matter, support
from backend.tickets.workflows.close_ticket import close_ticket
from backend.tickets.workflows.merge_tickets import merge_tickets
from backend.tickets.workflows.open_ticket import open_ticket
from backend.tickets.workflows.write_note import write_note

Staff = Callable[..., Client]
pytestmark = pytest.mark.django_db

VIEW = "tickets.view_ticket"


def page_of(ticket: Ticket, part: str = "change") -> str:
    return f"/admin/tickets/ticket/{ticket.pk}/{part}/"


def entries(page: Any) -> list[tuple[str, str]]:
    """Of each its kind, and its text without marks."""
    assert page.status_code == 200
    found = page.context["thread"].entries
    return [(each.kind, re.sub(r"<[^>]+>", "", each.text).strip()) for each in found]


def note(ticket: Ticket, body: str) -> None:
    write_note(ticket.tenant_id, ticket.pk, body, by=Actor.staff(support()))


def test_the_thread_is_told_in_its_order(staff: Staff, aurora: House) -> None:
    ticket = a_ticket(aurora, body="It is **silent**.")
    note(ticket, "Ask *Kim*.")
    answered(ticket, "Is it plugged in?")
    asked(ticket, aurora, body="Yes <script>alert(1)</script>")
    close_ticket(aurora.tenant.pk, ticket.pk, by=as_member(aurora), reason="It works")
    page = staff().get(page_of(ticket))
    assert entries(page) == [
        ("customer", "It is silent."),
        ("note", "Ask Kim."),
        ("staff", "Is it plugged in?"),
        ("customer", "Yes &lt;script&gt;alert(1)&lt;/script&gt;"),
        ("change", "closed the ticket: It works"),
    ]
    html = page.content.decode()
    assert "<strong>silent</strong>" in html
    assert "<script>alert(1)" not in html
    assert html.count("Internal note: staff alone") == 1


def test_merged_messages_and_notes_stand_in_it(staff: Staff, aurora: House) -> None:
    ticket, other = a_ticket(aurora, body="One"), a_ticket(aurora, body="Two")
    note(other, "The same as the first.")
    merge_tickets(aurora.tenant.pk, other.pk, ticket.pk, by=Actor.staff(support()))
    page = staff().get(page_of(ticket))
    assert [text for _, text in entries(page)] == [
        "One",
        "Two",
        "The same as the first.",
        "Another ticket about the same matter was merged into this one.",
    ]
    assert "from #2" in page.content.decode()


def test_a_long_thread_comes_in_parts(
    staff: Staff, aurora: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shown, "MOST", 2)
    ticket = a_ticket(aurora, body="1")
    note(ticket, "of the first part")
    for number in range(2, 6):
        asked(ticket, aurora, body=str(number))
        if number == 3:
            note(ticket, "of the second part")
    browser = staff()
    page, parts = browser.get(page_of(ticket)), []
    while True:
        parts.append([text for _, text in entries(page)])
        earlier = page.context["thread"].earlier
        if earlier is None:
            break
        page = browser.get(f"{page_of(ticket)}?before={earlier}")
    assert parts == [["4", "5"], ["2", "3", "of the second part"], ["1", "of the first part"]]
    assert entries(browser.get(f"{page_of(ticket)}?before=nonsense"))[-1] == ("customer", "5")


def test_reading_it_is_on_record_once(staff: Staff, aurora: House) -> None:
    ticket, other = a_ticket(aurora), a_ticket(aurora)
    browser = staff(VIEW)
    now = timezone.now()
    for minutes, each in ((0, ticket), (1, ticket), (2, other), (29, ticket), (31, ticket)):
        with time_machine.travel(now + timedelta(minutes=minutes)):
            assert browser.get(page_of(each)).status_code == 200
    read = AuditEvent.objects.filter(action="ticket.read-by-staff").order_by("pk")
    assert [(each.tenant_id, each.by_name, each.about_name) for each in read] == [
        (aurora.tenant.pk, "Staff", "#1"),
        (aurora.tenant.pk, "Staff", "#2"),
        (aurora.tenant.pk, "Staff", "#1"),
    ]


def test_who_may_not_reads_nothing(staff: Staff, aurora: House) -> None:
    ticket = a_ticket(aurora)
    browser = staff("tickets.reply_ticket", "tenants.view_tenant")
    assert browser.get(page_of(ticket)).status_code == 403
    assert not AuditEvent.objects.filter(action="ticket.read-by-staff").exists()
    assert staff().get(page_of(Ticket(pk=aurora.tenant.pk))).status_code == 404


@pytest.mark.usefixtures("seller", "plans")
def test_what_stands_beside_it(staff: Staff, aurora: House, bluefin: House) -> None:
    service, _ = order_service(aurora.tenant, "house", "month", by=as_member(aurora))
    invoice = issued(aurora)
    a_ticket(bluefin, subject="Theirs")
    a_ticket(aurora, subject="The other one")
    ticket = a_ticket(
        aurora, "manager", priority="high", invoice_id=invoice.pk, service_id=service.pk
    )
    page = staff().get(page_of(ticket))
    beside = page.context["beside"]
    facts = {name: re.sub(r"<[^>]+>", "", str(value)) for name, value in beside.facts}
    assert facts["State"] == "Active"
    assert facts["Plan"].startswith("House")
    assert facts["About invoice"] == invoice.number
    assert "About service" in facts
    assert facts["Due"] != "Nothing"
    assert (beside.asker.role, beside.asker.email) == ("Manager", "manager@aurora.test")
    assert beside.hours == 8
    assert [each.subject for each in beside.others] == ["The other one"]
    assert [each.action for each in beside.events][:2] == ["ticket.opened", "ticket.opened"]
    html = page.content.decode()
    assert f"/admin/tenants/tenant/{aurora.tenant.pk}/change/" in html
    assert f"/admin/billing/invoice/{invoice.pk}/change/" in html


@pytest.mark.usefixtures("seller", "plans")
def test_nobody_sees_more_beside_it_than_elsewhere(staff: Staff, aurora: House) -> None:
    order_service(aurora.tenant, "house", "month", by=as_member(aurora))
    ticket = a_ticket(aurora, invoice_id=issued(aurora).pk)
    beside = staff(VIEW).get(page_of(ticket)).context["beside"]
    assert [name for name, _ in beside.facts] == ["State"]
    assert (beside.business, beside.asker.email, list(beside.events)) == (
        "Trattoria Aurora",
        "",
        [],
    )


def test_what_others_did_isnt_what_the_tenant_did(
    staff: Staff, aurora: House, bluefin: House
) -> None:
    ticket = a_ticket(aurora)
    record("invoice.issue", tenant_id=aurora.tenant.pk, by=Actor.system())
    record("customers.exported", tenant_id=bluefin.tenant.pk, by=as_member(bluefin))
    record("customers.imported", tenant_id=aurora.tenant.pk, by=as_member(aurora))
    browser = staff()
    browser.get(page_of(ticket))
    events = browser.get(page_of(ticket)).context["beside"].events
    assert [each.action for each in events] == ["customers.imported", "ticket.opened"]


@pytest.mark.parametrize("who", ["app", "staff", "revoked", "stranger"])
def test_whoever_asks_is_named(staff: Staff, aurora: House, who: str) -> None:
    by, expected = {
        "app": (Actor("app", "Till", aurora.app.app.pk), ("Till", "Client app")),
        "staff": (Actor.staff(support()), ("Sam Support", "Of our staff")),
        "revoked": (as_member(aurora, "waiter"), ("Waiter Trattoria Aurora", "No longer a member")),
        "stranger": (Actor.person(support("Zoe")), ("Zoe", "No longer a member")),
    }[who]
    aurora.members["waiter"].revoke(by=Actor.system())
    about = matter()
    with tenant_scope(aurora.tenant.pk):
        ticket, _ = open_ticket(aurora.tenant.pk, about, body="Hello", by=by, via=Via.API)
    asker = staff().get(page_of(ticket)).context["beside"].asker
    assert (re.sub(r"<[^>]+>", "", str(asker.name)), asker.role) == expected


def attachment(ticket: Ticket, refusal: str | None = "", **changes: Any) -> Attachment:
    """`refusal` None: it wasn't looked at."""
    given = {"filename": "receipt.pdf", "content_type": "application/pdf", "size": 2048}
    made: Attachment = Attachment.objects.create(
        tenant_id=ticket.tenant_id,
        message=ticket.messages.first(),
        announced_by_kind="person",
        **{**given, **changes},
    )
    if refusal is not None:
        facts = {} if refusal else {"found_size": 2048, "sha256": "0" * 64}
        AttachmentCheck.objects.create(
            tenant_id=ticket.tenant_id, attachment=made, refusal=refusal, **facts
        )
    return made


@pytest.mark.usefixtures("local_store")
def test_files_are_opened_once_they_were_accepted(
    staff: Staff, aurora: House, bluefin: House
) -> None:
    ticket, theirs = a_ticket(aurora), a_ticket(bluefin)
    good = attachment(ticket, filename='a "good" <b>.pdf')
    store.put(good.stored_as, io.BytesIO(b"%PDF"))
    unchecked, bad = attachment(ticket, None, filename="new.pdf"), attachment(ticket, "kind")
    browser = staff(VIEW)
    html = browser.get(page_of(ticket)).content.decode()
    assert "a &quot;good&quot; &lt;b&gt;.pdf" in html
    assert "It is still being checked" in html
    assert "It isn&#x27;t what it says it is" in html
    answer = browser.get(page_of(ticket, f"attachments/{good.pk}"))
    assert answer.status_code == 302
    files = Client().get(answer["Location"])
    assert (files.status_code, b"".join(files)) == (200, b"%PDF")
    for other, each in ((ticket, unchecked), (ticket, bad), (theirs, good)):
        assert browser.get(page_of(other, f"attachments/{each.pk}")).status_code == 404
    stranger = staff("tickets.reply_ticket")
    assert stranger.get(page_of(ticket, f"attachments/{good.pk}")).status_code == 403


def test_it_costs_the_same_however_long_it_is(staff: Staff, aurora: House) -> None:
    ticket = a_ticket(aurora)
    browser = staff()
    browser.get(page_of(ticket))

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(page_of(ticket)).status_code == 200
        return len(captured)

    def lengthen() -> None:
        asked(ticket, aurora)
        attachment(ticket)
        note(ticket, "Hm.")
        answered(ticket)
        other = a_ticket(aurora)
        asked(other, aurora)
        merge_tickets(aurora.tenant.pk, a_ticket(aurora).pk, ticket.pk, by=Actor.system())

    lengthen()
    few = queries()
    for _ in range(3):
        lengthen()
    assert queries() == few


def test_what_staff_opened_is_read_as_theirs(staff: Staff, aurora: House) -> None:
    ticket, _ = open_ticket(
        aurora.tenant.pk, matter(), body="We move your data.", by=Actor.staff(support()),
        via=Via.ADMIN, side=Side.STAFF,
    )  # fmt: skip
    assert entries(staff().get(page_of(ticket))) == [("staff", "We move your data.")]
