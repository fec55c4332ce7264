"""tenant/provisioning/: a draft is set up by a job, and everybody sees how far it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from backend.accounts.models import Person
from backend.accounts.tests.conftest import Mailbox
from backend.audit.models import AuditEvent
from backend.common.actor import Actor
from backend.common.tenancy import owner_scope, tenant_scope
from backend.conftest import Api, House
from backend.tenants.errors import DetailsMissing
from backend.tenants.models import (
    Member,
    ProvisioningRun,
    ProvisioningStep,
    Role,
    State,
    Step,
    TaxRate,
    Tenant,
)
from backend.tenants.models.tenant import latest_transition
from backend.tenants.provisioning.run import carry_out
from backend.tenants.provisioning.steps import STEPS
from backend.tenants.tests.conftest import history, in_state, jobs_of, work
from backend.tenants.workflows.set_up_tenant import begin_provisioning, provision_now

PATH = "tenant/provisioning/"
ALL_DONE = dict.fromkeys([step.value for step in Step], "done")


def facts(tenant: Tenant) -> list[Any]:
    return [
        Tenant.objects.values("state", "updated_at").get(pk=tenant.pk),
        list(ProvisioningRun.objects.values()),
        list(ProvisioningStep.objects.values()),
        AuditEvent.objects.count(),
        jobs_of(tenant).count(),
    ]


def test_a_draft_begins_and_a_job_is_queued(luna: Tenant, owner: Api, bluefin: House) -> None:
    assert owner.get(PATH).json()["can"] == ["start"]

    response = owner.post(PATH)

    assert response.status_code == 202
    shown = response.json()
    assert (shown["state"], shown["status"], shown["attempt"]) == ("provisioning", "waiting", 1)
    assert (shown["next_actor"], shown["can"], shown["blocked_by"]) == ("tavola", [], None)
    assert {step["status"] for step in shown["steps"]} == {"waiting"}
    (job,) = jobs_of(luna)
    assert (job.status, job.queueing_lock) == ("todo", job.lock)
    event = AuditEvent.objects.get(tenant=luna)
    assert (event.action, event.by_name) == ("tenant.provision", "Paula Berg")
    assert latest_transition(luna.pk).changed_by == "Paula Berg"
    assert not jobs_of(bluefin.tenant)


def test_the_job_opens_the_business(luna: Tenant, owner: Api) -> None:
    owner.post(PATH)
    work(luna)

    assert history(luna) == [(1, "done", "", ALL_DONE)]
    shown = owner.get(PATH).json()
    assert (shown["state"], shown["status"], shown["attempt"]) == ("active", "done", 1)
    assert (shown["next_actor"], shown["can"], shown["blocked_by"]) == (None, [], None)
    assert [step["code"] for step in shown["steps"]] == list(Step)
    details = {step["code"]: step["detail"] for step in shown["steps"]}
    assert details["defaults"] == "19.00 %, 7.00 %"
    assert details["connectivity"].startswith("PostgreSQL 1")
    assert all(step["started_at"] <= step["finished_at"] for step in shown["steps"])
    latest = latest_transition(luna.pk)
    assert (latest.to_state, latest.changed_by_kind) == ("active", "system")
    assert AuditEvent.objects.latest("id").action == "tenant.activate"


def test_it_has_the_rates_of_its_country(luna: Tenant, owner: Api, bluefin: House) -> None:
    owner.post(PATH)
    work(luna)

    rates = TaxRate.objects.values_list("tenant_id", "name", "percent", "is_default")
    assert [(tenant, name, str(percent), first) for tenant, name, percent, first in rates] == [
        (luna.pk, "Normalsatz", "19.00", True),
        (luna.pk, "Speisen", "7.00", False),
    ]
    assert owner.get("tenant/").json()["tax_rates"] == [
        {"name": "Normalsatz", "percent": "19.00"},
        {"name": "Speisen", "percent": "7.00"},
    ]


def test_the_owners_are_told_in_their_language(luna: Tenant, owner: Api, mailbox: Mailbox) -> None:
    for name, role, language in (
        ("Second", Role.OWNER, "en"), ("Gone", Role.OWNER, "en"), ("Manager", Role.MANAGER, "en"),
    ):  # fmt: skip
        person = Person.objects.create(email=f"{name.lower()}@x.test", name=name, language=language)
        Member.objects.create(tenant=luna, person=person, role=role)
    Member.objects.get(person__name="Gone").revoke(by=Actor.system())
    owner.post(PATH)
    assert mailbox.read() == []
    work(luna)

    mails = {mail.to[0]: mail for mail in mailbox.read()}

    assert sorted(mails) == ["paula@luna.test", "second@x.test"]
    assert mails["paula@luna.test"].subject == "Café Luna ist auf Tavola eröffnet"
    assert mails["second@x.test"].subject == "Café Luna is open on Tavola"
    assert "/t/luna/" in mails["second@x.test"].body


@pytest.mark.parametrize("field", ["legal_name", "street", "postcode", "city"])
def test_without_its_details_nothing_begins(luna: Tenant, owner: Api, field: str) -> None:
    owner.patch("tenant/", {field: ""})
    before = facts(luna)

    refused = owner.post(PATH)

    assert (refused.status_code, refused.json()["code"]) == (409, "details-missing")
    assert refused.json()["missing"] == [field]
    assert facts(luna) == before
    shown = owner.get(PATH).json()
    assert (shown["blocked_by"]["code"], shown["can"]) == ("details-missing", [])


def test_what_counts_is_the_row_as_it_is_now(luna: Tenant) -> None:
    Tenant.objects.filter(pk=luna.pk).update(city="")
    with pytest.raises(DetailsMissing):
        begin_provisioning(luna, by=Actor.system())
    assert not jobs_of(luna)


def test_it_begins_once(luna: Tenant, owner: Api) -> None:
    owner.post(PATH)
    before = facts(luna)
    refused = owner.post(PATH)
    assert (refused.status_code, refused.json()["code"]) == (409, "provisioning-running")
    assert facts(luna) == before


@pytest.mark.parametrize(
    ("state", "status", "code"),
    [
        (State.ACTIVE, 409, "transition-refused"),
        (State.SUSPENDED, 403, "tenant-state"),
        (State.ARCHIVED, 403, "tenant-state"),
    ],
)
def test_what_is_set_up_is_not_set_up_again(
    luna: Tenant, owner: Api, state: State, status: int, code: str
) -> None:
    in_state(luna, state)
    before = facts(luna)
    refused = owner.post(PATH)
    assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert facts(luna) == before


@pytest.mark.parametrize("role", [Role.MANAGER, Role.ACCOUNTANT, Role.WAITER])
def test_only_owners_begin_it_and_all_see_it(
    luna: Tenant, visit: Callable[..., Api], role: Role
) -> None:
    person = Person.objects.create(email="m@luna.test", name="M")
    Member.objects.create(tenant=luna, person=person, role=role)
    before = facts(luna)
    member = visit(person, luna)

    assert member.post(PATH).status_code == 403

    assert facts(luna) == before
    shown = member.get(PATH).json()
    assert (shown["status"], shown["can"]) == ("not-started", [])


def test_strangers_neither_see_nor_begin_it(
    luna: Tenant, aurora: House, visit: Callable[..., Api]
) -> None:
    before = facts(luna)
    stranger = visit(aurora.person("owner"), luna)
    assert [stranger.get(PATH).status_code, stranger.post(PATH).status_code] == [404, 404]
    assert aurora.app.get(PATH).json()["state"] == "active"
    assert facts(luna) == before


def test_carrying_it_out_again_changes_nothing(luna: Tenant, owner: Api, mailbox: Mailbox) -> None:
    owner.post(PATH)
    work(luna)
    before = [facts(luna), list(TaxRate.objects.values()), len(mailbox.read())]

    carry_out(ProvisioningRun.objects.get().pk)

    assert [facts(luna), list(TaxRate.objects.values()), 1] == before
    assert mailbox.read() == []


def test_rates_that_are_there_stay(luna: Tenant) -> None:
    TaxRate.objects.create(tenant=luna, name="Mine", percent="3", is_default=True, position=0)
    assert STEPS[Step.DEFAULTS](luna) == "3.00 %"
    assert TaxRate.objects.count() == 1


def test_what_it_costs(luna: Tenant, owner: Api) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert owner.get(PATH).status_code == 200
        return sum(' FROM "tenants_' in query["sql"] for query in captured)

    assert queries() == 1
    owner.post(PATH)
    assert queries() == 3
    work(luna)
    assert queries() == 3


def test_a_command_needs_no_worker(luna: Tenant) -> None:
    assert provision_now(luna, by=Actor.system())
    assert luna.state == State.ACTIVE
    assert history(luna) == [(1, "done", "", ALL_DONE)]
    assert not jobs_of(luna)


TABLES = [
    "tenants_provisioningrun",
    "tenants_provisioningstep",
    "tenants_taxrate",
]


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO {} (id, tenant_id) VALUES (gen_random_uuid(), current_tenant_id())",
        "UPDATE {} SET updated_at = now()",
        "DELETE FROM {}",
    ],
)
def test_tenants_write_nothing_of_it(luna: Tenant, table: str, statement: str) -> None:
    provision_now(luna, by=Actor.system())
    before = facts(luna)
    with (
        pytest.raises(DatabaseError, match="permission denied for table"),
        tenant_scope(luna.pk),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(table))
    assert facts(luna) == before


@pytest.mark.parametrize("model", [ProvisioningRun, ProvisioningStep, TaxRate])
def test_tenants_see_their_own_alone(luna: Tenant, aurora: House, model: Any) -> None:
    provision_now(luna, by=Actor.system())
    with tenant_scope(luna.pk):
        seen = model.objects.values("id").count()
    with owner_scope():
        assert seen == model.objects.count() > 0
    with tenant_scope(aurora.tenant.pk):
        assert model.objects.values("id").count() == 0


def test_tenants_do_not_read_the_diagnostics(luna: Tenant) -> None:
    with pytest.raises(DatabaseError, match="permission denied"), tenant_scope(luna.pk):
        list(ProvisioningStep.objects.values("diagnostics"))
