"""What a caller may do with database configurations: replies carry it as `can`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from django.utils import timezone

from backend.common.abilities import DATABASE_CONFIGS_MANAGE
from backend.common.caller import Caller
from backend.database_configs.models import Status
from backend.database_configs.models.config import MOST_CONFIGS

# Longer than a validation may take: its job is late, or gone, and it can be asked for again.
STALE: Final = timedelta(minutes=2)


def list_actions(caller: Caller, count: int) -> list[str]:
    return ["create"] if caller.can(DATABASE_CONFIGS_MANAGE) and count < MOST_CONFIGS else []


def config_actions(
    caller: Caller, status: Status, last_validation: Mapping[str, Any] | None
) -> list[str]:
    if not caller.can(DATABASE_CONFIGS_MANAGE):
        return []
    actions = ["update", "delete"]
    if not (last_validation and status == Status.VALIDATING) or _is_stale(last_validation):
        actions.append("validate")
    return actions


def _is_stale(validation: Mapping[str, Any]) -> bool:
    return bool(timezone.now() - validation["requested_at"] > STALE)
