from __future__ import annotations

from uuid import UUID

from rest_framework.exceptions import ErrorDetail, ValidationError

from backend.database_configs.errors import DatabaseConfigNotFound
from backend.database_configs.models import DatabaseConfig
from backend.tenants.models import Tenant


def lock_config(tenant_id: UUID, config_id: UUID) -> DatabaseConfig:
    """The tenant's configuration, locked and without its secret. Raises DatabaseConfigNotFound."""
    rows = DatabaseConfig.objects.for_tenant(tenant_id).select_for_update(no_key=True)
    try:
        config: DatabaseConfig = rows.get(pk=config_id)
    except DatabaseConfig.DoesNotExist as error:
        raise DatabaseConfigNotFound from error
    return config


def lock_names(tenant_id: UUID) -> None:
    """Keeps others of the tenant from adding and renaming: after `lock_config`, never before.

    Two at once would both find a name free, and a tenth configuration would be an eleventh.
    """
    Tenant.objects.select_for_update(no_key=True).values_list("pk").get(pk=tenant_id)


def require_free_name(tenant_id: UUID, name: str, *, but: UUID | None = None) -> None:
    """A 400 on `name` where another configuration has it, in whatever case; after `lock_names`."""
    rows = DatabaseConfig.objects.for_tenant(tenant_id).filter(name__iexact=name).exclude(pk=but)
    if rows.exists():
        raise ValidationError({"name": [ErrorDetail("This name is taken.", "unique")]})
