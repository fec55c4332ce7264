"""Database configurations and their validations, as replies have them."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.db.models import Case, F, QuerySet, Value, When

from backend.common.caller import Caller
from backend.database_configs.api.permissions import config_actions
from backend.database_configs.models import DatabaseConfig, DatabaseValidation
from backend.database_configs.models.config import FULL_FIELDS, status_after

VALIDATION_FIELDS: Final = (
    "id", "status", "is_current", "requested_by", "requested_at", "started_at", "finished_at",
    "checks",
)  # fmt: skip


def validations(tenant_id: UUID) -> QuerySet[DatabaseValidation]:
    """With the members that replies have: `values(*VALIDATION_FIELDS)`."""
    is_current = Case(
        When(connection_version=F("config__connection_version"), then=Value(True)),
        default=Value(False),
    )
    found: QuerySet[DatabaseValidation] = DatabaseValidation.objects.for_tenant(tenant_id).annotate(
        status=F("state"), requested_at=F("created_at"), is_current=is_current
    )
    return found


def configs_shown(caller: Caller, tenant_id: UUID, **narrowed: Any) -> list[dict[str, Any]]:
    """The tenant's configurations by name. Two queries, however many there are."""
    rows = DatabaseConfig.objects.for_tenant(tenant_id).filter(**narrowed).with_state()
    found = list(rows.order_by("name", "pk").values(*FULL_FIELDS, "state"))
    latest = validations(tenant_id).filter(config_id__in=[row["id"] for row in found])
    last = {
        row.pop("config_id"): row
        for row in latest.order_by("config_id", "-pk")
        .distinct("config_id")
        .values(*VALIDATION_FIELDS, "config_id")
    }
    return [_shown(caller, row, last.get(row["id"])) for row in found]


def _shown(
    caller: Caller, row: dict[str, Any], last_validation: dict[str, Any] | None
) -> dict[str, Any]:
    status = status_after(row.pop("state"))
    return row | {
        "has_secret": True,
        "status": status,
        "last_validation": last_validation,
        "can": config_actions(caller, status, last_validation),
    }
