"""A database that a restaurant might bring, for development. Nobody has looked at it yet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.db import transaction

from backend.common.actor import Actor
from backend.common.tenancy import owner_scope, tenant_scope
from backend.database_configs.models import DatabaseConfig, Engine, TlsMode
from backend.database_configs.workflows.add_config import add_config
from backend.tenants.models import Member, Role, Tenant

SLUG: Final = "aurora"
# Names below .example lead nowhere: validated, it says so.
CONFIG: Final = {
    "name": "Bookkeeping",
    "engine": Engine.POSTGRESQL,
    "host": "db.trattoria-aurora.example",
    "port": 5432,
    "database": "books",
    "user": "tavola",
    "secret": "not-a-real-password",
    "tls_mode": TlsMode.VERIFY_FULL,
}


@transaction.atomic
def load(tenant: Tenant, say: Callable[[str], object]) -> None:
    """Gives Aurora its configuration, if it has none."""
    if tenant.slug != SLUG:
        return
    with owner_scope():
        if DatabaseConfig.objects.for_tenant(tenant.id).exists():
            return
        owners = Member.objects.for_tenant(tenant.id).current().filter(role=Role.OWNER)
        owner = owners.select_related("person").order_by("pk").first()
    by = Actor("person", owner.person.name, owner.person_id, owner.pk) if owner else Actor.system()
    with tenant_scope(tenant.id):
        add_config(tenant.id, CONFIG, by=by)
    say(f"  a database configuration of {tenant}")
