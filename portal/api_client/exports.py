"""Archives of everything that a business owns."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from portal.api_client import paths
from portal.api_client.calls import Calls


class Export(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    status: str
    """`waiting`, `running`, `ready`, `failed` or `expired`."""
    file_name: str
    requested_by: str
    requested_at: datetime
    finished_at: datetime | None
    tables_done: int
    tables_total: int
    """0 until the work has begun."""
    rows: int
    bytes: int
    """Of the archive; 0 until it is there."""
    sha256: str
    expires_at: datetime | None
    failure: str
    """Why there will be no archive: `store`, `reading` or `interrupted`."""
    can: frozenset[str]
    """What this visitor may do with it: `download`."""

    @property
    def is_under_way(self) -> bool:
        return self.status in {"waiting", "running"}


class Obstacle(msgspec.Struct, frozen=True, kw_only=True):
    code: str


class ExportPage(msgspec.Struct, frozen=True, kw_only=True):
    """Newest first."""

    results: tuple[Export, ...]
    next_cursor: str | None
    previous_cursor: str | None
    can: frozenset[str]
    """What this visitor may do besides reading: `create`."""
    blocked_by: Obstacle | None
    """Why nobody can ask for another one now."""


class ExportLink(msgspec.Struct, frozen=True, kw_only=True):
    """Whoever has the address can download the archive until it expires."""

    url: str
    expires_at: datetime


class Exports:
    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def list(self, *, cursor: str = "") -> ExportPage:
        return self._calls.fetch(paths.LIST_EXPORTS, ExportPage, query={"cursor": cursor})

    def create(self, *, idempotency_key: str) -> Export:
        return self._calls.fetch(
            paths.CREATE_EXPORT, Export, json={}, idempotency_key=idempotency_key
        )

    def link(self, id: UUID) -> ExportLink:  # noqa: A002 -- it is the export's `id`
        """A new one each time: a repeated answer would give a link that is over."""
        return self._calls.fetch(paths.LINK_EXPORT, ExportLink, parts={"id": id}, json={})
