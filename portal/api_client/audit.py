"""What happened in a business, and who did it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from portal.api_client import paths
from portal.api_client.calls import Calls


class Event(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    action: str
    """One of a closed list, such as "member.joined"."""
    by_kind: str
    by_name: str
    """As it was; empty where nobody is known."""
    by_id: UUID | None
    address: str | None
    about_kind: str
    about_id: UUID | None
    about_name: str
    data: Mapping[str, Any]
    created_at: datetime


class EventPage(msgspec.Struct, frozen=True, kw_only=True):
    results: tuple[Event, ...]
    next_cursor: str | None = None
    previous_cursor: str | None = None


class Audit:
    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def list(self, *, action: str = "", by: str = "", cursor: str = "") -> EventPage:
        """Newest first. `action` may be a family, such as "member"."""
        return self._calls.fetch(
            paths.LIST_AUDIT_EVENTS,
            EventPage,
            query={"action": action, "by": by, "cursor": cursor},
        )
