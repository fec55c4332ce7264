"""Making the file of an issued invoice or credit note, and storing it."""

from __future__ import annotations

import hashlib
from io import BytesIO
from uuid import UUID

import structlog
from django.db import connection, transaction

from backend.billing.documents.facts import facts_of
from backend.billing.models import CreditNote, Document, Invoice
from backend.common import files

log = structlog.get_logger(__name__)


def document_name(tenant_id: UUID, number: str) -> str:
    """In the store."""
    return f"billing/{tenant_id}/{number}.pdf"


def make_document(of: Invoice | CreditNote) -> Document | None:
    """The document, rendered and stored if there is none yet; None where nothing can be stored.

    May be killed at any point, and called again, also twice at once. For the worker: the web
    process has no typst. Raises StoreFailed.
    """
    which = {"credit_note" if isinstance(of, CreditNote) else "invoice": of}
    made = Document.objects.for_tenant(of.tenant_id).filter(**which)
    if found := made.first():
        return found
    if not files.is_configured():
        log.warning("document not made: no place for files", number=of.number)
        return None
    from backend.billing.documents.pdf import render

    name = document_name(of.tenant_id, of.number)
    pdf = render(facts_of(of))
    with transaction.atomic():
        # One after the other, so that what is stored is what the row has the digest of.
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtext('billing.document'), hashtext(%s))", [name]
            )
        if found := made.first():
            return found
        files.put(name, BytesIO(pdf))
        document: Document = Document.objects.create(
            tenant_id=of.tenant_id,
            **which,
            name=name,
            size=len(pdf),
            sha256=hashlib.sha256(pdf).hexdigest(),
        )
    return document
