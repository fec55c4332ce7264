"""GET tenant/: the tenant that the caller is in."""

from __future__ import annotations

import json
from collections.abc import Callable

from django.conf import settings

from backend.conftest import Api, House

EXAMPLE = settings.ROOT_DIR / "docs" / "api" / "examples" / "tenant-retrieve.json"


def test_it_is_like_the_example(aurora: House, bluefin: House) -> None:
    example = json.loads(EXAMPLE.read_text())
    response = aurora.app.get("tenant/")
    assert response.status_code == example["status"]
    assert {name: type(value) for name, value in response.json().items()} == {
        name: type(value) for name, value in example["response"].items()
    }
    assert response.json()["slug"] == "aurora"


def test_every_role_may_see_it(aurora: House, visit: Callable[..., Api]) -> None:
    for role in aurora.members:
        assert visit(aurora.person(role), aurora.tenant).get("tenant/").status_code == 200
