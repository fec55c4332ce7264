from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from backend.audit.recording import record
from backend.common.actor import Actor
from backend.database_configs.errors import DatabaseConfigLimitReached
from backend.database_configs.models import DatabaseConfig
from backend.database_configs.models.config import MOST_CONFIGS
from backend.database_configs.workflows.find_configs import lock_names, require_free_name


def add_config(tenant_id: UUID, values: Mapping[str, Any], *, by: Actor) -> DatabaseConfig:
    """A new configuration, unchecked. Raises DatabaseConfigLimitReached, ValidationError."""
    lock_names(tenant_id)
    if DatabaseConfig.objects.for_tenant(tenant_id).count() >= MOST_CONFIGS:
        raise DatabaseConfigLimitReached
    require_free_name(tenant_id, values["name"])
    config = DatabaseConfig.add(tenant_id, values)
    record(
        "database-config.created",
        tenant_id=tenant_id,
        by=by,
        about=config.about,
        data={"host": config.host},
    )
    return config
