"""As the tenant role, by raw SQL: what members can't do to each other's invitations and people."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from backend.common.tenancy import tenant_scope
from backend.conftest import House
from backend.tenants.models import Invitation, Member, Role
from backend.tenants.tests.test_members import as_member

DENIED = r"permission denied for table|violates row-level security"


@pytest.fixture
def ours(aurora: House) -> Invitation:
    return make(aurora)


@pytest.fixture
def theirs(bluefin: House) -> Invitation:
    return make(bluefin)


def make(house: House) -> Invitation:
    return Invitation.make(
        house.tenant.pk, email="nina@example.com", role=Role.WAITER, by=as_member(house, "owner")
    )[0]


@pytest.fixture
def _unchanged(theirs: Invitation, ours: Invitation) -> Any:
    def everything() -> list[Any]:
        return [list(model.objects.order_by("pk").values()) for model in (Invitation, Member)]

    before = everything()
    yield
    assert everything() == before


def run(statement: str, *parameters: object) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.rowcount


@pytest.mark.usefixtures("_unchanged")
@pytest.mark.parametrize(
    "statement",
    [
        "SELECT 1 FROM tenants_invitation WHERE id = %s",
        "SELECT 1 FROM tenants_invitation WHERE digest = (%s)::text",
        "UPDATE tenants_invitation SET withdrawn_at = now() WHERE id = %s",
        "UPDATE tenants_invitation SET digest = 'mine' WHERE id = %s",
    ],
)
def test_their_invitations_are_not_there(aurora: House, theirs: Invitation, statement: str) -> None:
    known_by = theirs.digest if "digest = (" in statement else theirs.pk
    with tenant_scope(aurora.tenant.pk):
        assert run(statement, known_by) == 0


@pytest.mark.usefixtures("_unchanged")
@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM tenants_invitation WHERE id = %s",
        "UPDATE tenants_invitation SET role = 'owner' WHERE id = %s",
        "UPDATE tenants_invitation SET email = 'me@example.com' WHERE id = %s",
        "UPDATE tenants_invitation SET created_at = now() WHERE id = %s",
        "UPDATE tenants_invitation SET tenant_id = tenant_id WHERE id = %s",
    ],
)
def test_of_ones_own_only_what_must_change_does(
    aurora: House, ours: Invitation, statement: str
) -> None:
    with tenant_scope(aurora.tenant.pk), pytest.raises(DatabaseError, match=DENIED):
        run(statement, ours.pk)


@pytest.mark.usefixtures("_unchanged")
@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM tenants_member WHERE id = %s",
        "TRUNCATE tenants_member",
        "UPDATE tenants_member SET person_id = id WHERE id = %s",
        "UPDATE tenants_member SET tenant_id = tenant_id WHERE id = %s",
    ],
)
def test_a_membership_changes_in_its_role_and_its_end_only(
    aurora: House, ours: Invitation, statement: str
) -> None:
    own = [aurora.members["waiter"].pk] if "%s" in statement else []
    with tenant_scope(aurora.tenant.pk), pytest.raises(DatabaseError, match=DENIED):
        run(statement, *own)


@pytest.mark.usefixtures("_unchanged")
def test_nobody_is_planted_in_another_business(aurora: House, bluefin: House) -> None:
    with (
        tenant_scope(aurora.tenant.pk),
        pytest.raises(DatabaseError, match="violates row-level security"),
    ):
        run(
            "INSERT INTO tenants_member (id, tenant_id, person_id, role, created_at, updated_at) "
            "VALUES (gen_random_uuid(), %s, %s, 'owner', now(), now())",
            bluefin.tenant.pk,
            aurora.person("owner").pk,
        )


@pytest.mark.usefixtures("_unchanged")
def test_an_invitation_leads_to_a_member_of_its_own_business(
    aurora: House, bluefin: House, ours: Invitation
) -> None:
    with pytest.raises(IntegrityError, match="same_tenant"):
        run(
            "UPDATE tenants_invitation SET accepted_at = now(), member_id = %s WHERE id = %s",
            bluefin.members["waiter"].pk,
            ours.pk,
        )


@pytest.mark.usefixtures("_unchanged")
@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("accepted_at = now()", "tenants_invitation_accepted_by"),
        ("withdrawn_at = now(), accepted_at = now(), member_id = %s", "tenants_invitation_one_end"),
        ("email = 'Nina@example.com'", "tenants_invitation_email"),
        ("role = 'chef'", "tenants_invitation_role"),
    ],
)
def test_the_database_holds_an_invitation_to_its_shape(
    aurora: House, ours: Invitation, change: str, constraint: str
) -> None:
    given = [aurora.members["waiter"].pk] if "%s" in change else []
    with pytest.raises(IntegrityError, match=constraint):
        run(f"UPDATE tenants_invitation SET {change} WHERE id = %s", *given, ours.pk)


def test_the_database_knows_one_open_invitation_an_address(ours: Invitation) -> None:
    with pytest.raises(IntegrityError, match="tenants_invitation_once_open"):
        Invitation.objects.create(
            tenant=ours.tenant, email=ours.email, role="owner", digest="x",
            invited_by="x", expires_at=ours.expires_at,
        )  # fmt: skip
