"""What callers are shown of a tenant."""

from __future__ import annotations

from collections.abc import Set
from typing import Any, Final

from backend.common.abilities import (
    TENANT_EXPORT,
    TENANT_HISTORY,
    TENANT_PROVISION,
    TENANT_UPDATE,
)
from backend.tenants.models import ProvisioningStep, State, Step, TaxRate, Tenant
from backend.tenants.models.tenant import latest_transition
from backend.tenants.provisioning.progress import Progress, blocked_by, next_actor, progress_of

FIELDS: Final = (
    "id", "slug", "name", "legal_name", "street", "postcode", "city", "country", "currency",
    "vat_id", "time_zone", "language", "state", "created_at",
)  # fmt: skip
STEP_FIELDS: Final = ("code", "status", "detail", "started_at", "finished_at")
NOT_YET: Final = {"status": "waiting", "detail": "", "started_at": None, "finished_at": None}


def tenant_shown(tenant: Tenant, abilities: Set[str]) -> dict[str, Any]:
    """For who has these abilities. No query for a draft; two or three for others."""
    is_draft = tenant.state == State.DRAFT
    latest = None if is_draft else latest_transition(tenant.pk)
    rates: Any = [] if is_draft else TaxRate.objects.for_tenant(tenant.pk)
    is_set_up = tenant.state not in (State.DRAFT, State.PROVISIONING)
    progress = Progress("done") if is_set_up else progress_of(tenant)
    return {name: getattr(tenant, name) for name in FIELDS} | {
        "state_since": latest.changed_at if latest else tenant.created_at,
        "state_reason": latest.reason if latest and TENANT_HISTORY in abilities else "",
        "next_actor": next_actor(tenant, progress, latest),
        "tax_rates": [{"name": rate.name, "percent": str(rate.percent)} for rate in rates],
        "can": _tenant_actions(abilities, progress),
    }


def _tenant_actions(abilities: Set[str], progress: Progress) -> list[str]:
    can = {
        "update": TENANT_UPDATE in abilities,
        "provision": TENANT_PROVISION in abilities and progress.status in ("not-started", "failed"),
        "export": TENANT_EXPORT in abilities,
    }
    return [action for action, is_allowed in can.items() if is_allowed]


def provisioning_shown(tenant: Tenant, abilities: Set[str]) -> dict[str, Any]:
    """At most two queries; four of a suspended tenant."""
    progress = progress_of(tenant)
    latest = latest_transition(tenant.pk) if tenant.state == State.SUSPENDED else None
    obstacle = blocked_by(tenant, progress)
    can = []
    if TENANT_PROVISION in abilities:
        if progress.status == "failed":
            can = ["retry"]
        elif progress.status == "not-started" and not obstacle:
            can = ["start"]
    return {
        "state": tenant.state,
        "status": progress.status,
        "attempt": progress.attempt,
        "steps": _steps(tenant, progress),
        "blocked_by": obstacle,
        "next_actor": next_actor(tenant, progress, latest),
        "can": can,
    }


def _steps(tenant: Tenant, progress: Progress) -> list[dict[str, Any]]:
    taken: dict[str, dict[str, Any]] = {}
    if progress.run:
        rows = ProvisioningStep.objects.for_tenant(tenant.pk).filter(run=progress.run)
        taken = {row["code"]: row for row in rows.values(*STEP_FIELDS)}
    return [taken.get(step, {"code": step.value, **NOT_YET}) for step in Step]
