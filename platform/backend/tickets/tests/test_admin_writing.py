"""Staff answer: what they typed is sent once or kept, whatever stands in its way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from backend.billing.tests.cast import issued
from backend.billing.tests.conftest import seller  # noqa: F401 - a fixture
from backend.common.actor import Actor
from backend.common.tests.stores import local_store  # noqa: F401 - a fixture
from backend.conftest import House
from backend.tickets.models import (
    CannedReply,
    Department,
    InternalNote,
    Message,
    State,
    Ticket,
    TicketTransition,
)
from backend.tickets.models.message import LONGEST_BODY
from backend.tickets.tests.cast import a_ticket, answered, as_member, asked, support
from backend.tickets.workflows.close_ticket import close_ticket
from backend.tickets.workflows.merge_tickets import merge_tickets

Staff = Callable[..., Client]
pytestmark = pytest.mark.django_db

VIEW, REPLY, CLOSE = "tickets.view_ticket", "tickets.reply_ticket", "tickets.close_ticket"
NOTE = "tickets.note_ticket"
FACTS = (Ticket, TicketTransition, Message, InternalNote, LogEntry, ProcrastinateJob)
TYPED = "Turn it *off*\n\nand on again."


def facts() -> dict[str, list[Any]]:
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in FACTS}


def page_of(ticket: Ticket, part: str = "change") -> str:
    return f"/admin/tickets/ticket/{ticket.pk}/{part}/"


def reply(browser: Client, ticket: Ticket, button: str = "send", **data: Any) -> Any:
    given = {"body": TYPED, "seen": ticket.messages.latest("created_at").pk, button: "1"}
    return browser.post(page_of(ticket, "reply"), {**given, **data})


def in_box(page: Any) -> str:
    return str(page.context["reply"]["body"].value() or "")


def state_of(ticket: Ticket) -> str:
    ticket.refresh_from_db()
    return ticket.state


def test_a_reply_goes_to_the_customer(staff: Staff, aurora: House) -> None:
    ticket = a_ticket(aurora)
    browser = staff(VIEW, REPLY)
    answer = reply(browser, ticket, body=TYPED.replace("\n", "\r\n"))
    assert answer["Location"] == f"{page_of(ticket)}?done=reply"
    sent = ticket.messages.latest("created_at")
    assert (sent.side, sent.author, sent.via, sent.body) == ("staff", "Staff", "admin", TYPED)
    assert state_of(ticket) == State.AWAITING_CUSTOMER
    jobs = ProcrastinateJob.objects.filter(task_name="tickets.mail_message")
    assert jobs.latest("id").args == {"message_id": str(sent.pk)}
    html = browser.get(page_of(ticket)).content.decode()
    assert "Your reply is sent." in html
    assert "<em>off</em>" in html


def test_a_reply_can_close_it(staff: Staff, aurora: House) -> None:
    ticket = a_ticket(aurora)
    assert reply(staff(VIEW, REPLY, CLOSE), ticket, "close").status_code == 302
    assert ticket.messages.count() == 2
    assert state_of(ticket) == State.CLOSED


def test_closing_needs_its_own_permission(staff: Staff, aurora: House) -> None:
    ticket = a_ticket(aurora)
    browser = staff(VIEW, REPLY)
    before = facts()
    assert "Send and close" not in browser.get(page_of(ticket)).content.decode()
    for button in ("close", "reopen"):
        assert reply(browser, ticket, button).status_code == 403
    assert facts() == before


def test_a_closed_one_is_reopened_with_a_reply(staff: Staff, aurora: House) -> None:
    ticket = a_ticket(aurora)
    close_ticket(aurora.tenant.pk, ticket.pk, by=as_member(aurora))
    assert page_of(ticket, "reply") not in staff(VIEW, REPLY).get(page_of(ticket)).content.decode()
    browser = staff(VIEW, REPLY, CLOSE)
    html = browser.get(page_of(ticket)).content.decode()
    assert "Reopen with this reply" in html
    assert "Send reply" not in html
    assert reply(browser, ticket, "reopen").status_code == 302
    assert state_of(ticket) == State.AWAITING_CUSTOMER
    assert list(ticket.transitions.values_list("to_state", flat=True))[1:] == [
        "reopened",
        "awaiting_customer",
    ]


def test_of_two_replies_the_second_waits_with_its_text(staff: Staff, aurora: House) -> None:
    ticket = a_ticket(aurora)
    seen = ticket.messages.get().pk
    answered(ticket, "Is it plugged in?", by=support("Ben Bright"))
    browser = staff(VIEW, REPLY)
    before = facts()

    page = reply(browser, ticket, seen=seen)

    assert page.status_code == 200
    assert facts() == before
    assert in_box(page) == TYPED
    html = page.content.decode()
    assert "Ben Bright has answered meanwhile" in html
    assert [each.text for each in page.context["thread"].entries if each.is_new] == [
        "<p>Is it plugged in?</p>\n"
    ]
    # Sent again from this page, it was read.
    shown = ticket.messages.latest("created_at").pk
    assert f'name="seen" value="{shown}"' in html
    assert reply(browser, ticket, seen=shown).status_code == 302
    assert ticket.messages.count() == 3


def test_what_the_customer_adds_meanwhile_holds_nobody_up(staff: Staff, aurora: House) -> None:
    ticket = a_ticket(aurora)
    seen = ticket.messages.get().pk
    asked(ticket, aurora)
    assert reply(staff(VIEW, REPLY), ticket, seen=seen).status_code == 302


def test_closed_meanwhile_it_offers_to_reopen(staff: Staff, aurora: House) -> None:
    ticket = a_ticket(aurora)
    browsers = staff(VIEW, REPLY, CLOSE), staff(VIEW, REPLY)
    close_ticket(aurora.tenant.pk, ticket.pk, by=as_member(aurora))
    before = facts()
    for browser, offers in zip(browsers, (True, False), strict=True):
        page = reply(browser, ticket)
        html = page.content.decode()
        assert "The ticket was closed meanwhile." in html
        assert in_box(page) == TYPED
        assert "and on again." in html
        assert ("Reopen with this reply" in html) is offers
    assert facts() == before


def test_merged_meanwhile_the_text_goes_along(staff: Staff, aurora: House) -> None:
    ticket, into = a_ticket(aurora), a_ticket(aurora)
    browser = staff(VIEW, REPLY)
    merge_tickets(aurora.tenant.pk, ticket.pk, into.pk, by=Actor.staff(support()))
    before = facts()
    page = reply(browser, ticket)
    html = page.content.decode()
    assert "The ticket goes on in #2." in html
    assert "Take it to #2" in html
    assert f'action="{page_of(into, "reply")}"' in html
    moved = browser.post(page_of(into, "reply"), {"body": in_box(page), "insert": "1"})
    assert in_box(moved) == TYPED
    assert facts() == before
    assert reply(browser, into, body=in_box(moved)).status_code == 302


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("", "This field is required."),
        (" \n ", "This field is required."),
        ("x" * (LONGEST_BODY + 1), "at most 20000 characters"),
        ("a\x00b", "Null characters are not allowed."),
        ("Invoice {invoice} is paid.", "Nothing is known to put in for {invoice}"),
    ],
)
def test_what_cant_be_sent_is_kept(staff: Staff, aurora: House, body: str, said: str) -> None:
    ticket = a_ticket(aurora)
    browser = staff()
    before = facts()
    page = reply(browser, ticket, body=body)
    assert page.status_code == 200
    assert said in page.content.decode()
    assert in_box(page) == body
    assert facts() == before


@pytest.fixture
def canned(db: None) -> CannedReply:
    return CannedReply.objects.create(
        title="Thanks",
        body="Dear {customer} of {business},\n\nthanks for {number}, {subject}. {staff}",
        body_de="Guten Tag {customer}",
    )


def insert(browser: Client, ticket: Ticket, canned: CannedReply | str, **data: Any) -> Any:
    chosen = canned if isinstance(canned, str) else canned.pk
    return reply(browser, ticket, "insert", canned=chosen, **data)


def test_a_canned_reply_is_put_behind_what_was_typed(
    staff: Staff, aurora: House, canned: CannedReply
) -> None:
    ticket = a_ticket(aurora, subject="Till *2*")
    browser = staff(VIEW, REPLY)
    before = facts()
    page = insert(browser, ticket, canned, body="Hello!")
    assert page.status_code == 200
    assert in_box(page) == (
        "Hello!\n\nDear Owner Trattoria Aurora of Trattoria Aurora,\n\n"
        r"thanks for #1, Till \*2\*. Staff"
    )
    assert facts() == before


def test_it_is_in_the_askers_language(staff: Staff, aurora: House, canned: CannedReply) -> None:
    person = aurora.person("owner")
    person.language = "de"
    person.save()
    browser = staff(VIEW, REPLY)
    ticket = a_ticket(aurora)
    assert in_box(insert(browser, ticket, canned, body="")) == "Guten Tag Owner Trattoria Aurora"
    canned.body_de = ""
    canned.save()
    assert in_box(insert(browser, ticket, canned, body="")).startswith("Dear Owner")


@pytest.mark.usefixtures("seller")
def test_the_invoice_is_named_where_there_is_one(staff: Staff, aurora: House) -> None:
    canned = CannedReply.objects.create(title="Paid", body="{invoice} is paid")
    invoice = issued(aurora)
    browser = staff(VIEW, REPLY)
    about = a_ticket(aurora, invoice_id=invoice.pk)
    assert in_box(insert(browser, about, canned, body="")) == f"{invoice.number} is paid"
    assert in_box(insert(browser, a_ticket(aurora), canned, body="")) == "{invoice} is paid"


@pytest.mark.parametrize("chosen", ["", "nonsense", "00000000-0000-0000-0000-000000000000"])
def test_nothing_chosen_changes_nothing(staff: Staff, aurora: House, chosen: str) -> None:
    page = insert(staff(), a_ticket(aurora), chosen)
    assert (page.status_code, in_box(page)) == (200, TYPED)


def test_only_the_departments_own_are_offered(
    staff: Staff, aurora: House, canned: CannedReply
) -> None:
    billing = Department.objects.get(key="billing")
    other = CannedReply.objects.create(title="Paid", body="Thanks", department=billing)
    ticket = a_ticket(aurora)
    browser = staff()
    offered = browser.get(page_of(ticket)).context["reply"].fields["canned"].queryset
    assert list(offered) == [canned]
    assert in_box(insert(browser, ticket, other)) == TYPED


def test_a_note_is_for_staff_alone(staff: Staff, aurora: House) -> None:
    ticket = a_ticket(aurora)
    browser = staff(VIEW, NOTE)
    before = list(Message.objects.values()), ProcrastinateJob.objects.count()
    answer = browser.post(page_of(ticket, "note"), {"body": "A *loud* one.\r\nCall them."})
    assert answer.status_code == 302
    kept = InternalNote.objects.get()
    assert (kept.author, kept.body) == ("Staff", "A *loud* one.\nCall them.")
    assert (list(Message.objects.values()), ProcrastinateJob.objects.count()) == before
    assert state_of(ticket) == State.OPEN
    html = browser.get(page_of(ticket)).content.decode()
    assert "<em>loud</em>" in html


def test_a_closed_one_is_noted_too(staff: Staff, aurora: House) -> None:
    ticket = a_ticket(aurora)
    close_ticket(aurora.tenant.pk, ticket.pk, by=as_member(aurora))
    assert staff().post(page_of(ticket, "note"), {"body": "Done."}).status_code == 302
    assert InternalNote.objects.get().ticket == ticket


@pytest.mark.parametrize("body", ["", " ", "x" * (LONGEST_BODY + 1)])
def test_an_unfit_note_is_kept_in_its_box(staff: Staff, aurora: House, body: str) -> None:
    page = staff().post(page_of(a_ticket(aurora), "note"), {"body": body})
    assert page.status_code == 200
    assert page.context["note"]["body"].value() == body
    assert not InternalNote.objects.exists()


@pytest.mark.parametrize("part", ["reply", "note"])
def test_an_address_alone_does_nothing(staff: Staff, aurora: House, part: str) -> None:
    ticket = a_ticket(aurora)
    before = facts()
    assert staff().get(page_of(ticket, part))["Location"] == page_of(ticket)
    assert facts() == before


def a_file(name: str = "offer.pdf", content: bytes = b"%PDF-1.7\n%%EOF\n") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "application/octet-stream")


@pytest.mark.usefixtures("local_store")
def test_files_go_along(staff: Staff, aurora: House) -> None:
    ticket = a_ticket(aurora)
    answer = reply(staff(VIEW, REPLY), ticket, uploads=[a_file(), a_file("menu.txt", b"Risotto\n")])
    assert answer["Location"] == f"{page_of(ticket)}?done=reply"
    sent = ticket.messages.latest("created_at").attachments.order_by("pk")
    assert [each.filename for each in sent] == ["offer.pdf", "menu.txt"]
    checks = ProcrastinateJob.objects.filter(task_name="tickets.check_attachment")
    assert {each.args["attachment_id"] for each in checks} == {str(each.pk) for each in sent}


@pytest.mark.usefixtures("local_store")
def test_files_of_a_refused_reply_go_with_the_next(staff: Staff, aurora: House) -> None:
    ticket = a_ticket(aurora)
    browser = staff(VIEW, REPLY)
    page = reply(browser, ticket, body="", uploads=[a_file(), a_file("virus.exe", b"MZ")])
    form = page.context["reply"]
    [kept] = form.fields["kept"].queryset
    assert kept.filename == "offer.pdf"
    assert form.errors["uploads"] == ["virus.exe: Files of this kind aren't taken."]
    html = page.content.decode()
    assert f'value="{kept.pk}"' in html
    assert "offer.pdf" in html

    assert reply(browser, ticket, kept=[str(kept.pk)]).status_code == 302
    assert [each.pk for each in ticket.messages.latest("created_at").attachments.all()] == [kept.pk]


@pytest.mark.usefixtures("local_store")
def test_a_canned_reply_keeps_the_files(staff: Staff, aurora: House, canned: CannedReply) -> None:
    page = insert(staff(), a_ticket(aurora), canned, uploads=[a_file()])
    [kept] = page.context["reply"].fields["kept"].queryset
    assert "checked" in str(page.context["reply"]["kept"])
    assert kept.message is None


@pytest.mark.usefixtures("local_store")
def test_nobody_sends_what_somebody_else_has_uploaded(staff: Staff, aurora: House) -> None:
    ticket = a_ticket(aurora)
    page = reply(staff(), ticket, body="", uploads=[a_file()])
    [kept] = page.context["reply"].fields["kept"].queryset
    other = reply(staff(), ticket, kept=[str(kept.pk)])
    assert other.status_code == 200
    assert list(other.context["reply"].errors) == ["kept"]
    assert ticket.messages.count() == 1


@pytest.mark.usefixtures("local_store")
def test_there_is_an_end_to_files(staff: Staff, aurora: House) -> None:
    ticket = a_ticket(aurora)
    page = reply(
        staff(), ticket, body="", uploads=[a_file(f"{number}.pdf") for number in range(12)]
    )
    kept = [str(each.pk) for each in page.context["reply"].fields["kept"].queryset]
    assert len(kept) == 10
    page = reply(staff(), ticket, kept=kept, uploads=[a_file()])
    assert page.status_code == 200
    assert ticket.messages.count() == 1


def test_without_a_store_there_are_no_files(staff: Staff, aurora: House, settings: Any) -> None:
    settings.LOCAL_FILES, settings.S3_BUCKET = False, ""
    ticket = a_ticket(aurora)
    browser = staff()
    assert 'type="file"' not in browser.get(page_of(ticket)).content.decode()
    page = reply(browser, ticket, uploads=[a_file()])
    assert "offer.pdf couldn’t be stored." in page.content.decode()
    assert in_box(page) == TYPED
    assert ticket.messages.count() == 1
