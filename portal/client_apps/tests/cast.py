"""Apps of the tests, beyond those of the contract's examples."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from portal.api_client.tests.fake_platform import response_of

TILL = "01993f00-0000-7000-8000-000000000001"
OLD_KEY = "01993f01-0000-7000-8000-000000000001"
ENDED_KEY = "01993f01-0000-7000-8000-000000000003"
HOSTILE = '"><script>alert(1)</script>'
KEY: str = response_of("client-app-create")["key"]
NEW_ID: str = response_of("client-app-create")["id"]

LIST = "/t/aurora/settings/apps/"
PAGE = f"{LIST}{TILL}/"


def ahead(**time: float) -> str:
    """A moment from now on, as the platform writes it."""
    return (datetime.now(UTC) + timedelta(**time)).isoformat()


def item(**changes: Any) -> dict[str, Any]:
    return {**response_of("client-apps-list")["results"][0], **changes}


def listed(*apps: dict[str, Any], **members: Any) -> dict[str, Any]:
    return {**response_of("client-apps-list"), "results": list(apps), **members}


def till(**changes: Any) -> dict[str, Any]:
    return {**response_of("client-app-retrieve"), **changes}


def key(**changes: Any) -> dict[str, Any]:
    return {**response_of("client-app-retrieve")["keys"][0], **changes}
