from __future__ import annotations

from backend.audit.recording import record
from backend.common.actor import Actor
from backend.database_configs.models import DatabaseConfig


def delete_config(config: DatabaseConfig, *, by: Actor) -> None:
    """Deletes a locked configuration with its validations; the audit trail remembers."""
    DatabaseConfig.objects.for_tenant(config.tenant_id).filter(pk=config.pk).delete()
    record(
        "database-config.deleted",
        tenant_id=config.tenant_id,
        by=by,
        about=config.about,
        data={"host": config.host},
    )
