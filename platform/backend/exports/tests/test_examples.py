"""What the portal's client and its fake read of exports must be what this side answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from backend.common.tests import examples
from backend.conftest import Api, House
from backend.exports.tests.conftest import ask, put_in_state

OURS = examples.names("export-", "exports-")
EXACT = examples.EXACT | {"failure", "can", "blocked_by", "title", "state"}


class Scene:
    """Gets the house to where an example begins."""

    def __init__(self, house: House, visit: Callable[..., Api], settings: Any) -> None:
        self.house, self.visit, self.settings = house, visit, settings
        self.api = visit(house.person("owner"), house.tenant)
        self.id: Any = uuid4()

    def _put(self, state: str, **facts: Any) -> None:
        self.id = put_in_state(ask(self.house, self.api), state, **facts).pk

    def interrupted_once(self) -> None:
        self._put("failed", failure="interrupted")

    def expired(self) -> None:
        self._put("expired")

    def waiting(self) -> None:
        self._put("waiting")

    def running(self) -> None:
        self._put("running", tables_done=5, tables_total=17, rows=2310)

    def failed(self) -> None:
        self._put("failed", tables_done=5, tables_total=17, rows=2310)

    def ready(self) -> None:
        self._put("ready")

    def over(self) -> None:
        self._put("ready", expires_at=timezone.now() - timedelta(days=1))

    def limit(self) -> None:
        for _ in range(10):
            self._put("ready")

    def no_storage(self) -> None:
        self.settings.LOCAL_FILES = False

    def manager(self) -> None:
        self.api = self.visit(self.house.person("manager"), self.house.tenant)


S = Scene
SCENES: dict[str, list[Callable[[Scene], None]]] = {
    "export-create": [],
    "export-create-forbidden": [S.manager],
    "export-create-limit": [S.limit],
    "export-create-no-storage": [S.no_storage],
    "export-create-unfinished": [S.waiting],
    "export-link": [S.ready],
    "export-link-expired": [S.over],
    "export-link-not-ready": [S.running],
    "export-not-found": [],
    "export-retrieve": [S.ready],
    "exports-list": [S.interrupted_once, S.expired, S.ready],
    "exports-list-empty": [],
    "exports-list-failed": [S.expired, S.failed],
    "exports-list-limit": [S.limit],
    "exports-list-no-storage": [S.no_storage],
    "exports-list-running": [S.expired, S.running],
    "exports-list-waiting": [S.waiting],
}


def test_every_example_is_played() -> None:
    assert sorted(SCENES) == OURS


@pytest.mark.django_db
@pytest.mark.parametrize("name", OURS)
def test_the_answer_is_like_the_example(
    aurora: House, visit: Callable[..., Api], settings: Any, name: str
) -> None:
    scene = Scene(aurora, visit, settings)
    for prepare in SCENES[name]:
        prepare(scene)
    example = examples.read(name)
    method, path = example["operation"].split()

    response = scene.api(method, path.format(id=scene.id), example.get("request"))

    assert examples.held_against(example, response, EXACT) == []
