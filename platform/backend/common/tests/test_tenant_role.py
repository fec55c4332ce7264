"""Making the tenant role: as who may, as who may not, and where a dangerous one is in the way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import override_settings

from backend.common.protection import CreateTenantRole, MissingPrivilege

OWNER = "tavola_test_plain_owner"
ROLE = "tavola_test_other_tenant"


def execute(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall()) if cursor.description else []


@pytest.fixture
def other_role(db: None) -> Iterator[None]:
    """Roles are made inside the test's transaction, and go with it."""
    if not execute("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user")[
        0
    ][0]:
        pytest.skip("needs a login that may create roles")
    with override_settings(TENANT_ROLE=ROLE):
        yield


def make() -> None:
    with connection.schema_editor(atomic=False) as editor:
        CreateTenantRole().database_forwards("common", editor)


@pytest.mark.usefixtures("other_role")
def test_it_is_made_powerless_and_making_it_again_changes_nothing() -> None:
    make()
    make()
    assert execute(
        f"SELECT rolcanlogin, rolsuper, rolbypassrls, rolinherit FROM pg_roles "
        f"WHERE rolname = '{ROLE}'"
    ) == [(False, False, False, False)]


@pytest.mark.usefixtures("other_role")
def test_an_ordinary_owner_is_told_the_one_statement() -> None:
    execute(f"CREATE ROLE {OWNER}")
    execute(f"SET LOCAL ROLE {OWNER}")
    with pytest.raises(MissingPrivilege) as raised:
        make()
    execute("RESET ROLE")
    statement = str(raised.value).strip().splitlines()[-1].strip()
    assert statement == (
        f'CREATE ROLE "{ROLE}" NOLOGIN NOSUPERUSER NOBYPASSRLS NOINHERIT ROLE "{OWNER}";'
    )
    execute(statement)
    execute(f"SET LOCAL ROLE {OWNER}")
    make()
    execute(f"SET LOCAL ROLE {ROLE}")


@pytest.mark.usefixtures("other_role")
@pytest.mark.parametrize("power", ["LOGIN", "BYPASSRLS", "SUPERUSER"])
def test_a_role_that_could_see_everything_is_refused(power: str) -> None:
    if not execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")[0][0]:
        pytest.skip("needs a superuser")
    execute(f"CREATE ROLE {ROLE} {power}")
    with pytest.raises(MissingPrivilege, match="would not be kept apart"):
        make()
