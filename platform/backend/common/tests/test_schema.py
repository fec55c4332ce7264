"""What the set-up of a tenant and a starting replica ask of the catalogue."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from backend.common.schema import pending_migrations, tenant_owned_tables, unprotected_tables
from backend.common.tenancy import tenant_role

pytestmark = pytest.mark.django_db


def execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_migration_that_is_not_recorded_is_pending() -> None:
    assert pending_migrations() == []
    MigrationRecorder(connection).record_unapplied("tenants", "0007_provisioning")
    assert "tenants.0007_provisioning" in pending_migrations()


def test_all_tables_are_protected() -> None:
    assert unprotected_tables() == []


@pytest.mark.parametrize(
    "harm",
    [
        "ALTER TABLE crm_tag DISABLE ROW LEVEL SECURITY",
        "DROP POLICY tenant_isolation ON crm_tag",
        "CREATE POLICY also ON crm_tag USING (true)",
        "ALTER POLICY tenant_isolation ON crm_tag USING (true)",
        "ALTER POLICY tenant_isolation ON crm_tag WITH CHECK (true)",
        "DROP POLICY tenant_isolation ON crm_tag;"
        "CREATE POLICY tenant_isolation ON crm_tag FOR SELECT "
        "USING (tenant_id = (SELECT current_tenant_id()))",
    ],
)
def test_a_table_that_is_open_is_named(harm: str) -> None:
    execute(harm)
    assert unprotected_tables() == ["crm_tag"]


def test_a_new_table_without_a_policy_is_named() -> None:
    execute("CREATE TABLE zz_new (tenant_id uuid)")
    assert unprotected_tables() == ["zz_new"]


def test_the_tables_that_the_tenant_role_reads() -> None:
    found = tenant_owned_tables(tenant_role())
    assert {"crm_customer", "tenants_member", "tenants_isolationprobe"} <= set(found)
    execute(f"REVOKE ALL ON crm_customer FROM {connection.ops.quote_name(tenant_role())}")
    assert "crm_customer" not in tenant_owned_tables(tenant_role())
