"""What the portal's client and its fake read of attachments must be what this side answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from backend.common.tests import examples
from backend.common.tests.stores import local_store
from backend.conftest import Api, House
from backend.tickets.tests.attachments import attached, looked_at
from backend.tickets.tests.cast import a_ticket
from backend.tickets.workflows import announce_attachment

__all__ = ["local_store"]

OURS = examples.names("ticket-attachment-")
EXACT = examples.EXACT | {"title", "method", "filename", "Content-Type", "refusal"}


class Scene:
    """Gets the house to where an example begins."""

    def __init__(self, house: House, api: Api, settings: Any, monkeypatch: Any) -> None:
        self.house, self.api, self.settings, self.patch = house, api, settings, monkeypatch
        self.ticket = a_ticket(house)
        self.attachment_id: Any = uuid4()

    def waiting(self) -> None:
        self.attachment_id = attached(self.ticket, self.house).pk

    def ready(self) -> None:
        attachment = attached(self.ticket, self.house)
        self.attachment_id = looked_at(attachment).attachment_id

    def refused(self) -> None:
        attachment = attached(self.ticket, self.house, b"<html>")
        self.attachment_id = looked_at(attachment).attachment_id

    def full(self) -> None:
        self.patch.setattr(announce_attachment, "MOST_WAITING", 0)

    def no_storage(self) -> None:
        self.settings.LOCAL_FILES = False


S = Scene
SCENES: dict[str, list[Callable[[Scene], None]]] = {
    "ticket-attachment-announce": [],
    "ticket-attachment-announce-invalid": [],
    "ticket-attachment-announce-misnamed": [],
    "ticket-attachment-announce-no-storage": [S.no_storage],
    "ticket-attachment-announce-renamed": [],
    "ticket-attachment-announce-too-many": [S.full],
    "ticket-attachment-link": [S.ready],
    "ticket-attachment-link-not-found": [],
    "ticket-attachment-link-not-ready": [S.waiting],
    "ticket-attachment-link-refused": [S.refused],
}


def test_every_example_is_played() -> None:
    assert sorted(SCENES) == OURS


@pytest.mark.django_db
@pytest.mark.parametrize("name", OURS)
def test_the_answer_is_like_the_example(
    aurora: House,
    visit: Callable[..., Api],
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    local_store: Path,
    name: str,
) -> None:
    api = visit(aurora.person("owner"), aurora.tenant)
    scene = Scene(aurora, api, settings, monkeypatch)
    for prepare in SCENES[name]:
        prepare(scene)
    example = examples.read(name)
    method, path = example["operation"].split()
    address = path.format(id=scene.ticket.pk, attachment_id=scene.attachment_id)

    response = scene.api(method, address, example.get("request"))

    assert examples.held_against(example, response, EXACT) == []
