"""How staff steer a tenant's life: what they see of it, what they change, and why."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from backend.audit.models import AuditEvent
from backend.common.actor import Actor
from backend.conftest import House
from backend.tenants.models import ProvisioningRun, State, Step, Tenant, TenantTransition
from backend.tenants.models.tenant import latest_transition
from backend.tenants.provisioning.failures import StepFailed
from backend.tenants.provisioning.steps import STEPS
from backend.tenants.tests.conftest import do, in_state, jobs_of, set_status, work
from backend.tenants.workflows.set_up_tenant import begin_provisioning

Staff = Callable[..., Client]
TENANTS = "/admin/tenants/tenant/"
PERMISSIONS = {
    "start": "tenants.provision_tenant",
    "start_again": "tenants.provision_tenant",
    "suspend": "tenants.suspend_tenant",
    "reactivate": "tenants.suspend_tenant",
    "archive": "tenants.archive_tenant",
}
OFFERED = {
    State.DRAFT: ["start"],
    State.PROVISIONING: ["start_again"],
    State.ACTIVE: ["suspend", "archive"],
    State.SUSPENDED: ["reactivate", "archive"],
    State.ARCHIVED: [],
}
LEADS_TO = {
    "start": State.PROVISIONING,
    "start_again": State.PROVISIONING,
    "suspend": State.SUSPENDED,
    "reactivate": State.ACTIVE,
    "archive": State.ARCHIVED,
}


def page(tenant: Tenant, name: str = "change") -> str:
    return f"{TENANTS}{tenant.pk}/{name}/"


def offered(browser: Client, tenant: Tenant) -> list[str]:
    actions = browser.get(page(tenant)).context["actions_detail"]
    return [each["path"].rstrip("/").rpartition("/")[2] for each in actions]


def facts(tenant: Tenant) -> list[Any]:
    return [
        Tenant.objects.filter(pk=tenant.pk).values().get(),
        TenantTransition.objects.filter(tenant=tenant).count(),
        AuditEvent.objects.count(),
        LogEntry.objects.count(),
        ProvisioningRun.objects.count(),
        jobs_of(tenant).count(),
    ]


@pytest.mark.parametrize("state", State)
def test_a_state_offers_what_leads_on_from_it(staff: Staff, luna: Tenant, state: State) -> None:
    """A set-up without an attempt counts as one that was interrupted."""
    in_state(luna, state)
    browser = staff()

    assert offered(browser, luna) == OFFERED[state]
    before = facts(luna)
    for action in set(PERMISSIONS) - set(OFFERED[state]):
        assert browser.post(page(luna, action), {"reason": "x"}).status_code == 404
    assert facts(luna) == before


@pytest.mark.parametrize("state", [state for state, actions in OFFERED.items() if actions])
def test_each_action_is_carried_out_with_its_reason(
    staff: Staff, luna: Tenant, bluefin: House, state: State
) -> None:
    for action in OFFERED[state]:
        tenant = Tenant.objects.create(
            slug=action.replace("_", "-"), name="Mond", country="DE", currency="EUR",
            legal_name="M", street="S", postcode="1", city="B",
        )  # fmt: skip
        in_state(tenant, state)
        browser = staff()
        assert browser.get(page(tenant, action)).status_code == 200
        assert Tenant.objects.get(pk=tenant.pk).state == state

        response = browser.post(page(tenant, action), {"reason": "They asked by telephone"})

        assert response["Location"] == page(tenant)
        assert Tenant.objects.get(pk=tenant.pk).state == LEADS_TO[action]
        event = AuditEvent.objects.latest("id")
        assert (event.tenant_id, event.by_kind, event.by_name, event.address) == (
            tenant.pk, "staff", "Staff", "127.0.0.1",
        )  # fmt: skip
        assert event.data["reason"] == "They asked by telephone"
        if action != "start_again":
            assert latest_transition(tenant.pk).reason == "They asked by telephone"
        assert jobs_of(tenant).count() == action.startswith("start")
        assert LogEntry.objects.latest("pk").object_id == str(tenant.pk)
    assert Tenant.objects.get(pk=bluefin.tenant.pk).state == State.ACTIVE


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
@pytest.mark.parametrize("state", [state for state, actions in OFFERED.items() if actions])
def test_none_goes_without_a_reason(staff: Staff, luna: Tenant, state: State, reason: str) -> None:
    in_state(luna, state)
    before = facts(luna)
    for action in OFFERED[state]:
        response = staff().post(page(luna, action), {"reason": reason})
        assert response.status_code == 200
        assert response.context["form"].errors["reason"]
    assert facts(luna) == before


@pytest.mark.parametrize("action", PERMISSIONS)
def test_each_action_has_its_own_permission(staff: Staff, luna: Tenant, action: str) -> None:
    in_state(luna, next(state for state, actions in OFFERED.items() if action in actions))
    for permission in sorted({*PERMISSIONS.values(), "tenants.change_tenant"}):
        if permission == PERMISSIONS[action]:
            continue
        before = facts(luna)
        browser = staff("tenants.view_tenant", permission)
        assert action not in offered(browser, luna)
        assert browser.post(page(luna, action), {"reason": "x"}).status_code == 403
        assert facts(luna) == before
    browser = staff("tenants.view_tenant", PERMISSIONS[action])
    assert action in offered(browser, luna)
    assert browser.post(page(luna, action), {"reason": "x"}).status_code == 302


def test_what_stands_in_the_way_is_said_on_the_page(staff: Staff, luna: Tenant) -> None:
    Tenant.objects.filter(pk=luna.pk).update(city="")
    before = facts(luna)
    response = staff().post(page(luna, "start"), {"reason": "x"})
    assert "name and address are needed" in response.content.decode()
    assert facts(luna) == before


def test_a_set_up_that_is_under_way_is_left_alone(staff: Staff, luna: Tenant) -> None:
    begin_provisioning(luna, by=Actor.system())
    browser = staff()
    assert offered(browser, luna) == []
    assert browser.post(page(luna, "start_again"), {"reason": "x"}).status_code == 404


def test_staff_see_what_went_wrong_and_start_again(
    staff: Staff, luna: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(tenant: Tenant) -> str:
        raise StepFailed("schema-incomplete", "Not applied: crm.0009_more")

    begin_provisioning(luna, by=Actor.system())
    with monkeypatch.context() as patched:
        patched.setitem(STEPS, Step.SCHEMA, fail)
        work(luna)
    browser = staff()
    shown = browser.get(page(luna)).content.decode()
    assert "Not applied: crm.0009_more" in shown
    assert "Tavola itself is being updated" in shown

    browser.post(page(luna, "start_again"), {"reason": "Migrated"})
    work(luna)

    luna.refresh_from_db()
    assert luna.state == State.ACTIVE
    assert offered(browser, luna) == ["suspend", "archive"]


def test_those_whose_set_up_has_failed_are_found(
    staff: Staff, luna: Tenant, bluefin: House
) -> None:
    def found() -> list[str]:
        page = staff().get(f"{TENANTS}?set-up=failed")
        return [row.slug for row in page.context["cl"].result_list]

    begin_provisioning(luna, by=Actor.system())
    other = Tenant.objects.create(slug="mond", name="Mond", country="DE", currency="EUR")
    do(other, "provision")
    assert found() == ["mond"]
    set_status(jobs_of(luna).get(), "doing")
    assert found() == ["mond"]
    set_status(jobs_of(luna).get(), "failed")
    assert found() == ["luna", "mond"]


def test_the_page_tells_how_the_tenant_came_to_its_state(
    staff: Staff, luna: Tenant, aurora: House
) -> None:
    in_state(luna, State.SUSPENDED)
    do(aurora.tenant, "suspend", "of no concern here")

    shown = staff().get(page(luna)).content.decode()

    assert "active → suspended" in shown
    assert "draft → provisioning" in shown
    assert "Sam Taylor" in shown
    assert "of no concern here" not in shown


def test_the_list_says_since_when_and_why(staff: Staff, luna: Tenant, bluefin: House) -> None:
    do(bluefin.tenant, "suspend", "not paid")

    response = staff().get(TENANTS)

    rows = {row.slug: row for row in response.context["cl"].result_list}
    assert rows["luna"].state_since == luna.created_at
    assert rows["luna"].state_reason is None
    assert rows["bluefin"].state_since == latest_transition(bluefin.tenant.pk).changed_at
    assert rows["bluefin"].state_reason == "not paid"
    assert "not paid" in response.content.decode()


def fields(browser: Client, tenant: Tenant) -> dict[str, str]:
    """What the browser would send of the page as it is."""
    context = browser.get(page(tenant)).context
    sent = {
        each.formset.management_form.add_prefix(name): value
        for each in context["inline_admin_formsets"]
        for name, value in each.formset.management_form.initial.items()
    }
    form = context["adminform"].form
    return sent | {name: form.initial.get(name, "") for name in form.fields}


def test_details_are_changed_and_put_on_record(staff: Staff, luna: Tenant) -> None:
    browser = staff()
    sent = fields(browser, luna) | {"name": "Luna Bar", "vat_id": "136 695 976", "slug": "moon"}

    assert browser.post(page(luna), sent).status_code == 302

    luna.refresh_from_db()
    assert (luna.name, luna.vat_id, luna.slug) == ("Luna Bar", "DE136695976", "luna")
    event = AuditEvent.objects.get()
    assert (event.action, event.by_name) == ("tenant.updated", "Staff")
    assert sorted(event.data["fields"]) == ["name", "vat_id"]


def test_a_form_that_was_open_for_long_does_not_take_the_state_back(
    staff: Staff, luna: Tenant
) -> None:
    browser = staff()
    sent = fields(browser, luna) | {"name": "Luna Bar"}
    in_state(luna, State.ACTIVE)

    assert browser.post(page(luna), sent).status_code == 302

    luna.refresh_from_db()
    assert (luna.name, luna.state) == ("Luna Bar", State.ACTIVE)


def test_what_is_fixed_after_the_set_up(staff: Staff, luna: Tenant) -> None:
    in_state(luna, State.ACTIVE)
    browser = staff()
    sent = fields(browser, luna)
    assert {"slug", "country", "currency", "state"}.isdisjoint(sent)

    browser.post(page(luna), sent | {"country": "AT", "currency": "CHF", "state": "archived"})

    luna.refresh_from_db()
    assert (luna.country, luna.currency, luna.state) == ("DE", "EUR", State.ACTIVE)


@pytest.mark.parametrize(
    ("field", "value"),
    [("vat_id", "IT00743110157"), ("city", ""), ("name", ""), ("time_zone", "localtime")],
)
def test_a_wrong_detail_is_said_at_its_field(
    staff: Staff, luna: Tenant, field: str, value: str
) -> None:
    in_state(luna, State.ACTIVE)
    browser = staff()
    sent = fields(browser, luna) | {field: value}
    before = facts(luna)

    response = browser.post(page(luna), sent)

    assert list(response.context["adminform"].errors) == [field]
    assert facts(luna) == before


def test_a_tenant_that_staff_make_is_on_record(staff: Staff, db: None) -> None:
    details = {
        "name": "Mond", "slug": "mond", "country": "CH", "currency": "CHF", "language": "de",
        "time_zone": "Europe/Zurich", "vat_id": "CHE-107.787.577",
    }  # fmt: skip
    assert staff().post(f"{TENANTS}add/", details).status_code == 302
    mond = Tenant.objects.get()
    assert (mond.state, mond.vat_id) == (State.DRAFT, "CHE107787577MWST")
    event = AuditEvent.objects.get()
    assert (event.action, event.tenant_id, event.by_kind) == (
        "tenant.registered", mond.pk, "staff",
    )  # fmt: skip
