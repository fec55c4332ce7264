"""As the tenant role: exports can be asked for and looked at, and nothing else."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from backend.common.tenancy import owner_scope, tenant_scope
from backend.conftest import House
from backend.exports.models import TenantExport, TenantExportTransition
from backend.exports.tests.conftest import ask, put_in_state

pytestmark = pytest.mark.django_db


def execute(statement: str, *parameters: object) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.rowcount


@pytest.fixture
def theirs(bluefin: House) -> TenantExport:
    return put_in_state(ask(bluefin), "ready")


@pytest.mark.parametrize("table", ["exports_tenantexport", "exports_tenantexporttransition"])
def test_another_tenants_rows_are_not_there(
    aurora: House, theirs: TenantExport, table: str
) -> None:
    with tenant_scope(aurora.tenant.id):
        assert execute(f"SELECT id FROM {table}") == 0
    with tenant_scope(theirs.tenant_id):
        assert execute(f"SELECT id FROM {table}") > 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE exports_tenantexport SET state = 'expired'",
        "UPDATE exports_tenantexport SET sha256 = 'x'",
        "UPDATE exports_tenantexport SET expires_at = now() + interval '1 year'",
        "DELETE FROM exports_tenantexport",
        "SELECT diagnostics FROM exports_tenantexport",
        "UPDATE exports_tenantexporttransition SET reason = 'x'",
        "DELETE FROM exports_tenantexporttransition",
        "INSERT INTO exports_tenantexporttransition (id) VALUES (gen_random_uuid())",
    ],
)
def test_members_change_nothing_of_an_export(theirs: TenantExport, statement: str) -> None:
    before = TenantExport.objects.values().get(pk=theirs.pk)
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        tenant_scope(theirs.tenant_id),
    ):
        execute(statement)
    assert TenantExport.objects.values().get(pk=theirs.pk) == before


def test_none_is_asked_for_in_anothers_name(aurora: House, bluefin: House) -> None:
    with (
        pytest.raises(DatabaseError, match="row-level security"),
        tenant_scope(aurora.tenant.id),
    ):
        TenantExport.objects.create(tenant_id=bluefin.tenant.id, requested_by="x")
    assert TenantExport.objects.count() == 0


@pytest.mark.parametrize("state", ["running", "ready", "failed", "expired"])
def test_none_begins_as_if_it_were_done(aurora: House, state: str) -> None:
    """A row that says `ready` would hand out whatever lies under its name."""
    now = timezone.now()
    with (
        pytest.raises(DatabaseError, match="begins as waiting"),
        tenant_scope(aurora.tenant.id),
    ):
        TenantExport.objects.create(
            tenant_id=aurora.tenant.id, requested_by="x", state=state, attempt=1, bytes=1,
            sha256="a" * 64, finished_at=now, expires_at=now, failure="store",
        )  # fmt: skip
    assert TenantExport.objects.count() == 0


@pytest.mark.parametrize(
    ("state", "to"),
    [
        ("waiting", "ready"), ("waiting", "expired"), ("running", "waiting"),
        ("running", "expired"), ("ready", "running"), ("ready", "failed"), ("failed", "running"),
        ("failed", "ready"), ("expired", "ready"), ("expired", "running"),
    ],
)  # fmt: skip
def test_not_even_the_owner_of_the_table_skips_a_step(aurora: House, state: str, to: str) -> None:
    export = put_in_state(ask(aurora), state)
    with pytest.raises(DatabaseError, match="can not go from"), transaction.atomic():
        execute(
            "UPDATE exports_tenantexport SET state = %s, sha256 = %s, bytes = 1, failure = 'store',"
            " finished_at = now(), expires_at = now() WHERE id = %s",
            to, "a" * 64, export.pk,
        )  # fmt: skip
    export.refresh_from_db()
    assert export.state == state


@pytest.mark.parametrize(
    "change",
    [
        "sha256 = ''",
        "sha256 = 'not a sum'",
        "bytes = 0",
        "expires_at = NULL",
        "finished_at = NULL",
    ],
)
def test_an_archive_has_its_facts(aurora: House, change: str) -> None:
    export = put_in_state(ask(aurora), "ready")
    with pytest.raises(IntegrityError, match="exports_an_archive_has_its_facts"):
        execute(f"UPDATE exports_tenantexport SET {change} WHERE id = %s", export.pk)


def test_a_failure_has_its_reason(aurora: House) -> None:
    export = put_in_state(ask(aurora), "failed")
    with pytest.raises(IntegrityError, match="exports_a_failure_has_its_reason"):
        execute("UPDATE exports_tenantexport SET failure = '' WHERE id = %s", export.pk)


def test_the_database_itself_refuses_a_second_one_at_once(aurora: House) -> None:
    ask(aurora)
    with pytest.raises(IntegrityError, match="exports_one_at_a_time"), transaction.atomic():
        TenantExport.objects.create(tenant=aurora.tenant, requested_by="x")


def test_what_happened_stays_on_record(aurora: House) -> None:
    export = put_in_state(ask(aurora), "ready")
    for statement in (
        "UPDATE exports_tenantexporttransition SET reason = 'x'",
        "DELETE FROM exports_tenantexporttransition",
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            execute(statement)
    assert TenantExportTransition.objects.filter(export=export).count() == 2


def test_a_transition_is_of_its_own_tenants_export(aurora: House, theirs: TenantExport) -> None:
    with (
        pytest.raises(IntegrityError, match="same_tenant"),
        owner_scope(),
        transaction.atomic(),
    ):
        TenantExportTransition.objects.create(
            tenant=aurora.tenant, export=theirs, from_state="ready", to_state="expired",
            changed_by="x", changed_by_kind="system",
        )  # fmt: skip
