"""Walks the database's own catalogue: no table may slip past row-level security."""

from __future__ import annotations

import pytest
from django.db import connection

from backend.common.tenancy import tenant_role

pytestmark = pytest.mark.django_db

# Global tables that name a tenant, and why a policy on tenant_id would be wrong for them.
GLOBAL: set[str] = set()


def rows(sql: str, *parameters: object) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def tenant_owned_tables() -> list[str]:
    found = rows(
        """
        SELECT c.relname FROM pg_class c
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
        WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
        ORDER BY 1
        """
    )
    return [str(name) for (name,) in found if name not in GLOBAL]


def test_there_is_something_to_walk() -> None:
    assert {"tenants_member", "client_apps_clientapp"} <= set(tenant_owned_tables())


def test_every_table_with_a_tenant_has_a_complete_policy() -> None:
    policies = rows(
        """
        SELECT c.relname, c.relrowsecurity, p.polcmd, pg_get_expr(p.polqual, c.oid),
               pg_get_expr(p.polwithcheck, c.oid)
        FROM pg_class c LEFT JOIN pg_policy p ON p.polrelid = c.oid
        WHERE c.relname = ANY(%s) ORDER BY 1
        """,
        tenant_owned_tables(),
    )
    for table, enabled, command, using, check in policies:
        assert enabled, f"{table} has no row-level security"
        assert command == "*", f"{table}: the policy does not cover every command"
        for side in (using, check):
            assert str(side).startswith("(tenant_id = ( SELECT current_tenant_id()"), (table, side)
    assert len(policies) == len(tenant_owned_tables()), "a table has more than one policy"


def test_every_privilege_of_the_tenant_role_is_behind_a_policy() -> None:
    unprotected = rows(
        """
        SELECT c.relname FROM pg_class c
        WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
          AND c.relnamespace = 'public'::regnamespace
          AND (has_table_privilege(%s, c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE')
               OR has_any_column_privilege(%s, c.oid, 'SELECT, INSERT, UPDATE'))
          AND NOT c.relrowsecurity
          AND NOT (c.relkind = 'v' AND 'security_invoker=true' = ANY(c.reloptions))
        """,
        tenant_role(),
        tenant_role(),
    )
    assert unprotected == []


def test_the_tenant_role_truncates_nothing() -> None:
    found = rows(
        """
        SELECT relname FROM pg_class
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
          AND has_table_privilege(%s, oid, 'TRUNCATE, REFERENCES, TRIGGER')
        """,
        tenant_role(),
    )
    assert found == []


def test_the_tenant_role_is_harmless() -> None:
    assert rows(
        """
        SELECT rolsuper, rolbypassrls, rolcanlogin, rolinherit, rolcreaterole, rolcreatedb
        FROM pg_roles WHERE rolname = %s
        """,
        tenant_role(),
    ) == [(False,) * 6]


def test_the_tenant_role_owns_nothing() -> None:
    assert rows("SELECT relname FROM pg_class WHERE relowner = %s::regrole", tenant_role()) == []


def test_references_between_tenant_owned_tables_carry_the_tenant() -> None:
    single_column = rows(
        """
        SELECT k.conrelid::regclass::text, k.conname FROM pg_constraint k
        WHERE k.contype = 'f' AND cardinality(k.conkey) = 1
          AND k.conrelid::regclass::text = ANY(%s) AND k.confrelid::regclass::text = ANY(%s)
          AND NOT EXISTS (
              SELECT 1 FROM pg_constraint twin
              WHERE twin.contype = 'f' AND twin.conrelid = k.conrelid
                AND twin.confrelid = k.confrelid AND k.conkey <@ twin.conkey
                AND cardinality(twin.conkey) = 2)
        """,
        tenant_owned_tables(),
        tenant_owned_tables(),
    )
    assert single_column == []


def test_indexes_of_tenant_owned_models_begin_with_the_tenant() -> None:
    """Primary keys and the indexes that support a reference to a global table are exempt."""
    found = rows(
        """
        SELECT i.indrelid::regclass::text, i.indexrelid::regclass::text
        FROM pg_index i
        JOIN pg_attribute first ON first.attrelid = i.indrelid AND first.attnum = i.indkey[0]
        WHERE i.indrelid::regclass::text = ANY(%s) AND NOT i.indisprimary
          AND first.attname <> 'tenant_id'
          AND NOT EXISTS (
              SELECT 1 FROM pg_constraint k
              WHERE k.contype = 'f' AND k.conrelid = i.indrelid
                AND k.conkey = ARRAY[i.indkey[0]] AND NOT k.confrelid::regclass::text = ANY(%s))
        """,
        tenant_owned_tables(),
        tenant_owned_tables(),
    )
    # Keys, invitations and a mail's reply address are found before any tenant is known.
    allowed = {"client_apps_appkey", "tenants_invitation", "tickets_replyaddress"}
    # Numbers are the operator's, references the bank's, and the runs go over all tenants, as do
    # those who answer tickets.
    across = {
        "billing_creditnote_number",
        "billing_entry_day",
        "billing_invoice_due",
        "billing_invoice_number",
        "billing_payment_gateway_once",
        "billing_payment_pending",
        "billing_payment_reference",
        "services_service_due",
        "tickets_attachment_unsent",
        "tickets_term_of_anybody",
        "tickets_ticket_by_due",
        "tickets_ticket_by_silence",
        "tickets_ticket_newest",
    }
    assert [row for row in found if row[0] not in allowed and row[1] not in across] == []


def test_functions_that_run_as_the_owner_are_closed_and_fixed() -> None:
    open_ones = rows(
        """
        SELECT p.proname FROM pg_proc p
        WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef
          AND (has_function_privilege('public', p.oid, 'EXECUTE')
               OR NOT coalesce(array_to_string(p.proconfig, ',') LIKE '%%search_path=%%', false))
          AND p.prorettype <> 'trigger'::regtype
        """
    )
    assert open_ones == []
