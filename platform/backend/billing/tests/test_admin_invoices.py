"""What staff do with invoices, and what nobody does with an issued one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from backend.audit.models import AuditEvent
from backend.billing import jobs
from backend.billing.admin_invoices import InvoiceAdmin
from backend.billing.models import (
    Account,
    Allocation,
    CreditNote,
    CreditNoteLine,
    Document,
    Entry,
    Invoice,
    InvoiceLine,
    InvoiceTransition,
    Seller,
)
from backend.billing.tests.cast import draft, issued, line, transfer
from backend.conftest import House

Staff = Callable[..., Client]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seller")]

INVOICES = "/admin/billing/invoice/"
VIEW = "billing.view_invoice"
FACTS = (
    Invoice, InvoiceLine, InvoiceTransition, CreditNote, CreditNoteLine, Entry, Allocation, Account,
    AuditEvent, LogEntry, ProcrastinateJob,
)  # fmt: skip


def facts() -> dict[str, list[Any]]:
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in FACTS}


def page(invoice: Invoice, action: str = "change") -> str:
    return f"{INVOICES}{invoice.pk}/{action}/"


def queued(task: str) -> list[Any]:
    return list(ProcrastinateJob.objects.filter(task_name=task).values_list("args", flat=True))


def typed_lines(*lines: dict[str, Any], kept: int = 0) -> dict[str, Any]:
    values: dict[str, Any] = {"lines-TOTAL_FORMS": len(lines), "lines-INITIAL_FORMS": kept}
    for number, each in enumerate(lines):
        given = {"description": "Training", "quantity": "1", "unit": "C62", **each}
        values |= {f"lines-{number}-{name}": value for name, value in given.items()}
    return values


def written(browser: Client, house: House, *lines: dict[str, Any]) -> Any:
    values = {"tenant": house.tenant.pk, "note": "", **typed_lines(*lines)}
    return browser.post(f"{INVOICES}add/", values)


def ago(**time: int) -> time_machine.travel:
    return time_machine.travel(timezone.now() - timedelta(**time))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["theirs", "late", "paid"]),
        ("?q=LATE", ["late"]),
        ("?q=trattoria", ["late", "paid"]),
        ("?state__exact=paid", ["paid"]),
        ("?overdue=yes", ["late"]),
        ("?overdue=suspends", []),
        ("?tenant__id__exact=BLUEFIN", ["theirs"]),
    ],
)
def test_invoices_are_found(
    staff: Staff, aurora: House, bluefin: House, query: str, expected: list[str]
) -> None:
    with ago(days=20):
        paid, late = issued(aurora), issued(aurora)
        transfer(aurora, 12000)
    names = {paid.pk: "paid", late.pk: "late", issued(bluefin).pk: "theirs"}
    query = query.replace("BLUEFIN", str(bluefin.tenant.pk)).replace("LATE", late.number)
    found = staff().get(f"{INVOICES}{query}").context["cl"].result_list
    assert [names[row.pk] for row in found] == expected


@pytest.mark.parametrize(("days", "number"), [(14 + 23, 0), (14 + 24, 1)])
def test_beyond_the_suspension_is_when_the_run_suspends(
    staff: Staff, aurora: House, days: int, number: int
) -> None:
    with ago(days=days):
        issued(aurora)
    found = staff().get(f"{INVOICES}?overdue=suspends").context["cl"].result_list
    assert len(found) == number


def test_the_list_costs_the_same_however_long_it_is(
    staff: Staff, aurora: House, bluefin: House
) -> None:
    browser = staff()

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            browser.get(INVOICES)
        return len(captured)

    issued(aurora)
    few = queries()
    for _ in range(4):
        issued(bluefin)
    assert queries() == few


def test_staff_write_a_draft_and_its_amounts_follow(staff: Staff, aurora: House) -> None:
    browser = staff("billing.add_invoice", "billing.change_invoice", VIEW)
    answer = written(
        browser,
        aurora,
        {"quantity": "1.5", "unit_price_minor": "80.00", "unit": "HUR"},
        {"quantity": "-1", "unit_price_minor": "9.99", "description": "Discount"},
    )
    assert answer.status_code == 302
    invoice = Invoice.objects.get()
    assert (invoice.state, invoice.number, invoice.currency) == ("draft", "", "EUR")
    assert list(
        invoice.lines.order_by("position").values_list("position", "net_minor", "tax_minor")
    ) == [(1, 12000, 2400), (2, -999, -200)]
    assert (invoice.net_minor, invoice.tax_minor, invoice.total_minor) == (11001, 2200, 13201)
    assert not Entry.objects.exists()


def test_a_draft_is_changed_and_calculated_anew(staff: Staff, aurora: House) -> None:
    invoice = draft(aurora, line(10000), line(500, 2))
    first, second = invoice.lines.order_by("position")
    values = typed_lines(
        {"id": first.pk, "invoice": invoice.pk, "unit_price_minor": "120.5"},
        {"id": second.pk, "invoice": invoice.pk, "unit_price_minor": "5", "DELETE": "on"},
        {"invoice": invoice.pk, "quantity": "3", "unit_price_minor": "1.11"},
        kept=2,
    )
    browser = staff("billing.change_invoice", VIEW)
    assert browser.post(page(invoice), {"note": "As agreed", **values}).status_code == 302
    invoice.refresh_from_db()
    assert (invoice.note, invoice.net_minor, invoice.total_minor) == ("As agreed", 12383, 14860)
    assert list(invoice.lines.order_by("position").values_list("position", "net_minor")) == [
        (1, 12050),
        (2, 333),
    ]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"unit_price_minor": "1.001"}, "no more than 2 decimal places"),
        ({"unit_price_minor": "-1"}, "greater than or equal to 0"),
        ({"unit_price_minor": "1000000.01"}, "less than or equal to 1000000"),
        ({"unit_price_minor": "1", "quantity": "0"}, "A line of none says nothing."),
        ({"unit_price_minor": "1", "description": ""}, "This field is required."),
    ],
)
def test_what_makes_no_line_is_refused(
    staff: Staff, aurora: House, wrong: dict[str, Any], said: str
) -> None:
    answer = written(staff(), aurora, wrong)
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert not Invoice.objects.exists()


def test_a_currency_without_decimals_has_none(staff: Staff, aurora: House) -> None:
    aurora.tenant.currency = "ISK"
    aurora.tenant.save()
    refused = written(staff(), aurora, {"unit_price_minor": "990.50"})
    assert "ISK has 0 decimals" in refused.content.decode()
    assert written(staff(), aurora, {"unit_price_minor": "990"}).status_code == 302
    assert InvoiceLine.objects.get().unit_price_minor == 990


def test_a_draft_goes_with_its_lines(staff: Staff, aurora: House) -> None:
    gone, kept = draft(aurora), draft(aurora)
    browser = staff("billing.delete_invoice", VIEW)
    assert browser.post(page(gone, "delete"), {"post": "yes"}).status_code == 302
    assert list(Invoice.objects.all()) == [kept]
    assert InvoiceLine.objects.count() == 1


def test_issue_gives_it_its_number(staff: Staff, aurora: House) -> None:
    invoice = draft(aurora)
    browser = staff(VIEW, "billing.issue_invoice")
    assert browser.get(page(invoice, "issue")).status_code == 200
    assert Invoice.objects.get().state == "draft"
    assert browser.post(page(invoice, "issue")).status_code == 302
    invoice.refresh_from_db()
    assert (invoice.state, invoice.number[5:]) == ("open", "00001")
    assert AuditEvent.objects.get(action="invoice.issue").by_kind == "staff"
    assert browser.post(page(invoice, "issue")).status_code == 404
    assert queued(jobs.MAIL_INVOICE) == [{"invoice_id": str(invoice.pk)}]


def test_a_draft_of_less_than_nothing_has_no_button(staff: Staff, aurora: House) -> None:
    invoice = draft(aurora, line(100, -1))
    browser = staff()
    assert "/issue/" not in browser.get(page(invoice)).content.decode()
    assert browser.post(page(invoice, "issue")).status_code == 404


def test_what_is_left_of_each_line_can_be_credited(staff: Staff, aurora: House) -> None:
    invoice = issued(aurora, line(10000), line(333, 3, "Cables"))
    browser = staff(VIEW, "billing.credit_invoice")
    url = page(invoice, "credit")
    asked = browser.get(url).content.decode()
    assert "1. Set-up" in asked
    assert "9.99 EUR of 9.99 EUR is left" in asked

    answer = browser.post(url, {"reason": "Too many", "line_2": "3.33"})
    assert answer.status_code == 302
    note = CreditNote.objects.get()
    assert (note.net_minor, note.tax_minor, note.reason) == (333, 67, "Too many")
    assert "6.66 EUR of 9.99 EUR is left" in browser.get(url).content.decode()

    before = facts()
    too_much = browser.post(url, {"reason": "Again", "line_2": "6.67"})
    assert "That is more than what is left of it." in too_much.content.decode()
    neither = browser.post(url, {"reason": "Again"})
    both = browser.post(url, {"reason": "Again", "everything": "on", "line_2": "1"})
    assert "or say how much of which line" in neither.content.decode()
    assert "or say how much of which line" in both.content.decode()
    no_reason = browser.post(url, {"everything": "on"})
    assert "This field is required." in no_reason.content.decode()
    assert facts() == before

    assert browser.post(url, {"reason": "All of it", "everything": "on"}).status_code == 302
    invoice.refresh_from_db()
    assert invoice.state == "paid"
    assert sum(CreditNote.objects.values_list("total_minor", flat=True)) == invoice.total_minor
    # Nothing is left: the button is gone.
    assert browser.get(url).status_code == 404


def test_void_credits_the_whole(staff: Staff, aurora: House) -> None:
    invoice = issued(aurora)
    browser = staff(VIEW, "billing.void_invoice")
    assert browser.post(page(invoice, "void"), {"reason": "Wrong company"}).status_code == 302
    invoice.refresh_from_db()
    assert invoice.state == "void"
    assert InvoiceTransition.objects.get(to_state="void").reason == "Wrong company"
    assert Account.objects.get().facts.balance_minor == 0


def test_what_was_paid_for_is_not_made_void(staff: Staff, aurora: House) -> None:
    invoice = issued(aurora)
    transfer(aurora, 100)
    before = facts()
    assert staff().post(page(invoice, "void"), {"reason": "Wrong"}).status_code == 404
    assert facts() == before


def test_an_invoice_is_sent_again(staff: Staff, aurora: House) -> None:
    invoice = issued(aurora)
    browser = staff(VIEW, "billing.send_invoice")
    assert browser.post(page(invoice, "send_again")).status_code == 302
    assert queued(jobs.MAIL_INVOICE) == [{"invoice_id": str(invoice.pk)}] * 2
    assert LogEntry.objects.get().object_id == str(invoice.pk)


def test_the_pdf_is_a_link_once_it_is_made(staff: Staff, aurora: House) -> None:
    invoice = issued(aurora)
    browser = staff(VIEW)
    waiting = browser.get(page(invoice, "pdf"), follow=True)
    assert "A job is making the PDF" in waiting.content.decode()
    Document.objects.create(
        tenant=aurora.tenant, invoice=invoice, name="billing/x.pdf", size=1, sha256="0" * 64
    )
    made = browser.get(page(invoice, "pdf"))
    assert made.status_code == 302
    assert made["Location"].startswith("http")
    assert "link=" in made["Location"]


@pytest.mark.parametrize(
    ("action", "answers"),
    [
        ("issue", {}),
        ("credit", {"reason": "Wrong", "everything": "on"}),
        ("void", {"reason": "Wrong"}),
        ("send_again", {}),
    ],
)
def test_who_may_only_look_does_nothing(
    staff: Staff, aurora: House, action: str, answers: dict[str, str]
) -> None:
    invoice = draft(aurora) if action == "issue" else issued(aurora)
    browser = staff(VIEW, "billing.change_invoice", "billing.add_invoice")
    before = facts()
    assert f"/{action}/" not in browser.get(page(invoice)).content.decode()
    assert browser.get(page(invoice, action)).status_code == 403
    assert browser.post(page(invoice, action), answers).status_code == 403
    assert facts() == before


@pytest.mark.parametrize("permission", ["issue", "credit", "void", "send"])
def test_each_verb_is_a_permission_of_its_own(staff: Staff, aurora: House, permission: str) -> None:
    browser = staff(VIEW, f"billing.{permission}_invoice")
    for invoice, verbs in (
        (issued(aurora), {"credit": "credit", "void": "void", "send_again": "send"}),
        (draft(aurora), {"issue": "issue"}),
    ):
        for action, needed in verbs.items():
            expected = 200 if needed == permission else 403
            assert browser.get(page(invoice, action)).status_code == expected


@pytest.mark.parametrize("state", ["open", "paid", "void"])
def test_an_issued_invoice_has_no_form(staff: Staff, aurora: House, state: str) -> None:
    invoice = issued(aurora)
    if state == "paid":
        transfer(aurora, invoice.total_minor)
    browser = staff()
    if state == "void":
        browser.post(page(invoice, "void"), {"reason": "Wrong"})
    first = invoice.lines.get()
    shown = browser.get(page(invoice)).content.decode()
    assert 'name="_save"' not in shown
    assert "/delete/" not in shown
    before = facts()
    values = typed_lines(
        {"id": first.pk, "invoice": invoice.pk, "unit_price_minor": "1"},
        {"invoice": invoice.pk, "unit_price_minor": "1"},
        kept=1,
    )
    assert browser.post(page(invoice), {"note": "Changed", **values}).status_code == 403
    assert browser.post(page(invoice, "delete"), {"post": "yes"}).status_code == 403
    bulk = {"action": "delete_selected", "_selected_action": invoice.pk, "post": "yes"}
    browser.post(INVOICES, bulk)
    assert facts() == before


def test_one_that_is_issued_meanwhile_stays_as_it_was_issued(
    staff: Staff, aurora: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after the page was checked, and before it is saved."""
    invoice = issued(aurora)
    for allowed in ("has_change_permission", "has_delete_permission"):
        monkeypatch.setattr(InvoiceAdmin, allowed, lambda *args: True)
    monkeypatch.setattr(InvoiceAdmin, "get_inlines", lambda *args: ())
    browser = staff()
    before = facts()
    for action, values in (("change", {"note": "Changed"}), ("delete", {"post": "yes"})):
        assert browser.post(page(invoice, action), values).status_code == 403
    assert facts() == before


def test_who_may_not_look_sees_nothing(staff: Staff, aurora: House) -> None:
    invoice = issued(aurora)
    browser = staff("tenants.view_tenant")
    for path in (INVOICES, page(invoice), f"{INVOICES}add/"):
        assert browser.get(path).status_code == 403
    assert browser.get(page(invoice, "pdf")).status_code == 403


def test_nothing_is_written_before_it_is_known_who_sells(
    staff: Staff, aurora: House, seller: Seller
) -> None:
    seller.delete()
    answer = written(staff(), aurora, {"unit_price_minor": "1"})
    assert answer.status_code == 302
    assert answer["Location"] == INVOICES
    assert not Invoice.objects.exists()
