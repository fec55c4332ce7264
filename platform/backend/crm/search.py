"""Asks the database's own search. What it finds by, and why so, is in ``migrations/sql``."""

from __future__ import annotations

from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from backend.crm.models import CustomerTerm
from backend.tenants.models import Tenant

LONGEST_QUERY: Final = 200
# In the "C" collation nothing that begins with a text is greater than the text and this.
GREATEST_CHARACTER: Final = "\U0010ffff"
_ALL: Final = 2**31 - 1


class Match(NamedTuple):
    """A customer, and the smallest of its terms that matches: its place in the results."""

    id: UUID
    term: str


def search(
    q: str,
    *,
    tag: str = "",
    start: Match | None = None,
    backwards: bool = False,
    most: int = _ALL,
) -> list[Match]:
    """The current tenant's customers that match all words of `q` and carry the tag.

    In the order of their terms, from beyond `start` on; or backwards, from before it.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, term FROM crm_search(%s, %s, %s, %s, %s, %s)",
            [
                q,
                tag or None,
                start.term if start else None,
                start.id if start else None,
                backwards,
                most,
            ],
        )
        return [Match(*row) for row in cursor.fetchall()]


def matching_ids(q: str, tag: str = "") -> list[UUID]:
    """All that match, in no order."""
    return [match.id for match in search(q, tag=tag)]


def among_all_tenants(customers: QuerySet[Any], q: str) -> QuerySet[Any]:
    """Those of `customers` that match all words of `q`, whosever they are: for staff alone.

    The index begins with the tenant, so that it is asked once for each of them.
    """
    if not q.strip():
        return customers
    with connection.cursor() as cursor:
        cursor.execute("SELECT crm_query_tokens(%s)", [q])
        tokens: list[str] = cursor.fetchone()[0]
    if not tokens:
        return customers.none()
    for token in tokens:
        terms = CustomerTerm.objects.filter(
            tenant_id__in=Tenant.objects.values("pk"),
            term__gte=token,
            term__lt=token + GREATEST_CHARACTER,
        )
        customers = customers.filter(pk__in=terms.values("customer_id"))
    return customers
