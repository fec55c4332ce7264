"""OpenAPI: what all endpoints share, so that each declares only what is its own."""

from __future__ import annotations

from typing import Any, Literal

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

WRITES = ("POST", "PUT", "PATCH", "DELETE")
PROBLEM_REF = {"$ref": "#/components/schemas/Problem"}
PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "RFC 9457. Further members may follow, as named by the code.",
    "required": ["type", "title", "status", "code", "detail", "request_id"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "Stable, kebab-case"},
        "detail": {"type": "string"},
        "request_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "code", "detail"],
                "properties": {
                    "field": {"type": "string", "description": "Empty: the input as a whole"},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}
PROBLEM = ResolvedComponent(
    name="Problem", type=ResolvedComponent.SCHEMA, schema=PROBLEM_SCHEMA, object="Problem"
)
DESCRIPTIONS = {
    "400": "Malformed or invalid input",
    "401": "The app's credentials or the visitor's session are missing or not valid",
    "403": "Not among the caller's abilities",
    "404": "Not found, or not in this tenant",
    "405": "Method not allowed",
    "409": "In conflict with the present state, or the Idempotency-Key was used before",
    "410": "Gone",
    "412": "Changed meanwhile: If-Match names another state",
    "413": "Too large",
    "415": "Unsupported media type",
    "428": "If-Match is required",
    "429": "Too many requests",
    "502": "Somebody whom this needs can't be reached; nothing was changed",
    "503": "Takes too long at the moment; see Retry-After",
}


def problem_response(status: str) -> dict[str, Any]:
    """An OpenAPI response object for a problem."""
    return {
        "description": DESCRIPTIONS[status],
        "content": {"application/problem+json": {"schema": PROBLEM_REF}},
    }


class AppKeyScheme(OpenApiAuthenticationExtension):
    target_class = "backend.client_apps.authentication.CallerAuthentication"
    name = ["appId", "appKey"]

    def get_security_definition(self, auto_schema: AutoSchema) -> list[dict[str, Any]]:
        return [
            {"type": "apiKey", "in": "header", "name": "X-App-ID"},
            {"type": "http", "scheme": "bearer", "description": "The app's key"},
        ]


class ApiSchema(AutoSchema):
    """Adds the problems that any endpoint may answer, and the headers that all understand."""

    def get_override_parameters(self) -> list[Any]:
        if self.method in WRITES:
            return [
                OpenApiParameter(
                    "Idempotency-Key",
                    OpenApiTypes.STR,
                    OpenApiParameter.HEADER,
                    description="Sending the same key and body again, within 24 hours, "
                    "gives the stored reply and does nothing.",
                )
            ]
        return []

    def get_operation_id(self) -> str:
        return super().get_operation_id().removeprefix("api_v1_")

    def get_tags(self) -> list[str]:
        return [self.path.removeprefix("/api/v1/").split("/")[0]]

    def _get_response_bodies(
        self, direction: Literal["request", "response"] = "response"
    ) -> dict[str, Any]:
        found = super()._get_response_bodies(direction=direction)
        self.registry.register_on_missing(PROBLEM)
        statuses = {"400", "401", "403", "404", "429", "503"}
        if self.method in ("POST", "PUT", "PATCH"):
            statuses |= {"413", "415"}
        if self.method in WRITES:
            statuses.add("409")
        statuses |= set(getattr(self.view, "problems", {}).get(self.method, ()))
        for status in sorted(statuses):
            found.setdefault(status, problem_response(status))
        return found
