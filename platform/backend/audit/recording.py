"""Putting an event on record, in the transaction of what it tells of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from typing import Any, NamedTuple
from uuid import UUID

import structlog
from django.apps import apps
from django.utils import timezone

from backend.audit.actions import ACTIONS
from backend.common.actor import Actor
from backend.common.tenancy import is_scoped, owner_scope

LONGEST_NAME = 254


class About(NamedTuple):
    """What an event is about, in the API's words: ``About("client-app", app.id, app.name)``."""

    kind: str
    id: UUID | None
    name: str


def record(
    action: str,
    *,
    tenant_id: UUID | None,
    by: Actor,
    about: About | None = None,
    data: Mapping[str, Any] | None = None,
) -> None:
    """One INSERT. `data` must fit into JSON, and hold no secret: the tenant's owner reads it."""
    with nullcontext() if is_scoped() else owner_scope():
        _event(action, tenant_id, by, about, data).save(force_insert=True)


class Event(NamedTuple):
    """One event of `record_all`: the arguments of `record`."""

    action: str
    tenant_id: UUID
    about: About
    data: Mapping[str, Any]


def record_all(events: Iterable[Event], *, by: Actor) -> None:
    """Many of them in one INSERT."""
    rows = [_event(event.action, event.tenant_id, by, event.about, event.data) for event in events]
    with nullcontext() if is_scoped() else owner_scope():
        apps.get_model("audit", "AuditEvent").objects.bulk_create(rows)


def record_for_person(
    action: str, person_id: UUID, *, by: Actor, data: Mapping[str, Any] | None = None
) -> None:
    """Something about a person: each of their tenants has it in its own trail.

    Where they are a member of none, only staff will see it.
    """
    members = apps.get_model("tenants", "Member").objects
    with owner_scope():
        tenants = list(
            members.current().filter(person_id=person_id).values_list("tenant_id", flat=True)
        )
        events = [_event(action, tenant_id, by, None, data) for tenant_id in tenants or [None]]
        apps.get_model("audit", "AuditEvent").objects.bulk_create(events)


def _event(
    action: str,
    tenant_id: UUID | None,
    by: Actor,
    about: About | None,
    data: Mapping[str, Any] | None,
) -> Any:
    if action not in ACTIONS:
        raise ValueError(f"Unknown action: {action}")
    about = about or About("", None, "")
    return apps.get_model("audit", "AuditEvent")(
        tenant_id=tenant_id,
        action=action,
        by_kind=by.kind,
        by_name=by.name[:LONGEST_NAME],
        by_id=by.id,
        address=by.address or None,
        about_kind=about.kind,
        about_id=about.id,
        about_name=about.name[:LONGEST_NAME],
        data=dict(data or {}),
        request_id=structlog.contextvars.get_contextvars().get("request_id", ""),
        created_at=timezone.now(),
    )
