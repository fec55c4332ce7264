"""The people of Trattoria Aurora, as the contract's examples have them."""

from __future__ import annotations

from typing import Any

from portal.api_client.tests.fake_platform import response_of

LIST = "/t/aurora/settings/members/"
LUCA = response_of("member-retrieve")
PAGE = f"{LIST}{LUCA['id']}/"
MEMBERS = "GET members/"
INVITATIONS = "GET invitations/"
MEMBER = "GET members/{id}/"
HOSTILE = '"><script>alert(1)</script>'


def luca(**changes: Any) -> dict[str, Any]:
    return LUCA | changes


def people(*changes: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The list, with these changes made to its first entries."""
    page = response_of("members-list")
    for entry, changed in zip(page["results"], changes, strict=False):
        entry.update(changed)
    return page | more


def problem(status: int, code: str, **more: Any) -> dict[str, Any]:
    return {"type": "about:blank", "title": code, "status": status, "code": code} | more
