"""As the tenant role, in every verb: another tenant's rows are not there, and no secret is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from backend.common.encryption import encrypt
from backend.common.identifiers import new_id
from backend.common.tenancy import owner_scope, tenant_scope
from backend.conftest import Api, House
from backend.database_configs.models import DatabaseConfig, DatabaseValidation, State
from backend.database_configs.tests.conftest import PATH, VALUES, make, rows

MODELS = (DatabaseConfig, DatabaseValidation)
CONFIGS, VALIDATIONS = (model._meta.db_table for model in MODELS)


@pytest.fixture
def theirs(bluefin: House, visit: Callable[..., Api]) -> DatabaseConfig:
    """The other tenant's configuration, with a validation."""
    config = make(bluefin, "Theirs", host="db.bluefin.example")
    owner = visit(bluefin.person("owner"), bluefin.tenant)
    assert owner.post(f"{PATH}{config.pk}/validation/").status_code == 202
    return config


@pytest.fixture
def unchanged(bluefin: House, theirs: DatabaseConfig) -> Iterator[None]:
    before = [rows(bluefin, model) for model in MODELS]
    assert all(before)
    yield
    assert [rows(bluefin, model) for model in MODELS] == before


def execute(statement: str, *parameters: object) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.rowcount


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "", None),
        ("PATCH", "", {"name": "Mine"}),
        ("PATCH", "", {"name": "Theirs"}),
        ("DELETE", "", None),
        ("POST", "validation/", {}),
        ("GET", "validations/", None),
    ],
)
def test_another_tenants_id_is_unknown_in_every_verb(
    aurora: House, owner: Api, theirs: DatabaseConfig, method: str, path: str, body: Any
) -> None:
    ours = make(aurora)
    response = owner(method, f"{PATH}{theirs.pk}/{path}", body, if_match="*")
    assert response.status_code == 404
    assert response.json()["code"] == "database-config-not-found"
    assert b"bluefin" not in response.content
    assert [row["id"] for row in rows(aurora)] == [ours.pk]
    assert rows(aurora, DatabaseValidation) == []


@pytest.mark.usefixtures("unchanged")
def test_nothing_of_theirs_is_listed(owner: Api) -> None:
    assert owner.get(PATH).json()["results"] == []


@pytest.mark.usefixtures("unchanged")
def test_a_forgotten_filter_shows_and_changes_nothing(aurora: House) -> None:
    with tenant_scope(aurora.tenant.id):
        assert execute(f"SELECT id FROM {CONFIGS}") == 0
        assert execute(f"SELECT * FROM {VALIDATIONS}") == 0
        assert execute(f"UPDATE {CONFIGS} SET name = 'Mine'") == 0
        assert execute(f"UPDATE {CONFIGS} SET secret = %s", encrypt("mine")) == 0
        assert execute(f"DELETE FROM {CONFIGS}") == 0


@pytest.mark.usefixtures("unchanged")
def test_nothing_is_written_in_their_name(aurora: House, bluefin: House) -> None:
    with (
        pytest.raises(DatabaseError, match="row-level security"),
        tenant_scope(aurora.tenant.id),
    ):
        DatabaseConfig.add(bluefin.tenant.id, VALUES | {"name": "Planted"})


@pytest.mark.usefixtures("unchanged")
def test_no_validation_points_at_their_configuration(aurora: House, theirs: DatabaseConfig) -> None:
    planted = DatabaseValidation(
        tenant_id=aurora.tenant.id,
        config_id=theirs.pk,
        connection_version=1,
        job_id=1,
        requested_by="x",
        requested_by_kind="person",
    )
    with pytest.raises(IntegrityError, match="same_tenant"), tenant_scope(aurora.tenant.id):
        planted.save(force_insert=True)
    # Not even the table's owner can.
    with pytest.raises(IntegrityError, match="same_tenant"), owner_scope(), transaction.atomic():
        planted.save(force_insert=True)


@pytest.mark.parametrize(
    "statement",
    [
        f"SELECT secret FROM {CONFIGS}",
        f"SELECT * FROM {CONFIGS}",
        f"SELECT c FROM {CONFIGS} c",
        f"SELECT row_to_json(c) FROM {CONFIGS} c",
        f"SELECT 1 FROM {CONFIGS} WHERE secret LIKE 'g%%'",
        f"UPDATE {CONFIGS} SET name = secret",
        f"UPDATE {CONFIGS} SET port = length(secret)",
        f"UPDATE {CONFIGS} SET name = 'x' RETURNING secret",
        f"DELETE FROM {CONFIGS} RETURNING secret",
        f"COPY {CONFIGS} TO STDOUT",
        f"INSERT INTO {CONFIGS} SELECT * FROM {CONFIGS}",
    ],
)
def test_not_even_ones_own_secret_can_be_read(aurora: House, statement: str) -> None:
    make(aurora)
    before = rows(aurora)
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        tenant_scope(aurora.tenant.id),
    ):
        execute(statement)
    assert rows(aurora) == before


@pytest.mark.parametrize("column", ["id", "tenant_id", "created_at", "engine"])
def test_what_never_changes_is_not_for_members_to_change(aurora: House, column: str) -> None:
    make(aurora)
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        tenant_scope(aurora.tenant.id),
    ):
        execute(f"UPDATE {CONFIGS} SET {column} = {column}")


@pytest.mark.parametrize(
    "statement",
    [
        f"UPDATE {VALIDATIONS} SET state = 'valid', finished_at = now()",
        f"UPDATE {VALIDATIONS} SET checks = '[]'",
        f"DELETE FROM {VALIDATIONS}",
    ],
)
def test_members_make_nothing_valid(aurora: House, owner: Api, statement: str) -> None:
    config = make(aurora)
    owner.post(f"{PATH}{config.pk}/validation/")
    before = rows(aurora, DatabaseValidation)
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        tenant_scope(aurora.tenant.id),
    ):
        execute(statement)
    assert rows(aurora, DatabaseValidation) == before


def test_members_can_not_begin_with_a_result(aurora: House) -> None:
    config = make(aurora)
    for state in (State.RUNNING, State.VALID):
        with (
            pytest.raises(DatabaseError, match="begins as waiting"),
            tenant_scope(aurora.tenant.id),
        ):
            DatabaseValidation.objects.create(
                tenant_id=aurora.tenant.id,
                config=config,
                connection_version=1,
                job_id=1,
                requested_by="x",
                requested_by_kind="person",
                state=state,
            )
    assert rows(aurora, DatabaseValidation) == []


@pytest.fixture
def ended(aurora: House) -> DatabaseValidation:
    config = make(aurora)
    with owner_scope():
        validation: DatabaseValidation = DatabaseValidation.objects.create(
            id=new_id(),
            tenant_id=aurora.tenant.id,
            config=config,
            connection_version=1,
            job_id=1,
            requested_by="x",
            requested_by_kind="person",
        )
        assert validation.begin()
        assert validation.finish(State.INVALID, [])
    return validation


@pytest.mark.parametrize(
    "change", ["state = 'valid'", "checks = '[1]'", "requested_by = 'y'", "state = 'abandoned'"]
)
def test_what_has_ended_doesnt_change_for_anybody(
    aurora: House, ended: DatabaseValidation, change: str
) -> None:
    before = rows(aurora, DatabaseValidation)
    for statement in (f"UPDATE {VALIDATIONS} SET {change}", f"DELETE FROM {VALIDATIONS}"):
        with pytest.raises(DatabaseError), owner_scope(), transaction.atomic():
            execute(statement)
    assert rows(aurora, DatabaseValidation) == before


def test_it_goes_along_with_its_configuration(aurora: House, ended: DatabaseValidation) -> None:
    with tenant_scope(aurora.tenant.id):
        assert execute(f"DELETE FROM {CONFIGS}") == 1
    assert rows(aurora, DatabaseValidation) == []


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("secret = 'in clear text'", "database_configs_secret"),
        ("host = '/tmp'", "database_configs_host"),
        ("host = 'a,b'", "database_configs_host"),
        ("port = 0", "database_configs_port"),
        ("port = 65536", "database_configs_port"),
        ("tls_mode = 'prefer'", "database_configs_tls_mode"),
        ("tls_mode = 'verify-ca'", "database_configs_verify_ca"),
        ("connection_version = version + 1", "database_configs_versions"),
    ],
)
def test_the_database_refuses(aurora: House, change: str, constraint: str) -> None:
    make(aurora)
    with pytest.raises(IntegrityError, match=constraint), tenant_scope(aurora.tenant.id):
        execute(f"UPDATE {CONFIGS} SET {change}")


def test_the_database_refuses_a_second_one_of_the_name(aurora: House) -> None:
    make(aurora, "Tills")
    with pytest.raises(IntegrityError, match="database_configs_name_of_its_own"):
        make(aurora, "TILLS")
