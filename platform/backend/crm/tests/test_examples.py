"""What the portal's client and its fake read must be what this side answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from backend.common.tests import examples
from backend.conftest import Api, House
from backend.crm.tests.conftest import make, upload
from backend.services.tests.conftest import make_plan, subscribe

OURS = examples.names("crm-", "reports-")
ANNA = {
    "name": "Anna Weber",
    "email": "anna.weber@example.com",
    "phone": "+49 30 901820",
    "company": "Weber & Söhne",
    "language": "de",
    "birthday": "1984-11-27",
    "address": "Kastanienallee 12\n10435 Berlin",
}
FILE = (
    "Name,Email,Phone,Table\nDora Klein,dora@example.com,,1\nEmil Kurz,,,2\n"
    "Anna Weber,anna.weber@example.com,030 2,3\nFranz,franz,,4\n"
)


EXACT = examples.EXACT | {"outcome", "limit", "included", "used"}


class Scene:
    """Gets the house to where an example begins."""

    def __init__(self, house: House, api: Api) -> None:
        self.house, self.api = house, api
        self.path: dict[str, Any] = {}
        self.changes: dict[str, Any] = {}
        self.headers: dict[str, str] = {}
        self.send: Callable[..., Any] = api

    def anna(self) -> None:
        anna = make(self.house, **ANNA, tags=["VIP", "Vegetarian"])
        self.path["id"] = self.anna_id = anna.id
        self.headers["if_match"] = self.api.get(f"crm/customers/{anna.id}/")["ETag"]

    def small_plan(self) -> None:
        subscribe(self.house, make_plan("small", customers=1))

    def others(self) -> None:
        make(self.house, "Bruno Rossi", phone="1", tags=["Regular"])
        make(self.house, "Chiara Lombardi")

    def note(self) -> None:
        path = f"crm/customers/{self.path['id']}/notes/"
        self.house.app.post(path, {"body": "From the till"})
        note = self.api.post(path, {"body": "Prefers the table by the window."})
        self.path["note_id"] = note.json()["id"]

    def duplicate(self) -> None:
        self.changes["duplicate_id"] = str(make(self.house, "A. Weber").id)

    def merged(self) -> None:
        self.duplicate()
        self.api.post(f"crm/customers/{self.path['id']}/merges/", self.changes)
        self.path["id"] = self.changes["duplicate_id"]

    def gone(self) -> None:
        self.path["id"] = uuid4()

    def stale(self) -> None:
        self.headers["if_match"] = '"0"'

    def key_used(self) -> None:
        self.headers["idempotency_key"] = "k1"
        self.api.post("crm/customers/", {"name": "Another"}, idempotency_key="k1")

    def file(self) -> None:
        self.send = lambda *_, **__: upload(self.api, FILE)

    def imported(self) -> None:
        self.path["id"] = upload(self.api, FILE).json()["id"]

    def waiter_only(self) -> None:
        self.house.app.app.scopes = ["customers.read", "customers.create"]
        self.house.app.app.save()
        self.send = self.house.app

    def next_page(self) -> None:
        self.send = lambda method, path, *_, **__: self.api(method, f"{path}?limit=2")

    def birthday_ahead(self) -> None:
        tomorrow = timezone.now() + timedelta(days=1)
        birthday = f"1984-{tomorrow:%m-%d}"
        path = f"crm/customers/{self.anna_id}/"
        self.api.patch(path, {"birthday": birthday}, if_match="*")


S = Scene
SCENES: dict[str, list[Callable[[Scene], None]]] = {
    "crm-customer-create": [],
    "crm-customer-create-conflict": [S.key_used],
    "crm-customer-create-invalid": [],
    "crm-customer-create-limit-reached": [S.anna, S.small_plan],
    "crm-customer-delete": [S.anna],
    "crm-customer-erase": [S.anna],
    "crm-customer-merge": [S.anna, S.note, S.duplicate],
    "crm-customer-merged": [S.anna, S.merged],
    "crm-customer-not-found": [S.gone],
    "crm-customer-retrieve": [S.anna, S.note],
    "crm-customer-update": [S.anna, S.note],
    "crm-customer-update-stale": [S.anna, S.stale],
    "crm-customers-export": [S.anna],
    "crm-customers-list": [S.anna, S.others, S.next_page],
    "crm-customers-list-empty": [S.waiter_only],
    "crm-import-create": [S.anna, S.file],
    "crm-import-retrieve": [S.anna, S.imported],
    "crm-imports-list": [S.imported],
    "crm-note-add": [S.anna],
    "crm-note-delete": [S.anna, S.note],
    "crm-notes-list": [S.anna, S.note],
    "crm-tags-list": [S.anna],
    "reports-dashboard": [S.anna, S.others, S.imported, S.birthday_ahead],
}


@pytest.fixture
def scene(aurora: House, visit: Callable[..., Api]) -> Scene:
    return Scene(aurora, visit(aurora.person("owner"), aurora.tenant))


def test_every_example_is_played() -> None:
    assert sorted(SCENES) == OURS


@pytest.mark.parametrize("name", OURS)
def test_the_answer_is_like_the_example(scene: Scene, name: str) -> None:
    example = examples.read(name)
    for prepare in SCENES[name]:
        prepare(scene)
    method, path = example["operation"].split()
    body = example.get("request")
    if body is not None:
        body |= scene.changes
    parts = {"id": scene.path.get("id"), "note_id": scene.path.get("note_id")}

    response = scene.send(method, path.format(**parts), body, **scene.headers)

    assert examples.held_against(example, response, exact=EXACT) == []
