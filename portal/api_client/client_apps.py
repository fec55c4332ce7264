"""Client apps: the business's own programs, and the keys by which they are known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from portal.api_client import paths
from portal.api_client.calls import Calls


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """Something that an app may do: a word, and what the platform says of it in English."""

    word: str
    description: str


class AppName(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    name: str
    scopes: tuple[str, ...]


class AppItem(AppName, frozen=True, kw_only=True):
    """An app as a row of a list."""

    created_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None
    keys: int
    """How many work."""
    expires_at: datetime | None
    """When the last of them ends; None: never, or there is none."""


class AppPage(msgspec.Struct, frozen=True, kw_only=True):
    results: tuple[AppItem, ...]
    next_cursor: str | None
    previous_cursor: str | None
    can: frozenset[str]
    """What this visitor may do besides reading: `create`."""
    scopes_available: tuple[Scope, ...]
    """What this visitor may give an app."""


class AppKey(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    shown: str
    """Its first characters."""
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None
    usable: bool


class App(AppName, frozen=True, kw_only=True):
    created_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None
    keys: tuple[AppKey, ...]
    """Those that work first, then the newest."""
    expires_at: datetime | None
    can: frozenset[str]
    """What this visitor may do with it: `update`, `rotate`, `revoke`."""
    scopes_available: tuple[Scope, ...]


class NewApp(App, frozen=True, kw_only=True):
    key: str
    """Its first key, which no later reply contains."""

    def __repr__(self) -> str:
        return f"NewApp({self.id})"


class NewKey(AppKey, frozen=True, kw_only=True):
    app: AppName
    key: str
    """Which no later reply contains."""
    old_keys_until: datetime

    def __repr__(self) -> str:
        return f"NewKey({self.id})"


class ClientApps:
    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def list(self, *, state: str = "", cursor: str = "") -> AppPage:
        """`state` is `current` (unless told) or `revoked`."""
        query = {"state": state, "cursor": cursor}
        return self._calls.fetch(paths.LIST_CLIENT_APPS, AppPage, query=query)

    def create(
        self, *, name: str, scopes: Sequence[str], expires_in_days: int | None, idempotency_key: str
    ) -> NewApp:
        return self._calls.fetch(
            paths.CREATE_CLIENT_APP,
            NewApp,
            json={"name": name, "scopes": scopes, "expires_in_days": expires_in_days},
            idempotency_key=idempotency_key,
        )

    def get(self, id: UUID) -> App:  # noqa: A002 -- it is the app's `id`
        return self._calls.fetch(paths.GET_CLIENT_APP, App, parts={"id": id})

    def update(
        self,
        id: UUID,  # noqa: A002
        data: dict[str, Any],
        *,
        idempotency_key: str = "",
    ) -> App:
        """Changes `name`, `scopes`, or both."""
        return self._calls.fetch(
            paths.UPDATE_CLIENT_APP,
            App,
            parts={"id": id},
            json=data,
            idempotency_key=idempotency_key,
        )

    def revoke(self, id: UUID, *, idempotency_key: str = "") -> None:  # noqa: A002
        self._calls.send(paths.REVOKE_CLIENT_APP, parts={"id": id}, idempotency_key=idempotency_key)

    def rotate(
        self,
        id: UUID,  # noqa: A002
        *,
        overlap_hours: int,
        expires_in_days: int | None,
        idempotency_key: str,
    ) -> NewKey:
        return self._calls.fetch(
            paths.ROTATE_APP_KEY,
            NewKey,
            parts={"id": id},
            json={"overlap_hours": overlap_hours, "expires_in_days": expires_in_days},
            idempotency_key=idempotency_key,
        )

    def revoke_key(self, id: UUID, key_id: UUID, *, idempotency_key: str = "") -> None:  # noqa: A002
        self._calls.send(
            paths.REVOKE_APP_KEY,
            parts={"id": id, "key_id": key_id},
            idempotency_key=idempotency_key,
        )
