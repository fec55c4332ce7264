"""What the portal's client and its fake read must be what this side answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings

from backend.common.tenancy import owner_scope
from backend.common.tests import examples
from backend.conftest import Api, House
from backend.database_configs.models import DatabaseValidation, State
from backend.database_configs.probe.checks import RESULTS, Check
from backend.database_configs.probe.look import look_at
from backend.database_configs.tests.authorities import Authority
from backend.database_configs.tests.conftest import PATH, make, target
from backend.database_configs.tests.servers import RealServer, Visit, door

OURS = examples.names("database-config")
EXACT = examples.EXACT | {"can", "reason", "detail", "is_current", "has_secret"}


def checks_in(found: Any) -> Iterator[dict[str, Any]]:
    if isinstance(found, dict):
        yield from found.get("checks", [])
        found = list(found.values())
    if isinstance(found, list):
        for each in found:
            yield from checks_in(each)


class Scene:
    """Gets the house to where an example begins."""

    def __init__(self, house: House, api: Api) -> None:
        self.house, self.api = house, api
        self.id: Any = uuid4()
        self.query = ""
        self.headers: dict[str, str] = {}

    def till(self) -> None:
        self.id = make(self.house, "Till system").pk
        self.headers["if_match"] = '"1"'

    def valid(self) -> None:
        self._begun().finish(State.VALID, told("database-config-retrieve"))

    def invalid(self) -> None:
        self._begun().finish(State.INVALID, told("database-config-retrieve-invalid"))

    def running(self) -> None:
        self._begun().note(told("database-config-retrieve-validating"))

    def asked(self) -> None:
        assert self.api.post(f"{PATH}{self.id}/validation/").status_code == 202

    def changed(self) -> None:
        path = f"{PATH}{self.id}/"
        assert self.api.patch(path, {"user": "tavola"}, if_match="*").status_code == 200
        self.headers["if_match"] = '"2"'

    def stale(self) -> None:
        self.headers["if_match"] = '"0"'

    def another_that_is_invalid(self) -> None:
        self.id = make(self.house, "Bookkeeping").pk
        self.invalid()

    def page_of_two(self) -> None:
        self.query = "?limit=2"

    def full(self) -> None:
        for number in range(10):
            make(self.house, f"Database {number}")

    def _begun(self) -> DatabaseValidation:
        self.asked()
        with owner_scope():
            found: DatabaseValidation = DatabaseValidation.objects.latest("pk")
            assert found.begin()
        return found


def told(name: str) -> list[dict[str, Any]]:
    return list(checks_in(examples.read(name)["response"]))


S = Scene
SCENES: dict[str, list[Callable[[Scene], None]]] = {
    "database-config-create": [],
    "database-config-create-invalid": [],
    "database-config-create-too-many": [S.full],
    "database-config-delete": [S.till, S.valid],
    "database-config-not-found": [],
    "database-config-retrieve": [S.till, S.valid],
    "database-config-retrieve-changed": [S.till, S.valid, S.changed],
    "database-config-retrieve-invalid": [S.till, S.invalid],
    "database-config-retrieve-unchecked": [S.till],
    "database-config-retrieve-validating": [S.till, S.running],
    "database-config-update": [S.till, S.valid],
    "database-config-update-moved": [S.till],
    "database-config-update-stale": [S.till, S.stale],
    "database-config-validate": [S.till, S.valid],
    "database-config-validate-running": [S.till, S.asked],
    "database-config-validations-list": [S.till, S.invalid, S.invalid, S.changed, S.valid,
                                         S.page_of_two],
    "database-configs-list": [S.till, S.valid, S.another_that_is_invalid],
    "database-configs-list-empty": [],
}  # fmt: skip


def test_every_example_is_played() -> None:
    assert sorted(SCENES) == OURS


@pytest.mark.parametrize("name", OURS)
def test_the_answer_is_like_the_example(aurora: House, owner: Api, name: str) -> None:
    scene = Scene(aurora, owner)
    for prepare in SCENES[name]:
        prepare(scene)
    example = examples.read(name)
    method, path = example["operation"].split()

    response = owner(
        method, path.format(id=scene.id) + scene.query, example.get("request"), **scene.headers
    )

    assert examples.held_against(example, response, EXACT) == []


@pytest.mark.parametrize("name", OURS)
def test_checks_in_examples_are_what_a_look_tells(name: str) -> None:
    for check in checks_in(examples.read(name).get("response")):
        assert check == Check(check["code"], check["reason"], check["figures"]).as_dict()


def test_their_figures_are_those_of_a_real_look(
    server: RealServer, authority: Authority, at_port: Callable[[Visit], int]
) -> None:
    port = at_port(door(server, authority.context("127.0.0.1")))
    given = {"tls_mode": "verify-full", "ca_certificate": authority.pem}

    real = [check.as_dict() for check in look_at(target(port, user="chef", **given))]

    example = told("database-config-retrieve")
    assert [check["code"] for check in real] == [check["code"] for check in example]
    for check, seen in zip(example, real, strict=True):
        assert check["reason"] in (seen["reason"], "found")
        assert examples.differences(check["figures"], seen["figures"]) == []


def test_all_results_are_written_down_for_translators() -> None:
    written = json.loads((settings.ROOT_DIR / "docs/api/database-checks.json").read_text())
    assert written == {
        code: {reason: status for reason, (status, _) in results.items()}
        for code, results in RESULTS.items()
    }
