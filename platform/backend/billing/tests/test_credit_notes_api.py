"""Credit notes as members see them."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest

from backend.billing.models import Document
from backend.billing.tests.cast import SYSTEM, issued, line, transfer
from backend.billing.tests.world import statements
from backend.billing.workflows.credit_invoice import credit_invoice
from backend.common import files
from backend.common.tests.stores import local_store
from backend.conftest import Api, House

__all__ = ["local_store"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seller")]


@pytest.fixture
def owner(aurora: House, visit: Callable[..., Api]) -> Api:
    return visit(aurora.person("owner"), aurora.tenant)


def test_the_newest_first(aurora: House, bluefin: House, owner: Api) -> None:
    invoice = issued(aurora, line(1000), line(2000))
    first_line, second_line = invoice.lines.order_by("position")
    first = credit_invoice(invoice, by=SYSTEM, reason="One", net_minor={first_line.pk: 1000})
    second = credit_invoice(invoice, by=SYSTEM, reason="Two", net_minor={second_line.pk: 500})
    credit_invoice(issued(bluefin), by=SYSTEM, reason="Theirs")
    rows = owner.get("credit-notes/").json()["results"]
    assert [row["number"] for row in rows] == [second.number, first.number]
    assert rows[0] == {
        "id": str(second.pk),
        "number": second.number,
        "issued_on": str(second.issued_on),
        "net_minor": 500,
        "tax_minor": 100,
        "total_minor": 600,
        "currency": "EUR",
        "reason": "Two",
        "invoice": {"id": str(invoice.pk), "number": invoice.number},
    }
    page = owner.get("credit-notes/?limit=1").json()
    rest = owner.get(f"credit-notes/?limit=1&cursor={page['next_cursor']}").json()
    assert [row["number"] for row in rest["results"]] == [first.number]
    assert statements(lambda: aurora.app.get("credit-notes/")) == 1


def test_the_whole_of_it(aurora: House, owner: Api) -> None:
    invoice = issued(aurora)
    transfer(aurora, 11000)
    note = credit_invoice(invoice, by=SYSTEM, reason="Not delivered")
    shown = owner.get(f"credit-notes/{note.pk}/").json()
    assert shown["seller"] == invoice.seller
    assert shown["lines"] == [
        {
            "position": 1,
            "description": "Set-up",
            "quantity": "1.000",
            "unit": "C62",
            "unit_price_minor": 10000,
            "net_minor": 10000,
            "tax_percent": "20.00",
            "tax_minor": 2000,
            "period_start": None,
            "period_end": None,
        }
    ]
    assert shown["taxes"] == [{"tax_percent": "20.00", "net_minor": 10000, "tax_minor": 2000}]
    [settled] = shown["allocations"]
    assert settled["amount_minor"] == 1000
    assert settled["invoice"]["number"] == invoice.number
    assert shown["has_document"] is False
    assert statements(lambda: aurora.app.get(f"credit-notes/{note.pk}/")) == 3


def test_a_link_once_the_document_is_there(aurora: House, owner: Api, local_store: Path) -> None:
    note = credit_invoice(issued(aurora), by=SYSTEM, reason="Wrong")
    early = owner.post(f"credit-notes/{note.pk}/link/")
    assert (early.status_code, early.json()["code"]) == (409, "document-not-ready")
    files.put("credit-notes/1.pdf", BytesIO(b"%PDF"))
    Document.objects.create(
        tenant=aurora.tenant, credit_note=note, name="credit-notes/1.pdf", size=4, sha256="0" * 64
    )
    response = owner.post(f"credit-notes/{note.pk}/link/")
    assert response.status_code == 201
    file = owner.client.get(response.json()["url"])
    assert b"".join(file.streaming_content) == b"%PDF"
    assert f"credit-note-{note.number}.pdf" in file["Content-Disposition"]
    assert owner.get(f"credit-notes/{note.pk}/").json()["has_document"] is True
