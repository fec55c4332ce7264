"""Customers of the tests, beyond those of the contract's examples."""

from __future__ import annotations

from typing import Any

from portal.api_client.tests.fake_platform import response_of

ANNA = "01993d00-0000-7000-8000-000000000001"
BRUNO = "01993d00-0000-7000-8000-000000000002"
HOSTILE = '"><script>alert(1)</script>'

LIST = "/t/aurora/customers/"
PAGE = f"{LIST}{ANNA}/"


def anna(**changes: Any) -> dict[str, Any]:
    """Anna Weber as the platform has her, but for `changes`."""
    return {**response_of("crm-customer-retrieve"), **changes}


def listed(*customers: dict[str, Any], **members: Any) -> dict[str, Any]:
    """A page of the list."""
    return {
        "results": list(customers),
        "next_cursor": None,
        "previous_cursor": None,
        "can": ["create", "import", "export"],
        **members,
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


def problem(status: int, code: str, **members: Any) -> dict[str, Any]:
    return {"type": "about:blank", "title": code, "status": status, "code": code, **members}
