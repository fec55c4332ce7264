"""A tenant's states: which verb leads where, what is on record, and what the database refuses."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from backend.audit.models import AuditEvent
from backend.common.actor import Actor
from backend.common.tenancy import tenant_scope
from backend.common.transitions import ReasonMissing, TransitionRefused, allowed_changes
from backend.conftest import House
from backend.tenants.models import State, Tenant, TenantTransition
from backend.tenants.models.tenant import TRANSITIONS, latest_transition
from backend.tenants.tests.conftest import do, in_state

LEADS = {
    (State.DRAFT, "provision"): State.PROVISIONING,
    (State.PROVISIONING, "activate"): State.ACTIVE,
    (State.ACTIVE, "suspend"): State.SUSPENDED,
    (State.ACTIVE, "archive"): State.ARCHIVED,
    (State.SUSPENDED, "reactivate"): State.ACTIVE,
    (State.SUSPENDED, "archive"): State.ARCHIVED,
}
PAIRS = [(a, b) for a in State.values for b in State.values if a != b]


def facts(tenant: Tenant) -> tuple[Any, ...]:
    """All that a refused change must leave as it was."""
    tables = (Tenant.objects.filter(pk=tenant.pk), TenantTransition.objects, AuditEvent.objects)
    return tuple(list(rows.order_by("pk").values()) for rows in tables)


def execute(statement: str, *parameters: object) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.rowcount


@pytest.mark.parametrize("verb", TRANSITIONS)
@pytest.mark.parametrize("state", State.values)
def test_each_verb_from_each_state(luna: Tenant, bluefin: House, state: str, verb: str) -> None:
    in_state(luna, state)
    before, theirs = facts(luna), facts(bluefin.tenant)[0]

    if (state, verb) not in LEADS:
        with pytest.raises(TransitionRefused) as refused:
            do(luna, verb)
        assert refused.value.extensions == {"state": state, "verb": verb}
        assert luna.state == state
        assert facts(luna) == before
        return

    changed = do(luna, verb)

    target = LEADS[state, verb]
    assert luna.state == Tenant.objects.get(pk=luna.pk).state == target
    latest = latest_transition(luna.pk)
    assert latest == changed
    assert (latest.from_state, latest.to_state) == (state, target)
    assert (latest.changed_by, latest.changed_by_kind) == ("Sam Taylor", "staff")
    assert latest.reason == ("" if verb == "activate" else "because")
    assert facts(bluefin.tenant)[0] == theirs
    assert TenantTransition.objects.for_tenant(bluefin.tenant.pk).count() == 2


@pytest.mark.django_db
def test_the_table_in_the_database_is_the_one_in_the_code() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgargs FROM pg_trigger "
            "WHERE tgrelid = 'tenants_tenant'::regclass AND tgname = 'guarded_transitions'"
        )
        initial, *changes = bytes(cursor.fetchone()[0]).decode().strip("\0").split("\0")
    assert initial == State.DRAFT
    assert changes == [f"{source}>{target}" for source, target in allowed_changes(TRANSITIONS)]


@pytest.mark.parametrize("verb", ["suspend", "archive"])
@pytest.mark.parametrize("reason", ["", "  \n"])
def test_what_needs_a_reason_is_refused_without(luna: Tenant, verb: str, reason: str) -> None:
    in_state(luna, State.ACTIVE)
    before = facts(luna)

    with pytest.raises(ReasonMissing):
        do(luna, verb, reason)

    assert facts(luna) == before


def test_a_reason_is_kept_without_the_space_around_it(luna: Tenant) -> None:
    in_state(luna, State.ACTIVE)
    assert do(luna, "suspend", "  not paid \n").reason == "not paid"
    assert AuditEvent.objects.latest("id").data["reason"] == "not paid"


@pytest.mark.parametrize(("state", "verb"), LEADS)
def test_each_change_is_in_the_audit_trail(luna: Tenant, state: str, verb: str) -> None:
    in_state(luna, state)
    do(luna, verb)

    event = AuditEvent.objects.latest("id")

    assert (event.action, event.tenant_id) == (f"tenant.{verb}", luna.pk)
    assert (event.by_kind, event.by_name) == ("staff", "Sam Taylor")
    assert (event.data["from"], event.data["to"]) == (state, LEADS[state, verb])


def test_the_change_and_its_records_stand_or_fall_together(
    luna: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_state(luna, State.ACTIVE)
    before = facts(luna)

    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("backend.tenants.models.tenant.record", fail)
    with pytest.raises(RuntimeError):
        do(luna, "suspend")

    assert facts(luna) == before


@pytest.mark.parametrize(
    ("source", "target"), [pair for pair in PAIRS if pair not in allowed_changes(TRANSITIONS)]
)
def test_the_database_refuses_every_other_change(luna: Tenant, source: str, target: str) -> None:
    in_state(luna, source)

    with pytest.raises(IntegrityError, match="can not go from"), transaction.atomic():
        execute("UPDATE tenants_tenant SET state = %s WHERE id = %s", target, luna.pk)

    assert Tenant.objects.get(pk=luna.pk).state == source


@pytest.mark.parametrize("state", [state for state in State.values if state != State.DRAFT])
def test_nobody_begins_elsewhere_than_as_a_draft(db: None, state: str) -> None:
    with pytest.raises(IntegrityError, match="begins as draft"), transaction.atomic():
        Tenant.objects.create(slug="x", name="X", country="IT", currency="EUR", state=state)
    assert not Tenant.objects.exists()


@pytest.mark.parametrize("target", State.values)
def test_the_tenant_role_changes_no_state_at_all(aurora: House, target: str) -> None:
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        tenant_scope(aurora.tenant.pk),
    ):
        execute("UPDATE tenants_tenant SET state = %s", target)
    assert Tenant.objects.get(pk=aurora.tenant.pk).state == State.ACTIVE


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {} SET reason = 'another'",
        "DELETE FROM {}",
        "TRUNCATE {}",
    ],
)
@pytest.mark.parametrize("as_tenant", [False, True])
def test_the_ledger_can_only_grow(aurora: House, statement: str, as_tenant: bool) -> None:
    before = facts(aurora.tenant)

    # The tenant role has no such privilege; to the owner of the table a trigger says no.
    refusal = "permission denied" if as_tenant else "is refused: append_only"
    scope = tenant_scope(aurora.tenant.pk) if as_tenant else transaction.atomic()
    execute("SET CONSTRAINTS ALL IMMEDIATE")  # else TRUNCATE fails for another reason
    with pytest.raises(DatabaseError, match=refusal), scope:
        execute(statement.format("tenants_tenanttransition"))

    assert facts(aurora.tenant) == before


def test_a_tenant_writes_into_no_other_ledger(aurora: House, bluefin: House) -> None:
    before = facts(bluefin.tenant)
    with (
        pytest.raises(DatabaseError, match="row-level security"),
        tenant_scope(aurora.tenant.pk),
    ):
        TenantTransition.objects.create(
            tenant=bluefin.tenant, from_state="active", to_state="suspended", changed_by="Us",
            changed_by_kind="person",
        )  # fmt: skip
    assert facts(bluefin.tenant) == before


@pytest.mark.django_db(transaction=True)
def test_of_two_who_suspend_at_once_one_does(aurora: House) -> None:
    start = Barrier(2)

    def suspend(name: str) -> str:
        tenant = Tenant.objects.get(pk=aurora.tenant.pk)
        start.wait()
        try:
            tenant.suspend(by=Actor("staff", name), reason=f"as {name} says")
        except TransitionRefused:
            return "refused"
        finally:
            connection.close()
        return name

    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(suspend, ["Sam", "Kim"]))

    (winner,) = set(results) - {"refused"}
    assert results.count("refused") == 1
    suspensions = TenantTransition.objects.filter(to_state=State.SUSPENDED)
    assert [each.changed_by for each in suspensions] == [winner]
    assert AuditEvent.objects.filter(action="tenant.suspend").count() == 1
