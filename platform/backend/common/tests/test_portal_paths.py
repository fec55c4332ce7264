"""Every operation that the portal's client calls exists here."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest
from django.conf import settings
from django.urls import resolve

UUID = "01993c00-7e2a-7000-8000-00000000a001"


def operations() -> list[tuple[str, str]]:
    """Asked of the portal in a process of its own: neither side imports the other."""
    printed = subprocess.run(
        [sys.executable, "-m", "portal.api_client"],
        cwd=settings.ROOT_DIR,
        env={"PYTHONPATH": str(settings.ROOT_DIR)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return [(each["method"], each["path"]) for each in json.loads(printed)]


OPERATIONS = operations()


def test_there_is_something_to_resolve() -> None:
    assert ("GET", "/api/v1/crm/customers/") in OPERATIONS


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_it_resolves_to_a_view_that_serves_the_method(method: str, path: str) -> None:
    view = resolve(re.sub(r"\{\w+\}", UUID, path)).func
    assert hasattr(view, "view_class"), f"{path} is not served"
    assert method.lower() in view.view_class.http_method_names
    assert hasattr(view.view_class, method.lower())
