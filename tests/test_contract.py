"""The examples, which both sides' tests read, against the API's published description."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

DOCS = Path(__file__).resolve().parent.parent / "docs" / "api"
OPENAPI: dict[str, Any] = yaml.safe_load((DOCS / "openapi.yaml").read_text())
EXAMPLES = sorted((DOCS / "examples").glob("*.json"))


def described(operation: str) -> dict[str, Any]:
    """The OpenAPI operation that an example such as ``GET crm/customers/{id}/`` is of."""
    method, path = operation.split()
    wanted = re.sub(r"\{\w+\}", "{}", f"/api/v1/{path.partition('?')[0]}")
    for candidate, operations in OPENAPI["paths"].items():
        if re.sub(r"\{\w+\}", "{}", candidate) == wanted and method.lower() in operations:
            found: dict[str, Any] = operations[method.lower()]
            return found
    raise AssertionError(f"{operation} is not described")


def as_json_schema(schema: Any) -> Any:
    """OpenAPI 3.0 says `nullable` where JSON Schema has a type for it."""
    if isinstance(schema, list):
        return [as_json_schema(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    converted = {key: as_json_schema(value) for key, value in schema.items() if key != "nullable"}
    return {"anyOf": [converted, {"type": "null"}]} if schema.get("nullable") is True else converted


def errors(schema: Any, value: Any) -> list[str]:
    components = {"components": as_json_schema(OPENAPI["components"])}
    validator = Draft202012Validator({**as_json_schema(schema), **components})
    return [
        f"{list(error.absolute_path)}: {error.message}" for error in validator.iter_errors(value)
    ]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_is_what_the_description_says(path: Path) -> None:
    example = json.loads(path.read_text())
    operation = described(example["operation"])
    response = operation["responses"][str(example["status"])]
    contents = response.get("content", {})
    if isinstance(example.get("response"), (dict, list)):
        (content,) = contents.values()
        assert errors(content["schema"], example["response"]) == []
    if example["status"] < 400 and example.get("request"):
        content = operation["requestBody"]["content"].get("application/json")
        if content:
            assert errors(content["schema"], example["request"]) == []


def test_every_operation_has_an_example() -> None:
    shown = {
        re.sub(r"\{\w+\}", "{}", json.loads(path.read_text())["operation"].partition("?")[0])
        for path in EXAMPLES
    }
    missing = [
        f"{method.upper()} {path}"
        for path, operations in OPENAPI["paths"].items()
        for method in operations
        if method in ("get", "post", "put", "patch", "delete")
        and f"{method.upper()} {re.sub(r'{[^}]+}', '{}', path.removeprefix('/api/v1/'))}"
        not in shown
    ]
    assert missing == []
