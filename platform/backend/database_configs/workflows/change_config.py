from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rest_framework.exceptions import ErrorDetail, ValidationError

from backend.audit.recording import record
from backend.common.actor import Actor
from backend.database_configs.models import DatabaseConfig
from backend.database_configs.workflows.find_configs import lock_names, require_free_name

PLACE: Final = ("host", "port")


def change_config(config: DatabaseConfig, values: Mapping[str, Any], *, by: Actor) -> None:
    """Sets the given fields of a locked configuration. Raises ValidationError.

    Whoever changes where the password goes must know it: else it could be had by pointing the
    configuration at a server of one's own.
    """
    moves = any(values.get(name, getattr(config, name)) != getattr(config, name) for name in PLACE)
    if moves and "secret" not in values:
        error = ErrorDetail("Another host or port needs the password again.", "needed-again")
        raise ValidationError({"secret": [error]})
    if values.get("name", config.name) != config.name:
        lock_names(config.tenant_id)
        require_free_name(config.tenant_id, values["name"], but=config.pk)
    if different := config.change(values):
        record(
            "database-config.updated",
            tenant_id=config.tenant_id,
            by=by,
            about=config.about,
            data={"host": config.host, "fields": different},
        )
