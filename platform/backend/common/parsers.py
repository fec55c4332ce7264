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


def _check(value: Any, level: int = 0) -> None:
    """Raises ValueError where `value` nests too deeply or holds half a surrogate pair."""
    if level > _DEEPEST:
        raise ValueError("nested too deeply")
    if isinstance(value, str):
        # Neither PostgreSQL nor our own replies could hold it.
        value.encode()
    elif isinstance(value, list):
        for child in value:
            _check(child, level + 1)
    elif isinstance(value, dict):
        for name, child in value.items():
            _check(name, level + 1)
            _check(child, level + 1)


class StrictJSONParser(BaseParser):
    """UTF-8 JSON without NaN, half characters or a member named twice, and not nested absurdly."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        assert parser_context is not None
        try:
            found = json.loads(
                # Not `stream`: only this looks at DATA_UPLOAD_MAX_MEMORY_SIZE (413).
                parser_context["request"].body.decode("utf-8"),
                parse_constant=_no_constant,
                object_pairs_hook=_no_twins,
            )
            _check(found)
        except RecursionError as error:
            raise ParseError("The body is nested too deeply.") from error
        except ValueError as error:
            raise ParseError(f"The body is not valid JSON: {error}") from error
        return found
