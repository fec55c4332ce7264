"""Entering a tenant: what the scope does to the connection, and how it leaves it."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from backend.common.tenancy import current_tenant_id, owner_scope, tenant_role, tenant_scope
from backend.conftest import House
from backend.tenants.models import Member, Tenant


def database_role() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user::text")
        return str(cursor.fetchone()[0])


def database_tenant() -> str | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_tenant_id()::text")
        found: str | None = cursor.fetchone()[0]
        return found


def test_a_scope_runs_as_the_tenant_role(aurora: House) -> None:
    owner = database_role()
    with tenant_scope(aurora.tenant.id):
        assert database_role() == tenant_role()
        assert database_tenant() == str(aurora.tenant.id)
        assert current_tenant_id() == aurora.tenant.id
    assert database_role() == owner
    assert database_tenant() is None
    assert current_tenant_id() is None


def test_a_forgotten_filter_still_sees_one_tenant(aurora: House, bluefin: House) -> None:
    with tenant_scope(aurora.tenant.id):
        assert {member.tenant_id for member in Member.objects.all()} == {aurora.tenant.id}
        assert list(Tenant.objects.all()) == [aurora.tenant]


def test_raw_sql_sees_one_tenant(aurora: House, bluefin: House) -> None:
    with tenant_scope(bluefin.tenant.id), connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT tenant_id FROM tenants_member")
        assert cursor.fetchall() == [(bluefin.tenant.id,)]


def test_the_tenant_role_gives_no_membership_to_another_person(
    aurora: House, bluefin: House
) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), tenant_scope(aurora.tenant.id):
        Member.objects.filter(role="owner").update(person=bluefin.person("owner"))
    assert aurora.person("owner").memberships.filter(tenant=aurora.tenant).exists()


def test_the_tenant_role_changes_no_state(aurora: House) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), tenant_scope(aurora.tenant.id):
        Tenant.objects.update(state="archived")
    aurora.tenant.refresh_from_db()
    assert aurora.tenant.state == "active"


def test_the_tenant_role_reads_no_people_and_no_keys(aurora: House) -> None:
    for table in ("accounts_person", "accounts_session", "client_apps_appkey"):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            tenant_scope(aurora.tenant.id),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"SELECT * FROM {table}")


def test_the_tenant_role_cannot_identify_callers(aurora: House) -> None:
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        tenant_scope(aurora.tenant.id),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT identify_caller(NULL, NULL, NULL, NULL, false)")


def test_a_nested_scope_restores_what_it_found(aurora: House, bluefin: House) -> None:
    with tenant_scope(aurora.tenant.id):
        with tenant_scope(bluefin.tenant.id):
            assert database_tenant() == str(bluefin.tenant.id)
        assert database_tenant() == str(aurora.tenant.id)
        assert database_role() == tenant_role()
        assert current_tenant_id() == aurora.tenant.id


def test_a_failed_nested_scope_restores_what_it_found(aurora: House, bluefin: House) -> None:
    with tenant_scope(aurora.tenant.id):
        with (
            pytest.raises(DatabaseError),
            tenant_scope(bluefin.tenant.id),
            connection.cursor() as cursor,
        ):
            cursor.execute("SELECT 1 / 0")
        assert database_tenant() == str(aurora.tenant.id)
        assert database_role() == tenant_role()
        assert current_tenant_id() == aurora.tenant.id


def test_an_owner_scope_leaves_the_role_for_its_statements_only(aurora: House) -> None:
    owner = database_role()
    with tenant_scope(aurora.tenant.id):
        with owner_scope():
            assert database_role() == owner
        assert database_role() == tenant_role()
        assert database_tenant() == str(aurora.tenant.id)


def test_a_tenants_id_never_changes(aurora: House, bluefin: House) -> None:
    member = aurora.members["waiter"]
    with pytest.raises(IntegrityError, match="tenant_id_is_immutable"), transaction.atomic():
        Member.objects.filter(pk=member.pk).update(tenant=bluefin.tenant)
    member.refresh_from_db()
    assert member.tenant_id == aurora.tenant.id


@pytest.mark.django_db(transaction=True)
def test_entering_costs_begin_and_one_statement(aurora: House) -> None:
    with CaptureQueriesContext(connection) as queries, tenant_scope(aurora.tenant.id):
        pass
    assert [query["sql"].split()[0] for query in queries] == ["BEGIN", "SELECT", "COMMIT"]


@pytest.mark.django_db(transaction=True)
def test_an_exception_leaves_a_clean_connection(aurora: House) -> None:
    owner = database_role()
    with pytest.raises(ZeroDivisionError), tenant_scope(aurora.tenant.id):
        raise ZeroDivisionError
    assert database_role() == owner
    assert database_tenant() is None


@pytest.mark.django_db(transaction=True)
def test_a_database_error_leaves_a_clean_connection(aurora: House) -> None:
    owner = database_role()
    with (
        pytest.raises(DatabaseError),
        tenant_scope(aurora.tenant.id),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT 1 / 0")
    assert database_role() == owner
    assert database_tenant() is None
