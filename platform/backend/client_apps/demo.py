"""Apps that a restaurant might have, for development. Nobody knows their keys: make new ones."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Final, NamedTuple

from django.db import transaction
from django.utils import timezone

from backend.client_apps.models import ClientApp
from backend.common.abilities import (
    CUSTOMERS_CREATE,
    CUSTOMERS_READ,
    CUSTOMERS_UPDATE,
    TENANT_READ,
)
from backend.common.actor import Actor
from backend.common.tenancy import owner_scope
from backend.tenants.models import Member, Role, Tenant


class DemoApp(NamedTuple):
    name: str
    scopes: tuple[str, ...]
    lasts: timedelta | None = None
    is_used: bool = False


APPS: Final = (
    DemoApp("Till", (CUSTOMERS_CREATE, CUSTOMERS_READ, CUSTOMERS_UPDATE, TENANT_READ), None, True),
    # Somebody should notice in time.
    DemoApp("Website", (CUSTOMERS_CREATE, TENANT_READ), timedelta(days=9)),
)


@transaction.atomic
def load(tenant: Tenant, say: Callable[[str], object]) -> None:
    """Gives a demo tenant its apps, if it never had one: what was revoked stays so."""
    with owner_scope():
        if ClientApp.objects.for_tenant(tenant.id).exists():
            return
        owners = Member.objects.for_tenant(tenant.id).current().filter(role=Role.OWNER)
        owner = owners.select_related("person").order_by("pk").first()
        by = (
            Actor("person", owner.person.name, owner.person_id, owner.pk)
            if owner
            else Actor.system()
        )
        now = timezone.now()
        for demo in APPS:
            app = ClientApp(tenant=tenant, name=demo.name, scopes=list(demo.scopes))
            app.register(by=by, expires_at=now + demo.lasts if demo.lasts else None)
            if demo.is_used:
                app.keys.update(last_used_at=now)
    say(f"  {len(APPS)} apps of {tenant}")
