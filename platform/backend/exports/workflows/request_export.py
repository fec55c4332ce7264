from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.utils import timezone
from procrastinate.contrib.django import app

from backend.audit.recording import About, record
from backend.common import files
from backend.common.actor import Actor
from backend.common.caller import TenantRef
from backend.common.problems import Problem
from backend.common.tenancy import owner_scope
from backend.exports.errors import ExportLimitReached, ExportUnfinished
from backend.exports.models import QUEUE, TASK, TenantExport, file_name
from backend.tenants.models import Tenant

MOST_IN_A_DAY: Final = 10


def request_export(tenant: TenantRef, *, by: Actor) -> UUID:
    """Has everything that the tenant owns exported, by a job. The export's id.

    Raises StorageNotConfigured, ExportUnfinished, ExportLimitReached.
    """
    # Two requests at once come one after the other, so that the tenth isn't the eleventh too.
    Tenant.objects.select_for_update(no_key=True).values_list("pk").get(pk=tenant.id)
    if obstacle := obstacle_to_export(tenant.id):
        raise obstacle
    export = TenantExport.objects.create(tenant_id=tenant.id, requested_by=by.name)
    name = file_name(tenant.slug, export.created_at)
    record("export.requested", tenant_id=tenant.id, by=by, about=About("export", export.pk, name))
    with owner_scope():
        app.configure_task(TASK, queue=QUEUE).defer(export_id=str(export.pk))
    return export.pk


def obstacle_to_export(tenant_id: UUID) -> Problem | None:
    """What stands in the way of a new export now."""
    if not files.is_configured():
        return files.StorageNotConfigured()
    yesterday = timezone.now() - timedelta(days=1)
    recent = TenantExport.objects.for_tenant(tenant_id).filter(created_at__gt=yesterday)
    if TenantExport.objects.for_tenant(tenant_id).unfinished().exists():
        return ExportUnfinished()
    if recent.count() >= MOST_IN_A_DAY:
        return ExportLimitReached()
    return None
