"""Whether the stored PDFs are still those that were made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256

from backend.billing.models import Document
from backend.billing.replay.checks import Difference
from backend.common.files import StoreFailed, read
from backend.tenants.models import Tenant


def check_documents(tenants: Sequence[Tenant]) -> Iterator[Difference]:
    """Reads each from the store, one after the other."""
    for document in Document.objects.filter(tenant__in=tenants).order_by("pk"):
        stored: tuple[int, str] | str
        try:
            content = read(document.name)
        except StoreFailed:
            stored = "no file"
        else:
            stored = len(content), sha256(content).hexdigest()
        if stored != (facts := (document.size, document.sha256)):
            yield Difference("document", document.name, stored, facts)
