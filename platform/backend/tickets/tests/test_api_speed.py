"""100,000 tickets of one tenant are listed and counted as fast as 100 are, within two times."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection

from backend.accounts.models import Person
from backend.common.api.pagination import encode_cursor
from backend.common.tenancy import owner_scope
from backend.conftest import Api, House
from backend.crm.tests.test_speed import cost, processor_time
from backend.tickets.models import Ticket
from backend.tickets.tests.many import TABLES, fill

LISTS = [
    "",
    "state=open",
    "state=closed",
    "state=awaiting_staff",
    "state=awaiting_customer",
    "department=billing",
    "department=billing&state=open",
    "unread=true",
    "unread=true&state=closed",
    "unread=true&department=billing",
    "q=print",
    "q=%2399",
    "q=print&unread=true",
    "q=nobody",
]
# Where tens of thousands are new and as many closed, but none is both, each new one is looked at.
SLOW = "unread=true&state=closed"
# As a second page is, and one from the middle of all.
PAGES = ["", "&cursor={}"]


@pytest.fixture
def swept(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """What a test writes and takes back still fills the files, and is estimated."""
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(f"VACUUM (ANALYZE) {TABLES}")


def paths(house: House) -> list[str]:
    """The same requests to each house, by what is there."""
    tickets = Ticket.objects.filter(tenant=house.tenant).order_by("-last_message_at", "-pk")
    number = tickets.count() // 2
    middle = tickets[number]
    cursor = encode_cursor(["next", "-active", middle.last_message_at.isoformat(), str(middle.pk)])
    lists = [f"tickets/?limit=20&{query}{page.format(cursor)}" for page in PAGES for query in LISTS]
    return [
        *lists,
        "tickets/summary/",
        f"tickets/{tickets.filter(opened_by_id=house.person('waiter').pk)[0].pk}/",
    ]


def wait_for_the_owner() -> None:
    """Nothing was read, and all but the waiter's were answered: what is rare is now common."""
    with owner_scope(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE tickets_ticket DISABLE TRIGGER guarded_transitions")
        cursor.execute(
            "UPDATE tickets_ticketreading SET unread_since = read_until + interval '1 hour'"
        )
        cursor.execute(
            "UPDATE tickets_ticket SET state = 'awaiting_customer' "
            "WHERE state = 'closed' AND opened_by_id <> ALL(%s)",
            [list(Person.objects.filter(email__startswith="waiter").values_list("pk", flat=True))],
        )
        cursor.execute("ALTER TABLE tickets_ticket ENABLE TRIGGER guarded_transitions")
        cursor.execute(f"ANALYZE {TABLES}")


def asking(api: Api, path: str) -> Callable[[], Any]:
    def call() -> Any:
        response = api.get(path)
        assert response.status_code == 200, response.content
        return response

    return call


@pytest.mark.parametrize("is_new", [False, True], ids=["few are new", "all are new"])
def test_lists_and_counts_do_not_slow_down(
    swept: None, aurora: House, bluefin: House, visit: Callable[..., Api], is_new: bool
) -> None:
    fill(aurora, 100_000)
    fill(bluefin, 100)
    if is_new:
        wait_for_the_owner()
    clock = processor_time()
    figures = {}
    for role in ("owner", "waiter"):
        large, small = (visit(house.person(role), house.tenant) for house in (aurora, bluefin))
        for here, there in zip(paths(aurora), paths(bluefin), strict=True):
            if is_new and SLOW in here:
                continue
            quick, slow = cost(asking(small, there), clock), cost(asking(large, here), clock)
            if slow > 2 * quick:
                slow = min(slow, cost(asking(large, here), clock, runs=100))
            figures[role, here] = (quick, slow)
    report = "".join(
        f"\n{role:6} {path:83.83} {quick:6.1f} ms {slow:6.1f} ms"
        for (role, path), (quick, slow) in figures.items()
    )
    sys.stdout.write(report)
    assert all(slow <= 2 * quick for quick, slow in figures.values()), report
