"""What the portal's client and its fake read of tenants must be what this side answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from backend.accounts.models import Person
from backend.common.actor import Actor
from backend.common.tests import examples
from backend.conftest import Api
from backend.tenants.models import ProvisioningRun, Step, StepStatus, Tenant
from backend.tenants.provisioning import steps
from backend.tenants.provisioning.failures import StepFailed
from backend.tenants.tests.conftest import jobs_of, set_status, work
from backend.tenants.workflows.register_tenant import register_tenant

OURS = examples.names("tenant-", "tenants-", "countries-")
EXACT = examples.EXACT | {"state", "next_actor", "from_state", "to_state"}
# Lists and sentences of the agreement.
WHOLE = {"can", "attempt", "blocked_by", "title", "detail", "errors", "missing", "fields", "limit"}
STAFF = Actor("staff", "Sam Taylor")


class Scene:
    """Gets Café Luna to where an example begins. Each step is also a word of the table below."""

    def __init__(
        self, luna: Tenant, paula: Person, api: Api, visit: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.luna, self.paula, self.api, self.visit = luna, paula, api, visit
        self.monkeypatch = monkeypatch

    def begun(self) -> None:
        self.api.post("tenant/provisioning/")

    def opened(self) -> None:
        self.begun()
        work(self.luna)
        self.luna.refresh_from_db()

    def suspended(self) -> None:
        self.opened()
        self.luna.suspend(by=STAFF, reason="The card of the last three invoices was declined.")

    def reactivated(self) -> None:
        self.suspended()
        self.luna.reactivate(by=STAFF, reason="The invoices were paid.")

    def archived(self) -> None:
        self.opened()
        self.luna.archive(by=STAFF, reason="Closed at the owner’s request.")

    def running(self) -> None:
        self.begun()
        set_status(jobs_of(self.luna).get(), "doing")
        run = ProvisioningRun.objects.get()
        run.start()
        for step in (Step.DEFAULTS, Step.CONNECTIVITY):
            run.steps.create(
                tenant=self.luna, code=step, status=StepStatus.DONE, finished_at=timezone.now()
            )
        run.steps.create(tenant=self.luna, code=Step.SCHEMA)

    def failing(self, step: Step, code: Any) -> None:
        def fail(tenant: Tenant) -> str:
            raise StepFailed(code, "diagnostics")

        self.monkeypatch.setitem(steps.STEPS, step, fail)

    def failed(self) -> None:
        self.begun()
        self.failing(Step.CONNECTIVITY, "database-unreachable")
        work(self.luna)

    def failed_badly(self) -> None:
        self.begun()
        self.failing(Step.ISOLATION, "isolation-broken")
        work(self.luna)

    def nameless(self) -> None:
        Tenant.objects.filter(pk=self.luna.pk).update(
            legal_name="", street="", postcode="", city=""
        )

    def five_drafts(self) -> None:
        for number in range(4):
            values = {"name": f"Luna {number}", "country": "DE"}
            register_tenant(values, by=Actor.person(self.paula))

    def outside(self) -> None:
        self.api = self.visit(self.paula)

    def nobody(self) -> None:
        del self.api.headers["x-session-token"]

    def in_italy(self) -> None:
        Tenant.objects.filter(pk=self.luna.pk).update(country="IT")


S = Scene
SCENES: dict[str, list[Callable[[Scene], None]]] = {
    "countries-list": [],
    "tenant-retrieve": [S.opened],
    "tenant-retrieve-archived": [S.archived],
    "tenant-retrieve-draft": [],
    "tenant-retrieve-provisioning": [S.begun],
    "tenant-retrieve-suspended": [S.suspended],
    "tenant-update": [S.in_italy],
    "tenant-update-fixed": [S.in_italy, S.opened],
    "tenant-update-invalid": [S.in_italy],
    "tenant-update-suspended": [S.suspended],
    "tenant-transitions-list": [S.reactivated],
    "tenant-provisioning-not-started": [],
    "tenant-provisioning-blocked": [S.nameless],
    "tenant-provisioning-waiting": [S.begun],
    "tenant-provisioning-running": [S.running],
    "tenant-provisioning-failed": [S.failed],
    "tenant-provisioning-failed-support": [S.failed_badly],
    "tenant-provisioning-done": [S.opened],
    "tenant-provisioning-start": [],
    "tenant-provisioning-retry": [S.failed],
    "tenant-provisioning-details-missing": [S.nameless],
    "tenant-provisioning-already-running": [S.begun],
    "tenants-create": [S.outside],
    "tenants-create-invalid": [S.outside],
    "tenants-create-not-signed-in": [S.outside, S.nobody],
    "tenants-create-too-many": [S.outside, S.five_drafts],
}


@pytest.fixture
def scene(
    luna: Tenant, paula: Person, owner: Api, visit: Any, monkeypatch: pytest.MonkeyPatch
) -> Scene:
    return Scene(luna, paula, owner, visit, monkeypatch)


def test_every_example_is_played() -> None:
    assert sorted(SCENES) == OURS


@pytest.mark.parametrize("name", OURS)
def test_the_answer_is_like_the_example(scene: Scene, name: str) -> None:
    example = examples.read(name)
    for prepare in SCENES[name]:
        prepare(scene)
    method, path = example["operation"].split()

    response = scene.api(method, path, example.get("request"))

    # A country's code is data.
    exact = EXACT - {"code"} if path == "countries/" else EXACT
    assert examples.held_against(example, response, exact) == []
    shown, answered = example["response"], response.json()
    for member in WHOLE & set(shown):
        assert answered[member] == shown[member], member
