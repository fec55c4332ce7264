"""Customers of a tenant: its guests."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Unpack
from uuid import UUID

import msgspec

from portal.api_client import paths
from portal.api_client.calls import Calls, File, Options
from portal.api_client.replies import decode
from portal.api_client.transport import Download


class CustomerItem(msgspec.Struct, frozen=True, kw_only=True):
    """A customer as a row of a list. An empty string is "none"."""

    id: UUID
    name: str
    email: str
    phone: str
    company: str
    language: str
    tags: tuple[str, ...]
    version: int
    created_at: datetime
    updated_at: datetime


class Customer(CustomerItem, frozen=True, kw_only=True):
    birthday: date | None
    address: str
    notes_count: int
    erased_at: datetime | None
    can: frozenset[str]
    """What this visitor may do with it: `update`, `delete`, `merge`, `erase`."""
    etag: str = ""
    """To be given back when changing it, so that nobody overwrites what they haven't seen."""


class CustomerPage(msgspec.Struct, frozen=True, kw_only=True):
    results: tuple[CustomerItem, ...]
    next_cursor: str | None
    previous_cursor: str | None
    can: frozenset[str]
    """What this visitor may do besides reading: `create`, `import`, `export`."""


class Note(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    body: str
    author_name: str
    created_at: datetime
    can: frozenset[str]


class NotePage(msgspec.Struct, frozen=True, kw_only=True):
    results: tuple[Note, ...]
    next_cursor: str | None
    previous_cursor: str | None = None


class Tag(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    customers: int


class TagList(msgspec.Struct, frozen=True, kw_only=True):
    results: tuple[Tag, ...]


class RowError(msgspec.Struct, frozen=True, kw_only=True):
    field: str | None
    code: str
    detail: str


class ImportRow(msgspec.Struct, frozen=True, kw_only=True):
    line: int
    outcome: str
    name: str
    customer_id: UUID | None
    errors: tuple[RowError, ...] = ()


class ImportItem(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    filename: str
    created: int
    updated: int
    skipped: int
    failed: int
    rows_total: int
    created_at: datetime


class ImportReport(ImportItem, frozen=True, kw_only=True):
    ignored_columns: tuple[str, ...]
    """Headings that the platform made nothing of."""
    rows: tuple[ImportRow, ...]


class ImportPage(msgspec.Struct, frozen=True, kw_only=True):
    results: tuple[ImportItem, ...]
    next_cursor: str | None
    previous_cursor: str | None = None


class Customers:
    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def list(
        self,
        *,
        q: str = "",
        tag: str = "",
        contact: str = "",
        order: str = "",
        cursor: str = "",
        limit: int = 0,
    ) -> CustomerPage:
        query = {
            "q": q,
            "tag": tag,
            "contact": contact,
            "order": order,
            "cursor": cursor,
            "limit": str(limit or ""),
        }
        return self._calls.fetch(paths.LIST_CUSTOMERS, CustomerPage, query=query)

    def get(self, id: UUID) -> Customer:  # noqa: A002 -- it is the customer's `id`
        return self._customer(paths.GET_CUSTOMER, parts={"id": id})

    def create(self, data: Mapping[str, Any], *, idempotency_key: str) -> Customer:
        return self._customer(paths.CREATE_CUSTOMER, json=data, idempotency_key=idempotency_key)

    def update(
        self,
        id: UUID,  # noqa: A002
        data: Mapping[str, Any],
        *,
        etag: str,
        idempotency_key: str = "",
    ) -> Customer:
        return self._customer(
            paths.UPDATE_CUSTOMER,
            parts={"id": id},
            json=data,
            etag=etag,
            idempotency_key=idempotency_key,
        )

    def delete(self, id: UUID, *, etag: str, idempotency_key: str = "") -> None:  # noqa: A002
        self._calls.send(
            paths.DELETE_CUSTOMER, parts={"id": id}, etag=etag, idempotency_key=idempotency_key
        )

    def merge(self, id: UUID, *, duplicate_id: UUID, idempotency_key: str) -> Customer:  # noqa: A002
        """The surviving customer; `duplicate_id` answers `Missing` with `merged_into` after."""
        return self._customer(
            paths.MERGE_CUSTOMER,
            parts={"id": id},
            json={"duplicate_id": duplicate_id},
            idempotency_key=idempotency_key,
        )

    def erase(self, id: UUID, *, reason: str, idempotency_key: str) -> Customer:  # noqa: A002
        return self._customer(
            paths.ERASE_CUSTOMER,
            parts={"id": id},
            json={"reason": reason},
            idempotency_key=idempotency_key,
        )

    def notes(self, id: UUID, *, cursor: str = "") -> NotePage:  # noqa: A002
        """Newest first."""
        return self._calls.fetch(
            paths.LIST_NOTES, NotePage, parts={"id": id}, query={"cursor": cursor}
        )

    def add_note(self, id: UUID, *, body: str, idempotency_key: str) -> Note:  # noqa: A002
        return self._calls.fetch(
            paths.ADD_NOTE,
            Note,
            parts={"id": id},
            json={"body": body},
            idempotency_key=idempotency_key,
        )

    def delete_note(self, id: UUID, note_id: UUID, *, idempotency_key: str = "") -> None:  # noqa: A002
        self._calls.send(
            paths.DELETE_NOTE,
            parts={"id": id, "note_id": note_id},
            idempotency_key=idempotency_key,
        )

    def tags(self) -> TagList:
        return self._calls.fetch(paths.LIST_TAGS, TagList)

    def import_csv(self, file: File, *, idempotency_key: str) -> ImportReport:
        return self._calls.fetch(
            paths.IMPORT_CUSTOMERS,
            ImportReport,
            files={"file": file},
            idempotency_key=idempotency_key,
        )

    def list_imports(self, *, cursor: str = "") -> ImportPage:
        return self._calls.fetch(paths.LIST_IMPORTS, ImportPage, query={"cursor": cursor})

    def get_import(self, id: UUID) -> ImportReport:  # noqa: A002
        return self._calls.fetch(paths.GET_IMPORT, ImportReport, parts={"id": id})

    def export(self, *, q: str = "", tag: str = "", contact: str = "") -> Download:
        """The same customers as CSV, passed on while it arrives."""
        query = {"q": q, "tag": tag, "contact": contact}
        return self._calls.download(paths.EXPORT_CUSTOMERS, query=query)

    def _customer(self, operation: paths.Operation, **options: Unpack[Options]) -> Customer:
        reply = self._calls.send(operation, **options)
        customer = decode(reply.body, Customer, operation)
        return msgspec.structs.replace(customer, etag=reply.headers.get("ETag", ""))
