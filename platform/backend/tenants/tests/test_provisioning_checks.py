"""The steps that look at the house: each finds what it is there to find."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from backend.common.actor import Actor
from backend.conftest import House
from backend.crm.models import Tag
from backend.tenants.models import IsolationProbe, State, Tenant
from backend.tenants.provisioning import steps
from backend.tenants.provisioning.failures import StepFailed
from backend.tenants.provisioning.steps import check_connectivity, check_isolation, check_schema
from backend.tenants.tests.conftest import history, in_state
from backend.tenants.workflows.set_up_tenant import provision_now


def execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def found(check: object, tenant: Tenant) -> tuple[str, list[str]]:
    """The code and the diagnostics of a step that fails."""
    with pytest.raises(StepFailed) as failed, transaction.atomic():
        check(tenant)  # type: ignore[operator]
    return failed.value.code, failed.value.diagnostics.splitlines()


def test_all_is_well(luna: Tenant, aurora: House) -> None:
    assert check_connectivity(luna).startswith("PostgreSQL ")
    assert check_schema(luna) == ""
    assert check_isolation(luna) == ""
    assert not IsolationProbe.objects.exists()


def test_a_slow_database(luna: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "SLOWEST_ROUND_TRIP", 0)
    code, (line,) = found(check_connectivity, luna)
    assert code == "database-unfit"
    assert line.startswith("A round trip takes ")


def test_an_old_database(luna: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "OLDEST_SERVER", 99)
    code, (line,) = found(check_connectivity, luna)
    assert (code, line[:10]) == ("database-unfit", "PostgreSQL")


def test_a_migration_that_is_missing(luna: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "pending_migrations", lambda: ["crm.0009_more"])
    assert found(check_schema, luna) == ("schema-incomplete", ["Not applied: crm.0009_more"])


def test_a_table_without_its_policy(luna: Tenant) -> None:
    execute("ALTER TABLE crm_tag DISABLE ROW LEVEL SECURITY")
    assert found(check_schema, luna) == ("schema-incomplete", ["Not protected: crm_tag"])


@pytest.mark.parametrize(
    ("harm", "lines"),
    [
        (
            "ALTER TABLE tenants_isolationprobe DISABLE ROW LEVEL SECURITY",
            [
                "The role sees 2 rows of the probe, not its own one alone.",
                "The role may insert rows of another tenant.",
                "The role may update rows of another tenant.",
                "The role may delete rows of another tenant.",
            ],
        ),
        (
            "CREATE POLICY also ON tenants_isolationprobe FOR SELECT USING (true)",
            [
                "The role sees 2 rows of the probe, not its own one alone.",
                "tenants_isolationprobe shows the role rows of another tenant.",
            ],
        ),
        (
            "CREATE POLICY also ON tenants_isolationprobe FOR INSERT WITH CHECK (true)",
            ["The role may insert rows of another tenant."],
        ),
        (
            "ALTER TABLE tenants_tenant DISABLE ROW LEVEL SECURITY",
            ["The role sees 2 tenants, not its own one alone."],
        ),
        (
            "CREATE POLICY also ON crm_tag FOR SELECT USING (true)",
            ["crm_tag shows the role rows of another tenant."],
        ),
        (
            "CREATE POLICY also ON audit_auditevent FOR SELECT USING (tenant_id IS NULL)",
            ["audit_auditevent shows the role rows of another tenant."],
        ),
    ],
)
def test_what_the_probe_finds(luna: Tenant, aurora: House, harm: str, lines: list[str]) -> None:
    Tag.objects.create(tenant=aurora.tenant, name="VIP")
    from backend.audit.recording import record

    record("session.failed", tenant_id=None, by=Actor.system())
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    execute(harm)

    assert found(check_isolation, luna) == ("isolation-broken", lines)

    assert not IsolationProbe.objects.exists()


def test_a_row_that_its_policy_does_not_cover_for_writing(luna: Tenant) -> None:
    """Seen rows only can be changed: so the canary's must be seen for this to show."""
    execute("CREATE POLICY see ON tenants_isolationprobe FOR SELECT USING (true)")
    execute("CREATE POLICY change ON tenants_isolationprobe FOR UPDATE USING (true)")
    execute("CREATE POLICY remove ON tenants_isolationprobe FOR DELETE USING (true)")
    code, lines = found(check_isolation, luna)
    assert code == "isolation-broken"
    assert "The role may update rows of another tenant." in lines
    assert "The role may delete rows of another tenant." in lines


def test_no_business_opens_in_a_house_with_a_leak(luna: Tenant, aurora: House) -> None:
    Tag.objects.create(tenant=aurora.tenant, name="VIP")
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    execute("CREATE POLICY also ON tenants_isolationprobe FOR SELECT USING (true)")

    assert not provision_now(luna, by=Actor.system())

    assert luna.state == State.PROVISIONING
    # The catalogue tells it first.
    assert history(luna)[0][2] == "schema-incomplete"


def test_only_a_business_in_its_set_up_is_opened(luna: Tenant) -> None:
    from backend.common.transitions import TransitionRefused

    in_state(luna, State.SUSPENDED)
    with pytest.raises(TransitionRefused):
        steps.open_business(luna)
