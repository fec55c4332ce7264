"""What is on record stays as it is, whoever asks, and is nobody else's to see."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, ProgrammingError, connection, transaction

from backend.audit.models import AuditEvent
from backend.audit.recording import About, record, record_for_person
from backend.common.actor import Actor
from backend.common.tenancy import owner_scope, tenant_scope
from backend.conftest import House
from backend.tenants.models import Member

CHANGES = (
    "UPDATE audit_auditevent SET by_name = 'Nobody'",
    "DELETE FROM audit_auditevent",
    "TRUNCATE audit_auditevent",
)


def names(house: House) -> list[str]:
    with tenant_scope(house.tenant.id):
        events = AuditEvent.objects.filter(action="member.joined").order_by("id")
        return list(events.values_list("by_name", flat=True))


def joined(house: House, name: str) -> None:
    record("member.joined", tenant_id=house.tenant.id, by=Actor("person", name))


@pytest.mark.parametrize("statement", CHANGES)
def test_the_tenant_role_may_not_change_the_past(aurora: House, statement: str) -> None:
    joined(aurora, "Luca")
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        tenant_scope(aurora.tenant.id),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert names(aurora) == ["Luca"]


@pytest.mark.parametrize("statement", CHANGES)
def test_not_even_the_owner_of_the_table_can(aurora: House, statement: str) -> None:
    joined(aurora, "Luca")
    with connection.cursor() as cursor:
        # PostgreSQL would complain of the foreign key's pending check before it asks the trigger.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(DatabaseError, match="is refused"), transaction.atomic():
            cursor.execute(statement)
    assert names(aurora) == ["Luca"]


def test_a_tenant_sees_its_own_events_alone(aurora: House, bluefin: House) -> None:
    joined(aurora, "Luca")
    joined(bluefin, "Amelia")

    assert (names(aurora), names(bluefin)) == (["Luca"], ["Amelia"])


def test_nothing_is_put_into_another_tenants_trail(aurora: House, bluefin: House) -> None:
    with (
        pytest.raises(ProgrammingError, match="row-level security"),
        tenant_scope(aurora.tenant.id),
    ):
        joined(bluefin, "Mallory")
    assert names(bluefin) == []


def test_what_is_rolled_back_is_not_on_record(aurora: House) -> None:
    with transaction.atomic():
        joined(aurora, "Luca")
        transaction.set_rollback(True)
    assert names(aurora) == []


def test_an_unknown_word_is_a_mistake_of_ours(aurora: House) -> None:
    with pytest.raises(ValueError, match="Unknown action"):
        record("member.abducted", tenant_id=aurora.tenant.id, by=Actor.system())


def test_a_long_name_is_cut_not_refused(aurora: House) -> None:
    about = About("client-app", None, "y" * 300)
    record(
        "client-app.created", tenant_id=aurora.tenant.id, by=Actor("app", "x" * 300), about=about
    )

    with tenant_scope(aurora.tenant.id):
        [event] = AuditEvent.objects.filter(action="client-app.created")
    assert (len(event.by_name), len(event.about_name)) == (254, 254)


def test_a_persons_doings_stand_in_each_of_their_tenants_trails(
    aurora: House, bluefin: House
) -> None:
    person = aurora.person("owner")
    Member.objects.create(tenant=bluefin.tenant, person=person, role="manager")
    record_for_person("session.started", person.pk, by=Actor.person(person))

    for house in (aurora, bluefin):
        with tenant_scope(house.tenant.id):
            assert AuditEvent.objects.filter(action="session.started").count() == 1


def test_those_of_a_stranger_in_nobodys(aurora: House) -> None:
    ended = aurora.members["waiter"]
    ended.revoke(by=Actor.system())
    record_for_person("session.started", ended.person_id, by=Actor.person(ended.person))

    with owner_scope():
        [event] = AuditEvent.objects.filter(action="session.started")
    assert event.tenant_id is None
