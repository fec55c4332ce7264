from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from string import Formatter

from portal.api_client.paths import OPERATIONS, Operation, all_paths

ROOT = Path(__file__).resolve().parents[3]


def test_a_part_cant_change_the_path():
    operation = Operation("GET", "crm/customers/{id}/")

    assert operation.url(id="../tenant/?x#y") == "/api/v1/crm/customers/..%2Ftenant%2F%3Fx%23y/"


def test_every_operation_is_listed_once():
    listed = [(each["method"], each["path"]) for each in all_paths()]

    assert len(listed) == len(set(listed)) == len(OPERATIONS)
    assert ("GET", "/api/v1/crm/customers/{id}/") in listed
    assert all(path.endswith("/") for _, path in listed)


def test_the_table_can_be_read_without_the_portals_settings():
    """So that the platform's tests can resolve each path."""
    printed = subprocess.run(
        [sys.executable, "-W", "error", "-m", "portal.api_client"],
        cwd=ROOT,
        env={"PATH": ""},
        capture_output=True,
        check=True,
    )

    assert json.loads(printed.stdout) == all_paths()


def test_every_operation_has_an_example():
    """A call that no example answers is a call that nobody agreed to."""
    examples = [
        json.loads(path.read_text(encoding="utf-8"))
        for path in (ROOT / "docs" / "api" / "examples").glob("*.json")
    ]
    answered = {_nameless(example["operation"].partition("?")[0]) for example in examples}

    assert [str(each) for each in OPERATIONS if _nameless(str(each)) not in answered] == []


def _nameless(operation: str) -> str:
    return "".join(text + ("{}" if name else "") for text, name, *_ in Formatter().parse(operation))
