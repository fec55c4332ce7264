"""Documents are made once, stored as they are on record, and only by the worker."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from structlog.testing import capture_logs

from backend.billing.models import CreditNote, Document, Invoice
from backend.billing.tasks_documents import make
from backend.billing.tests.cast import SYSTEM, issued
from backend.billing.workflows.credit_invoice import credit_invoice
from backend.billing.workflows.make_document import make_document
from backend.common import files
from backend.common.tests.stores import local_store, s3_server, s3_store
from backend.conftest import House

__all__ = ["local_store", "s3_server", "s3_store"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seller")]


@pytest.mark.parametrize("store", ["local_store", "s3_store"])
def test_it_is_stored_as_it_is_on_record(
    aurora: House, request: pytest.FixtureRequest, store: str
) -> None:
    request.getfixturevalue(store)
    invoice = issued(aurora)
    make(invoice_id=str(invoice.pk))
    document = Document.objects.get(invoice=invoice)
    assert document.name == f"billing/{aurora.tenant.pk}/{invoice.number}.pdf"
    content = files.read(document.name)
    assert content.startswith(b"%PDF-1.7")
    assert document.size == len(content)
    assert document.sha256 == hashlib.sha256(content).hexdigest()


def test_a_credit_note_has_its_own(aurora: House, local_store: Path) -> None:
    note = credit_invoice(issued(aurora), by=SYSTEM, reason="Ordered by mistake")
    make(credit_note_id=str(note.pk))
    document = Document.objects.get(credit_note=note)
    assert document.invoice is None
    assert document.name.endswith(f"/{note.number}.pdf")


def test_it_is_made_once(aurora: House, local_store: Path) -> None:
    invoice = issued(aurora)
    make(invoice_id=str(invoice.pk))
    with patch.object(files, "put") as put, CaptureQueriesContext(connection) as queries:
        make(invoice_id=str(invoice.pk))
    put.assert_not_called()
    assert len(queries) == 2
    assert Document.objects.count() == 1


def test_what_the_store_refused_is_tried_again(aurora: House, local_store: Path) -> None:
    invoice = issued(aurora)
    with patch.object(files, "put", side_effect=files.StoreFailed):
        with pytest.raises(files.StoreFailed):
            make(invoice_id=str(invoice.pk))
    assert not Document.objects.exists()
    make(invoice_id=str(invoice.pk))
    assert Document.objects.count() == 1


def test_without_a_place_for_files_there_is_none(aurora: House, settings: Any) -> None:
    settings.S3_BUCKET, settings.LOCAL_FILES = "", False
    with capture_logs() as logs:
        assert make_document(issued(aurora)) is None
    assert [entry["event"] for entry in logs] == ["document not made: no place for files"]
    assert not Document.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_one(aurora: House, seller: Any, local_store: Path) -> None:
    invoice = issued(aurora)

    def make_it(_: int) -> Any:
        try:
            document = make_document(Invoice.objects.get(pk=invoice.pk))
            return document.pk if document else None
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        made = set(threads.map(make_it, range(4)))
    assert made == {Document.objects.get().pk}


def test_its_digest_stays_true_if_it_is_lost_and_made_anew(
    aurora: House, local_store: Path
) -> None:
    """The same facts make the same file: a store that was lost can be filled again."""
    from backend.billing.documents.facts import facts_of
    from backend.billing.documents.pdf import render

    invoice = issued(aurora)
    document = make_document(invoice)
    assert document is not None
    again = render(facts_of(Invoice.objects.get(pk=invoice.pk)))
    assert hashlib.sha256(again).hexdigest() == document.sha256


def test_facts_are_read_in_as_few_queries_for_many_lines(aurora: House) -> None:
    from backend.billing.documents.facts import facts_of
    from backend.billing.tests.cast import line

    invoice = issued(aurora, *[line(100) for _ in range(30)])
    with CaptureQueriesContext(connection) as queries:
        assert len(facts_of(invoice).lines) == 30
    assert len(queries) == 1
    note = credit_invoice(invoice, by=SYSTEM, reason="Ordered by mistake")
    note = CreditNote.objects.get(pk=note.pk)
    with CaptureQueriesContext(connection) as queries:
        assert len(facts_of(note).lines) == 30
    assert len(queries) == 2


def test_the_web_process_never_loads_what_renders() -> None:
    """Its image doesn't have it. In a process of its own, as tests have loaded it long since."""
    probe = (
        "import django; django.setup(); import backend.urls, backend.billing.tasks, sys;"
        "print(sorted({'typst', 'pypdf', 'drafthorse', 'lxml'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", probe],
        cwd=django_settings.ROOT_DIR / "platform",
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "backend.test_settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == "[]", done.stderr
