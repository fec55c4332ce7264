"""Databases of the tests, beyond those of the contract's examples."""

from __future__ import annotations

from typing import Any

from portal.api_client.tests.fake_platform import response_of

TILL = "01993e00-0000-7000-8000-000000000001"
LIST = "/t/aurora/settings/databases/"
PAGE = f"{LIST}{TILL}/"
GET = "GET database-configs/{id}/"
CREATE = "POST database-configs/"
UPDATE = "PATCH database-configs/{id}/"
DELETE = "DELETE database-configs/{id}/"
VALIDATE = "POST database-configs/{id}/validation/"
HOSTILE = '"><script>alert(1)</script>'
CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIIBdDCCARugAw\n-----END CERTIFICATE-----\n"


def config(example: str = "database-config-retrieve", **changes: Any) -> dict[str, Any]:
    """The till system's database as the platform has it, but for `changes`."""
    return {**response_of(example), **changes}


def check(code: str, reason: str, status: str = "passed", **figures: Any) -> dict[str, Any]:
    return {
        "code": code,
        "status": status,
        "reason": reason,
        "detail": "As the platform says it.",
        "figures": figures,
    }


def invalid(*errors: tuple[str, str]) -> dict[str, Any]:
    """The platform's objection to input, as pairs of a field and a code."""
    return {
        "type": "about:blank",
        "title": "Invalid input",
        "status": 400,
        "code": "invalid",
        "errors": [{"field": field, "code": code, "detail": "As said."} for field, code in errors],
    }


def problem(status: int, code: str) -> dict[str, Any]:
    return {"type": "about:blank", "title": code, "status": status, "code": code}
