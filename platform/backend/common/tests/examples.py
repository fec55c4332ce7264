"""The contract's examples, and how an answer is held against one."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path
from typing import Any, Final

from django.conf import settings

EXAMPLES: Final = Path(settings.ROOT_DIR) / "docs" / "api" / "examples"
# Words of the agreement; of other members only the type is.
EXACT: Final = frozenset({"status", "code", "field"})


def names(*beginnings: str) -> list[str]:
    """The examples whose names begin so."""
    return sorted(path.stem for path in EXAMPLES.glob("*.json") if path.name.startswith(beginnings))


def read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((EXAMPLES / f"{name}.json").read_text())
    return found


def held_against(
    example: dict[str, Any], response: Any, exact: Collection[str] = EXACT
) -> list[str]:
    """Where a response differs from an example in status, headers, or the shape of the body."""
    if response.status_code != example["status"]:
        return [f"{response.status_code}: {response.content.decode()}"]
    found = [
        f"{header}: {response.get(header)}"
        for header, value in example.get("headers", {}).items()
        if response.get(header) is None or (header != "ETag" and response[header] != value)
    ]
    if "response" not in example:
        return found + [response.content.decode()] * bool(response.content)
    if isinstance(example["response"], str):
        body = response.content.decode()
        return found + [body] * (body != example["response"])
    return found + differences(example["response"], response.json(), exact=exact)


def differences(
    example: Any, actual: Any, path: str = "", *, exact: Collection[str] = EXACT
) -> list[str]:
    """Where members, their types, or the words of the agreement differ."""
    if isinstance(example, dict) and isinstance(actual, dict):
        shared = sorted(set(example) & set(actual))
        return [f"{path}.{name}" for name in sorted(set(example) ^ set(actual))] + [
            each
            for name in shared
            for each in differences(example[name], actual[name], f"{path}.{name}", exact=exact)
        ]
    if isinstance(example, list) and isinstance(actual, list) and example:
        return [f"{path} is empty"] * (not actual) + [
            f"{path}[{index}]: {item}"
            for index, item in enumerate(actual)
            if all(differences(each, item, path, exact=exact) for each in example)
        ]
    if path.rpartition(".")[2] in exact and example != actual:
        return [f"{path}: {example!r}, {actual!r}"]
    if type(example) is not type(actual) and None not in (example, actual):
        return [f"{path}: {example!r}, {actual!r}"]
    return []
