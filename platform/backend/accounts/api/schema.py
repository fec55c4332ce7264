"""OpenAPI of the auth endpoints."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema

from backend.common.openapi import ApiSchema


class AuthSchema(ApiSchema):
    def get_override_parameters(self) -> list[Any]:
        """None: an `Idempotency-Key` is not honoured, as a reply that holds a token isn't kept."""
        return []


def operation(name: str, *, request: Any = None, response: Any = None) -> Any:
    """Document one operation; problems are added by :class:`ApiSchema`."""
    responses = {204: None} if response is None else {200: response}
    return extend_schema(operation_id=f"auth_{name}", request=request, responses=responses)
