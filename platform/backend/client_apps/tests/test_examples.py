"""What the portal's client and its fake read must be what this side answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from backend.client_apps.models import ClientApp
from backend.client_apps.models.app import MOST_APPS, MOST_KEYS
from backend.common import abilities
from backend.common.actor import Actor
from backend.common.tests import examples
from backend.conftest import Api, House, new_key
from backend.services.tests.conftest import make_plan, subscribe

OURS = examples.names("client-app-", "client-apps-")
EXACT = examples.EXACT | {"can", "limit", "included", "used"}
SYSTEM = Actor.system()


class Scene:
    """Gets the house to where an example begins: with the till of the cast."""

    def __init__(self, house: House, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
        self.house, self.api, self.monkeypatch = house, api, monkeypatch
        self.app = house.app.app
        self.path: dict[str, Any] = {"id": self.app.id, "key_id": self.app.keys.get().id}
        self.query = ""

    def rotated(self) -> None:
        path = f"client-apps/{self.app.id}/"
        first = self.api.post(f"{path}keys/", {"overlap_hours": 24}).json()
        self.api.delete(f"{path}keys/{first['id']}/")
        self.api.post(f"{path}keys/", {"overlap_hours": 24})
        self.house.app.get("tenant/")

    def website(self) -> None:
        data = {"name": "Website", "scopes": ["customers.read"], "expires_in_days": 8}
        self.api.post("client-apps/", data)

    def revoked(self) -> None:
        self.app.revoke(by=SYSTEM)

    def look_at_revoked(self) -> None:
        self.query = "?state=revoked"

    def full(self) -> None:
        for number in range(MOST_APPS - 1):
            ClientApp.objects.create(tenant=self.house.tenant, name=f"App {number}")

    def small_plan(self) -> None:
        subscribe(self.house, make_plan("small", client_apps=1))

    def full_of_keys(self) -> None:
        for _ in range(MOST_KEYS - 1):
            new_key(self.app)

    def gone(self) -> None:
        self.path = {"id": uuid4(), "key_id": uuid4()}

    def key_gone(self) -> None:
        self.path["key_id"] = uuid4()

    def lesser_owner(self) -> None:
        """As no role is yet: one that may create apps, and not all that these can be given."""
        granted = abilities.ROLE_ABILITIES | {
            "owner": abilities.ROLE_ABILITIES["owner"] - {abilities.AUDIT_READ}
        }
        self.monkeypatch.setattr("backend.client_apps.authentication.ROLE_ABILITIES", granted)


S = Scene
SCENES: dict[str, list[Callable[[Scene], None]]] = {
    "client-app-create": [],
    "client-app-create-beyond-yours": [S.lesser_owner],
    "client-app-create-invalid": [],
    "client-app-create-limit-reached": [S.small_plan],
    "client-app-create-name-taken": [],
    "client-app-create-too-many": [S.full],
    "client-app-key-create": [],
    "client-app-key-create-revoked": [S.revoked],
    "client-app-key-create-too-many": [S.full_of_keys],
    "client-app-key-revoke": [],
    "client-app-key-revoke-missing": [S.key_gone],
    "client-app-not-found": [S.gone],
    "client-app-retrieve": [S.rotated],
    "client-app-retrieve-revoked": [S.revoked],
    "client-app-revoke": [],
    "client-app-update": [S.rotated],
    "client-apps-list": [S.rotated, S.website],
    "client-apps-list-revoked": [S.revoked, S.look_at_revoked],
}


@pytest.fixture
def scene(aurora: House, visit: Callable[..., Api], monkeypatch: pytest.MonkeyPatch) -> Scene:
    return Scene(aurora, visit(aurora.person("owner"), aurora.tenant), monkeypatch)


def test_every_example_is_played() -> None:
    assert sorted(SCENES) == OURS


@pytest.mark.parametrize("name", OURS)
def test_the_answer_is_like_the_example(scene: Scene, name: str) -> None:
    example = examples.read(name)
    for prepare in SCENES[name]:
        prepare(scene)
    method, path = example["operation"].split()

    response = scene.api(method, path.format(**scene.path) + scene.query, example.get("request"))

    assert examples.held_against(example, response, exact=EXACT) == []


def test_what_can_be_given_is_listed_word_for_word(scene: Scene) -> None:
    example = examples.read("client-apps-list")

    answer = scene.api.get("client-apps/").json()

    assert answer["scopes_available"] == example["response"]["scopes_available"]
