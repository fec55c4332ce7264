"""Reads JSON bodies strictly."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

_DEEPEST = 20


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a member appears twice")
    return found


def _depth(value: Any, level: int = 0) -> int:
    if level > _DEEPEST:
        raise ValueError("nested too deeply")
    children: Any = (
        value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    )
    return max((_depth(child, level + 1) for child in children), default=level)


class StrictJSONParser(BaseParser):
    """UTF-8 JSON without NaN, without a member named twice, and not nested absurdly."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        try:
            found = json.loads(
                stream.read().decode("utf-8"),
                parse_constant=_no_constant,
                object_pairs_hook=_no_twins,
            )
            _depth(found)
        except RecursionError as error:
            raise ParseError("The body is nested too deeply.") from error
        except ValueError as error:
            raise ParseError(f"The body is not valid JSON: {error}") from error
        return found
