"""The rows that replies are made of. None reads a key's digest, which the tenant role may not."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.db.models import Case, IntegerField, Value, When
from django.db.models.functions import Lower
from django.utils import timezone

from backend.client_apps.models import AppKey, ClientApp
from backend.client_apps.models.key import usable_at
from backend.common.api.pagination import Rows

# The usable ones are fewer; what ended long ago is in the audit trail.
MOST_KEYS_SHOWN: Final = 50
ORDERS: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "current": {"name": ("sort_name", "id")},
    "revoked": {"-revoked": ("-revoked_at", "-id")},
}
_APP_FIELDS: Final = ("id", "name", "scopes", "created_at", "revoked_at")
_SUMS: Final = ("last_used_at", "usable_keys", "endless_keys", "last_end")
_KEY_FIELDS: Final = ("id", "shown", "created_at", "expires_at", "revoked_at", "last_used_at")


def listed(tenant_id: UUID, state: str) -> Rows:
    """The apps of a list, to be cut into pages and shown by `item_of`."""
    apps = ClientApp.objects.for_tenant(tenant_id).filter(revoked_at__isnull=state == "current")
    apps = apps.annotate(sort_name=Lower("name")).with_keys()
    rows: Rows = apps.values(*_APP_FIELDS, *_SUMS, "sort_name")
    return rows


def one(tenant_id: UUID, app_id: UUID) -> dict[str, Any] | None:
    found: dict[str, Any] | None = (
        ClientApp.objects.for_tenant(tenant_id)
        .filter(pk=app_id)
        .with_keys()
        .values(*_APP_FIELDS, *_SUMS)
        .first()
    )
    return found


def item_of(row: dict[str, Any]) -> dict[str, Any]:
    """A row as the API shows it."""
    return {name: row[name] for name in _APP_FIELDS} | {
        "last_used_at": row["last_used_at"],
        "keys": row["usable_keys"],
        "expires_at": None if row["endless_keys"] else row["last_end"],
    }


def keys_of(tenant_id: UUID, app_id: UUID) -> list[dict[str, Any]]:
    """The app's keys, those that work first, then the newest."""
    works = When(usable_at(timezone.now()), then=Value(1))
    rows = (
        AppKey.objects.for_tenant(tenant_id)
        .filter(app_id=app_id)
        .annotate(works=Case(works, default=Value(0), output_field=IntegerField()))
        .order_by("-works", "-created_at", "-id")
        .values(*_KEY_FIELDS, "works")[:MOST_KEYS_SHOWN]
    )
    return [key_item(row, usable=bool(row["works"])) for row in rows]


def key_item(row: dict[str, Any], *, usable: bool) -> dict[str, Any]:
    return {name: row[name] for name in _KEY_FIELDS} | {"usable": usable}
