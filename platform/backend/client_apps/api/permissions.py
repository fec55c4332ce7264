"""What a caller may do with client apps, and what they may give one."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from backend.common.abilities import ABILITIES, APP_SCOPES, CLIENT_APPS_MANAGE
from backend.common.caller import Caller

_OF_APP: Final = ["update", "rotate", "revoke"]


def list_actions(caller: Caller) -> list[str]:
    return ["create"] if caller.can(CLIENT_APPS_MANAGE) else []


def app_actions(caller: Caller, revoked_at: datetime | None) -> list[str]:
    """Nothing more can be done with a revoked app."""
    return list(_OF_APP) if revoked_at is None and caller.can(CLIENT_APPS_MANAGE) else []


def grantable(caller: Caller) -> frozenset[str]:
    """The scopes that the caller has to give: what they may do themselves, and an app at all."""
    return APP_SCOPES & caller.abilities if caller.can(CLIENT_APPS_MANAGE) else frozenset()


def scopes_available(caller: Caller) -> list[dict[str, str]]:
    """The same with their descriptions, in the order of the table of abilities."""
    words = grantable(caller)
    return [
        {"word": word, "description": meaning}
        for word, meaning in ABILITIES.items()
        if word in words
    ]
