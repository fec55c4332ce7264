"""Databases that the business brings along, and what checks of them have told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Unpack
from uuid import UUID

import msgspec

from portal.api_client import paths
from portal.api_client.calls import Calls, Options
from portal.api_client.replies import decode


class Check(msgspec.Struct, frozen=True, kw_only=True):
    code: str
    status: str
    """`passed`, `failed`, `warning` or `skipped`."""
    reason: str
    """The result in one word; all of them are in `docs/api/database-checks.json`."""
    detail: str
    """The same in the platform's own English."""
    figures: Mapping[str, Any]


class Validation(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    status: str
    """`waiting`, `running`, `valid`, `invalid` or `abandoned`."""
    is_current: bool
    """Whether it is of the configuration as it is now."""
    requested_by: str
    requested_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    checks: tuple[Check, ...]


class DatabaseConfig(msgspec.Struct, frozen=True, kw_only=True):
    """The secret is never part of it."""

    id: UUID
    name: str
    host: str
    port: int
    database: str
    user: str
    tls_mode: str
    ca_certificate: str
    status: str
    """`unchecked`, `validating`, `valid` or `invalid`."""
    version: int
    created_at: datetime
    updated_at: datetime
    last_validation: Validation | None
    can: frozenset[str]
    """What this visitor may do with it: `update`, `delete`, `validate`."""
    etag: str = ""


class DatabaseConfigList(msgspec.Struct, frozen=True, kw_only=True):
    results: tuple[DatabaseConfig, ...]
    can: frozenset[str]
    """What this visitor may do besides reading: `create`."""


class ValidationPage(msgspec.Struct, frozen=True, kw_only=True):
    results: tuple[Validation, ...]
    next_cursor: str | None
    previous_cursor: str | None


class DatabaseConfigs:
    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def all(self) -> DatabaseConfigList:
        return self._calls.fetch(paths.LIST_DATABASE_CONFIGS, DatabaseConfigList)

    def get(self, id: UUID) -> DatabaseConfig:  # noqa: A002 -- it is the configuration's `id`
        return self._config(paths.GET_DATABASE_CONFIG, parts={"id": id})

    def create(self, data: Mapping[str, Any], *, idempotency_key: str) -> DatabaseConfig:
        return self._config(
            paths.CREATE_DATABASE_CONFIG, json=data, idempotency_key=idempotency_key
        )

    def update(
        self,
        id: UUID,  # noqa: A002
        data: Mapping[str, Any],
        *,
        etag: str,
        idempotency_key: str,
    ) -> DatabaseConfig:
        return self._config(
            paths.UPDATE_DATABASE_CONFIG,
            parts={"id": id},
            json=data,
            etag=etag,
            idempotency_key=idempotency_key,
        )

    def delete(self, id: UUID, *, etag: str, idempotency_key: str) -> None:  # noqa: A002
        self._calls.send(
            paths.DELETE_DATABASE_CONFIG,
            parts={"id": id},
            etag=etag,
            idempotency_key=idempotency_key,
        )

    def validate(self, id: UUID, *, idempotency_key: str) -> DatabaseConfig:  # noqa: A002
        """Has it looked at; within half a minute the checks are there."""
        return self._config(
            paths.VALIDATE_DATABASE_CONFIG,
            parts={"id": id},
            json={},
            idempotency_key=idempotency_key,
        )

    def validations(self, id: UUID, *, cursor: str = "") -> ValidationPage:  # noqa: A002
        """Newest first."""
        return self._calls.fetch(
            paths.LIST_DATABASE_VALIDATIONS,
            ValidationPage,
            parts={"id": id},
            query={"cursor": cursor},
        )

    def _config(self, operation: paths.Operation, **options: Unpack[Options]) -> DatabaseConfig:
        reply = self._calls.send(operation, **options)
        config = decode(reply.body, DatabaseConfig, operation)
        return msgspec.structs.replace(config, etag=reply.headers.get("ETag", ""))
