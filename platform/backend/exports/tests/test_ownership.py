"""No table that names a tenant is forgotten: it is exported, or left out for a reason."""

from __future__ import annotations

import pytest
from django.db import connection

from backend.common.tenancy import tenant_role, tenant_scope
from backend.conftest import House
from backend.exports.ownership import (
    COLUMNS_LEFT_OUT,
    NOT_READABLE,
    TABLES_LEFT_OUT,
    Ownership,
    find_ownership,
)
from backend.exports.tests.conftest import query

pytestmark = pytest.mark.django_db

# What must never travel, whatever a migration grants; and what only sounds like it.
SECRET = ("secret", "password", "digest", "token", "private", "encrypted")
HARMLESS: set[tuple[str, str]] = set()


@pytest.fixture
def ownership(aurora: House) -> Ownership:
    with tenant_scope(aurora.tenant.id):
        return find_ownership()


def columns_of_tenants() -> set[tuple[str, str]]:
    """Every column of every table with a `tenant_id`, and of the tenants themselves."""
    return set(
        query(
            """
            SELECT table_name, column_name FROM information_schema.columns AS c
            JOIN information_schema.tables USING (table_schema, table_name)
            WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
              AND (table_name = 'tenants_tenant' OR EXISTS (
                  SELECT FROM information_schema.columns AS t
                  WHERE t.table_schema = 'public' AND t.table_name = c.table_name
                    AND t.column_name = 'tenant_id'))
            """
        )
    )


def test_every_column_is_exported_or_left_out_for_a_reason(ownership: Ownership) -> None:
    exported = {(table.name, column) for table in ownership.tables for column in table.columns}
    unexplained = {
        each
        for each in columns_of_tenants() - exported
        if each not in COLUMNS_LEFT_OUT and each[0] not in TABLES_LEFT_OUT
    }
    assert unexplained == set(), (
        "A tenant takes these along, or backend/exports/ownership.py says why not: the tenant's "
        "role has no SELECT on them."
    )
    assert not [each for each in ownership.left_out if each.why == NOT_READABLE]


def test_what_is_left_out_exists(ownership: Ownership) -> None:
    everything = columns_of_tenants()
    assert set(COLUMNS_LEFT_OUT) <= everything
    assert set(TABLES_LEFT_OUT) <= {table for table, _ in everything}


def test_what_is_left_out_is_said_and_not_exported(ownership: Ownership) -> None:
    said = {(each.table, each.column) for each in ownership.left_out}
    assert said >= set(COLUMNS_LEFT_OUT) | {(table, None) for table in TABLES_LEFT_OUT}
    exported = {(table.name, column) for table in ownership.tables for column in table.columns}
    assert not exported & set(COLUMNS_LEFT_OUT)
    assert not {table for table, _ in exported} & set(TABLES_LEFT_OUT)


def test_no_secret_is_exported(ownership: Ownership) -> None:
    suspicious = {
        (table.name, column)
        for table in ownership.tables
        for column in table.columns
        if any(word in column for word in SECRET)
    }
    assert suspicious - HARMLESS == set()


def test_the_tenants_own_row_is_told_by_its_id(ownership: Ownership) -> None:
    owners = {table.name: table.owner for table in ownership.tables}
    assert owners.pop("tenants_tenant") == "id"
    assert set(owners.values()) == {"tenant_id"}


def test_what_the_role_may_not_read_stays_behind_and_is_told(aurora: House) -> None:
    """Also a column that nobody has thought of here: the export doesn't fail over it."""
    with connection.cursor() as cursor:
        role = connection.ops.quote_name(tenant_role())
        cursor.execute(f"REVOKE SELECT ON crm_tag FROM {role}")
        cursor.execute(f"GRANT SELECT (id, tenant_id) ON crm_tag TO {role}")
    with tenant_scope(aurora.tenant.id):
        found = find_ownership()
    [tags] = [table for table in found.tables if table.name == "crm_tag"]
    assert tags.columns == ("id", "tenant_id")
    why = {each.column: each.why for each in found.left_out if each.table == "crm_tag"}
    assert why["name"] == NOT_READABLE


def test_only_the_tenants_role_decides_what_is_readable(aurora: House) -> None:
    """Asked as the owner of the tables, even a digest would count as readable."""
    as_owner = find_ownership()
    with tenant_scope(aurora.tenant.id):
        as_tenant = find_ownership()
    assert ("client_apps_appkey", "digest") in COLUMNS_LEFT_OUT
    assert {table.name for table in as_tenant.tables} <= {table.name for table in as_owner.tables}
    assert "crm_customer" in {table.name for table in as_tenant.tables}
