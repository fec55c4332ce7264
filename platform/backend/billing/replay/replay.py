"""The replay as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from uuid import UUID

from django.db import connection, transaction

from backend.billing.replay.books import books_of
from backend.billing.replay.checks import Difference, check
from backend.billing.replay.documents import check_documents
from backend.billing.replay.series import check_series
from backend.common.tenancy import owner_scope
from backend.tenants.models import Tenant

# Whose books are in memory at once.
TENANTS: Final = 50


@contextmanager
def snapshot() -> Iterator[None]:
    """One state of the database for the whole replay, whatever is booked meanwhile."""
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def replay(*, documents: bool = False) -> Iterator[Difference]:
    """Yields each difference between what is stored and what follows from the facts.

    Memory doesn't grow with the number of tenants. With `documents` each PDF is read as well.
    """
    with owner_scope():
        in_series = list(check_series())
    yield from in_series
    last: UUID | None = None
    while True:
        page = Tenant.objects.order_by("pk")
        tenants = list((page.filter(pk__gt=last) if last else page)[:TENANTS])
        if not tenants:
            return
        last = tenants[-1].pk
        with owner_scope():
            found = [each for books in books_of(tenants) for each in check(books)]
            if documents:
                found += check_documents(tenants)
        yield from found
