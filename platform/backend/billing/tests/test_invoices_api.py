"""Invoices as members see them: newest first, searchable, without drafts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
import time_machine
from django.utils import timezone

from backend.billing.models import Document, Invoice, Reminder
from backend.billing.tests.cast import SYSTEM, draft, issued, line, transfer
from backend.billing.tests.world import statements
from backend.billing.workflows.credit_invoice import credit_invoice, void_invoice
from backend.billing.workflows.issue_invoices import issue_invoices
from backend.common import files
from backend.common.tests.stores import local_store
from backend.conftest import Api, House

__all__ = ["local_store"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seller")]


@pytest.fixture
def owner(aurora: House, visit: Callable[..., Api]) -> Api:
    return visit(aurora.person("owner"), aurora.tenant)


def numbers(api: Api, query: str = "") -> list[str]:
    response = api.get(f"invoices/{query}")
    assert response.status_code == 200, response.content
    return [row["number"] for row in response.json()["results"]]


def test_the_newest_come_first_and_drafts_not_at_all(aurora: House, owner: Api) -> None:
    waits = draft(aurora)
    first, second = issued(aurora), issued(aurora)
    never = draft(aurora)
    assert numbers(owner) == [second.number, first.number]
    # By the day of its issue: a draft may have waited.
    issue_invoices([waits], by=SYSTEM)
    waits.refresh_from_db()
    assert numbers(owner) == [waits.number, second.number, first.number]
    response = owner.get(f"invoices/{never.pk}/")
    assert (response.status_code, response.json()["code"]) == (404, "invoice-not-found")
    assert owner.post(f"invoices/{never.pk}/link/").status_code == 404


def test_pages_go_on_where_the_one_before_ended(aurora: House, owner: Api) -> None:
    # All of one run at the same instant.
    invoices = [draft(aurora) for _ in range(5)]
    issue_invoices(invoices, by=SYSTEM)
    wanted = [f"{each.number}" for each in reversed(invoices)]
    first = owner.get("invoices/?limit=2").json()
    second = owner.get(f"invoices/?limit=2&cursor={first['next_cursor']}").json()
    third = owner.get(f"invoices/?limit=2&cursor={second['next_cursor']}").json()
    seen = [row["number"] for page in (first, second, third) for row in page["results"]]
    assert seen == wanted
    assert third["next_cursor"] is None
    back = owner.get(f"invoices/?limit=2&cursor={second['previous_cursor']}").json()
    assert back["results"] == first["results"]


def test_a_row_says_what_is_due_and_what_can_be_done(aurora: House, owner: Api) -> None:
    invoice = issued(aurora)
    transfer(aurora, 2000)
    [row] = owner.get("invoices/").json()["results"]
    assert row == {
        "id": str(invoice.pk),
        "number": invoice.number,
        "state": "open",
        "is_overdue": False,
        "issued_on": str(invoice.issued_on),
        "due_on": str(invoice.due_on),
        "net_minor": 10000,
        "tax_minor": 2000,
        "total_minor": 12000,
        "due_minor": 10000,
        "currency": "EUR",
        "can": ["pay"],
    }
    transfer(aurora, 10000)
    [row] = owner.get("invoices/").json()["results"]
    assert (row["state"], row["due_minor"], row["can"]) == ("paid", 0, [])


def test_who_only_reads_is_offered_nothing(aurora: House, visit: Callable[..., Api]) -> None:
    issued(aurora)
    [row] = aurora.app.get("invoices/").json()["results"]
    assert row["can"] == []
    accountant = visit(aurora.person("accountant"), aurora.tenant)
    [row] = accountant.get("invoices/").json()["results"]
    assert row["can"] == ["pay"]
    waiter = visit(aurora.person("waiter"), aurora.tenant)
    assert waiter.get("invoices/").status_code == 403


def test_by_state(aurora: House, owner: Api) -> None:
    with time_machine.travel(timezone.now() - timedelta(days=30), tick=True):
        late = issued(aurora)
    void = issued(aurora)
    void_invoice(void, by=SYSTEM, reason="Wrong")
    fresh = issued(aurora)
    assert numbers(owner, "?state=open") == [fresh.number, late.number]
    assert numbers(owner, "?state=overdue") == [late.number]
    assert numbers(owner, "?state=void") == [void.number]
    assert numbers(owner, "?state=paid") == []
    assert [row["is_overdue"] for row in owner.get("invoices/").json()["results"]] == [
        False, False, True,
    ]  # fmt: skip
    transfer(aurora, late.total_minor)
    assert numbers(owner, "?state=paid") == [late.number]
    assert numbers(owner, "?state=overdue") == []


def test_overdue_begins_with_the_sellers_day(aurora: House, owner: Api) -> None:
    """Due on the 15th: late from midnight in Vienna, which is 22:00 in UTC in summer."""
    with time_machine.travel("2026-07-01T10:00:00Z", tick=False):
        invoice = issued(aurora)
    assert str(invoice.due_on) == "2026-07-15"
    for moment, late in (("2026-07-15T21:59:00Z", False), ("2026-07-15T22:00:00Z", True)):
        with time_machine.travel(moment, tick=False):
            shown = aurora.app.get(f"invoices/{invoice.pk}/").json()
            assert shown["is_overdue"] is late
            assert (numbers(aurora.app, "?state=overdue") == [invoice.number]) is late


def test_by_day_of_issue(aurora: House, owner: Api) -> None:
    made = {}
    for day in ("2026-03-01", "2026-03-02", "2026-03-03"):
        with time_machine.travel(f"{day}T10:00:00Z", tick=True):
            made[day] = issued(aurora).number
    assert numbers(owner, "?from=2026-03-02") == [made["2026-03-03"], made["2026-03-02"]]
    assert numbers(owner, "?to=2026-03-01") == [made["2026-03-01"]]
    assert numbers(owner, "?from=2026-03-02&to=2026-03-02") == [made["2026-03-02"]]


def test_by_words_of_its_number_and_lines(aurora: House, bluefin: House, owner: Api) -> None:
    first = issued(aurora, line(100, description="Einschulung für Gäste"), line(5))
    second = issued(aurora, line(100, description="100% Betreuung"))
    draft(aurora, line(100, description="Einschulung"))
    issued(bluefin, line(100, description="Einschulung"))
    assert numbers(owner, "?q=einschulung") == [first.number]
    assert numbers(owner, "?q=GASTE+set-up") == [first.number]
    assert numbers(owner, "?q=gaste+betreuung") == []
    # Nothing in it is a pattern.
    assert numbers(owner, "?q=%25") == [second.number]
    assert numbers(owner, "?q=_") == []
    assert numbers(owner, f"?q={second.number[-4:]}") == [second.number]
    assert numbers(owner, "?q=%20%20") == [second.number, first.number]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("state=draft", "state"),
        ("state=lost", "state"),
        ("from=yesterday", "from"),
        ("to=2026-02-30", "to"),
        ("q=%00", "q"),
        (f"q={'x' * 201}", "q"),
        ("limit=0", "limit"),
        ("cursor=nonsense", "cursor"),
    ],
)
def test_what_makes_no_sense_is_refused(owner: Api, query: str, field: str) -> None:
    response = owner.get(f"invoices/?{query}")
    assert response.status_code == 400
    assert [error["field"] for error in response.json()["errors"]] == [field]


@pytest.mark.parametrize("query", ["", "?q=set", "?state=overdue&from=2020-01-01"])
def test_as_many_queries_for_many_as_for_one(aurora: House, query: str) -> None:
    issued(aurora)
    for _ in range(2):
        assert statements(lambda: numbers(aurora.app, query)) == 1
        issue_invoices([draft(aurora) for _ in range(5)], by=SYSTEM)


def test_the_whole_of_an_invoice(aurora: House, owner: Api) -> None:
    invoice = issued(aurora, line(10000), line(333, "1.5", "Training"))
    transfer(aurora, 2000, "E-REF 1")
    note = credit_invoice(
        invoice, by=SYSTEM, reason="Less", net_minor={invoice.lines.first().pk: 500}
    )
    Reminder.objects.create(tenant=aurora.tenant, invoice=invoice, level=1)
    shown = owner.get(f"invoices/{invoice.pk}/").json()
    assert shown["seller"]["name"] == "Tavola Betriebs GmbH"
    assert shown["buyer"]["reference"] == "aurora"
    assert (shown["tax_category"], shown["language"]) == ("S", "en")
    assert shown["lines"][1] == {
        "position": 2,
        "description": "Training",
        "quantity": "1.500",
        "unit": "C62",
        "unit_price_minor": 333,
        "net_minor": 500,
        "tax_percent": "20.00",
        "tax_minor": 100,
        "period_start": None,
        "period_end": None,
    }
    assert shown["taxes"] == [{"tax_percent": "20.00", "net_minor": 10500, "tax_minor": 2100}]
    assert shown["total_minor"] == 12600
    assert (shown["allocated_minor"], shown["due_minor"]) == (2600, 10000)
    [by_payment, by_note] = shown["allocations"]
    assert by_payment["amount_minor"] == 2000
    assert by_payment["payment"]["method"] == "transfer"
    assert by_payment["credit_note"] is None
    assert by_note["credit_note"] == {"id": str(note.pk), "number": note.number}
    assert [each["number"] for each in shown["credit_notes"]] == [note.number]
    assert [each["level"] for each in shown["reminders"]] == [1]
    assert shown["has_document"] is False


def test_one_costs_the_same_however_much_hangs_on_it(aurora: House) -> None:
    small, large = issued(aurora), issued(aurora, *(line(100 + n) for n in range(12)))
    transfer(aurora, small.total_minor + 10)
    transfer(aurora, 20)
    for invoice in (small, large):
        # The invoice, its lines, allocations, credit notes, reminders.
        assert statements(lambda: aurora.app.get(f"invoices/{invoice.pk}/")) == 5  # noqa: B023


def test_a_link_once_the_document_is_there(aurora: House, owner: Api, local_store: Path) -> None:
    invoice = issued(aurora)
    early = owner.post(f"invoices/{invoice.pk}/link/")
    assert (early.status_code, early.json()["code"]) == (409, "document-not-ready")
    assert early["Retry-After"] == "2"
    files.put("invoices/1.pdf", BytesIO(b"%PDF"))
    Document.objects.create(
        tenant=aurora.tenant, invoice=invoice, name="invoices/1.pdf", size=4, sha256="0" * 64
    )
    assert owner.get(f"invoices/{invoice.pk}/").json()["has_document"] is True
    response = owner.post(f"invoices/{invoice.pk}/link/")
    assert response.status_code == 201
    file = owner.client.get(response.json()["url"])
    assert b"".join(file.streaming_content) == b"%PDF"
    assert f"invoice-{invoice.number}.pdf" in file["Content-Disposition"]


def test_without_a_place_for_files_there_is_no_link(aurora: House, owner: Api) -> None:
    invoice = issued(aurora)
    assert owner.post(f"invoices/{invoice.pk}/link/").json()["code"] == "storage-not-configured"


@pytest.mark.parametrize("verb", ["POST", "PUT", "PATCH", "DELETE"])
def test_nothing_of_an_invoice_is_written_over_the_api(
    aurora: House, owner: Api, verb: str
) -> None:
    invoice = issued(aurora)
    before = Invoice.objects.values().get(pk=invoice.pk)
    for path in ("invoices/", f"invoices/{invoice.pk}/"):
        assert owner(verb, path, {"state": "paid"}).status_code == 405
    assert Invoice.objects.values().get(pk=invoice.pk) == before
