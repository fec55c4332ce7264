"""Tens of thousands of tickets, written by the database itself."""

from __future__ import annotations

from django.db import connection

from backend.common.tenancy import owner_scope
from backend.conftest import House

# A few are unfinished, as anywhere; every third was opened by the waiter, and both have read nearly
# everything. "print" begins words of many, "zebra" stands in three.
FILL = """
    WITH matters AS (
        SELECT n, gen_random_uuid() AS id,
            (ARRAY['Printer', 'Till', 'Menu', 'Table plan', 'Invoice', 'Card reader', 'Printing',
                   'Opening hours'])[1 + n * 7 %% 8] || ' in '
            || (ARRAY['kitchen', 'bar', 'garden', 'cellar', 'hall'])[1 + n * 3 %% 5] AS subject,
            CASE WHEN n %% 3 = 0 THEN %(waiter)s::uuid ELSE %(owner)s::uuid END AS opener,
            now() - n * interval '7 minutes' AS at
        FROM generate_series(1, %(count)s) AS n
    ), tickets AS (
        INSERT INTO tickets_ticket (id, tenant_id, number, subject, department_id, priority, state,
            opened_by, opened_by_kind, opened_by_id, last_message_at, last_message_side,
            waiting_since, answer_due_at, created_at, updated_at)
        SELECT m.id, %(tenant)s, %(count)s + 1 - n, subject,
            (SELECT d.id FROM tickets_department AS d ORDER BY d.position OFFSET n %% 3 LIMIT 1),
            'normal', CASE WHEN n <= 60 THEN 'open' ELSE 'closed' END, 'Somebody', 'person', opener,
            at, 'staff', CASE WHEN n <= 60 THEN at END,
            CASE WHEN n <= 60 THEN at + interval '1 day' END, at - interval '1 hour', at
        FROM matters AS m
    ), asked AS (
        INSERT INTO tickets_message (id, tenant_id, ticket_id, side, author, author_kind,
            author_id, via, body, event, created_at)
        SELECT gen_random_uuid(), %(tenant)s, id, 'customer', 'Somebody', 'person', opener,
            'portal', 'Does not ' || (ARRAY['print', 'open', 'answer', 'close'])[1 + n %% 4]
            || CASE WHEN n %% (%(count)s / 3) = 1 THEN ', says the zebra' ELSE '' END, '', at
        FROM matters
    )
    INSERT INTO tickets_ticketreading (id, tenant_id, ticket_id, person_id, read_until,
        unread_since, created_at, updated_at)
    SELECT gen_random_uuid(), %(tenant)s, id, opener, at - interval '1 hour',
        CASE WHEN n %% (%(count)s / 20) < 2 THEN at END, now(), now()
    FROM matters
"""
TABLES = "tickets_ticket, tickets_message, tickets_ticketreading, tickets_ticketterm"


def fill(house: House, count: int) -> None:
    """At least 100 of them; the house has none yet."""
    parameters = {
        "tenant": house.tenant.pk,
        "count": count,
        "owner": house.person("owner").pk,
        "waiter": house.person("waiter").pk,
    }
    with owner_scope(), connection.cursor() as cursor:
        # Closed from the beginning: had they been open first, every index would still hold that.
        cursor.execute("ALTER TABLE tickets_ticket DISABLE TRIGGER guarded_transitions")
        # One statement writes the rows and what they refer to.
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute(FILL, parameters)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE tickets_ticket ENABLE TRIGGER guarded_transitions")
        cursor.execute(f"ANALYZE {TABLES}")
