"""Entering a tenant: the database role and the tenant's id, for the length of a transaction.

Row-level security is the floor under every query on tenant-owned tables. It holds only while the
connection runs as the tenant role, so that code which touches such a table runs inside
:func:`tenant_scope`. See ``docs/adr/0001-tenancy.md``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

# PostgreSQL cuts identifiers at 63 bytes; the suffix must survive.
_LONGEST_NAME_PART = 56

_tenant: ContextVar[UUID | None] = ContextVar("tenant", default=None)
_as_owner: ContextVar[bool] = ContextVar("as_owner", default=False)


def tenant_role() -> str:
    """Name of the role that requests run as. Roles belong to the whole server: one per database."""
    if settings.TENANT_ROLE:
        return str(settings.TENANT_ROLE)
    return f"{str(connection.settings_dict['NAME'])[:_LONGEST_NAME_PART]}_tenant"


def current_tenant_id() -> UUID | None:
    """The tenant whose scope is open in this context, or None."""
    return _tenant.get()


def is_scoped() -> bool:
    """Whether a query on a tenant-owned table is deliberate here: in a tenant, or as the owner."""
    return _tenant.get() is not None or _as_owner.get()


def _enter(role: str, tenant_id: UUID | None, *, statement_seconds: float | None = None) -> None:
    settings_of = {"role": role, "app.tenant_id": str(tenant_id or "")}
    if statement_seconds is not None:
        settings_of["statement_timeout"] = f"{statement_seconds * 1000:.0f}ms"
    calls = ", ".join(["set_config(%s, %s, true)"] * len(settings_of))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {calls}", [text for pair in settings_of.items() for text in pair])


def _restore(tenant_id: UUID | None, as_owner: bool) -> None:
    # After an error the rollback to the savepoint has restored both settings already.
    if not connection.needs_rollback:
        role = "none" if tenant_id is None or as_owner else tenant_role()
        _enter(role, tenant_id)


@contextmanager
def tenant_scope(tenant_id: UUID, *, statement_seconds: float | None = None) -> Iterator[None]:
    """Run the block as the tenant role, seeing this tenant's rows only.

    Costs one round trip (plus BEGIN where no transaction is open). Scopes nest: on leaving, the
    connection is what it was before. An exception rolls the block back. With `statement_seconds`
    the database cancels what takes longer or waits longer for a lock, until the transaction ends.
    """
    was_tenant, was_owner = _tenant.get(), _as_owner.get()
    nested = connection.in_atomic_block
    with transaction.atomic():
        _enter(tenant_role(), tenant_id, statement_seconds=statement_seconds)
        tenant_token, owner_token = _tenant.set(tenant_id), _as_owner.set(False)
        try:
            yield
        finally:
            _tenant.reset(tenant_token)
            _as_owner.reset(owner_token)
        # COMMIT ends both settings by itself: only a surrounding transaction needs them restored.
        if nested:
            _restore(was_tenant, was_owner)


@contextmanager
def owner_scope() -> Iterator[None]:
    """Leave the tenant role for these statements: to defer a job, or to identify a caller.

    Inside a tenant scope the role is put back afterwards; outside one this only tells the guard
    that looking across tenants is meant. Keep it to single statements.
    """
    tenant_id, was_owner = _tenant.get(), _as_owner.get()
    leaves = tenant_id is not None and not was_owner
    token = _as_owner.set(True)
    try:
        if leaves:
            with transaction.atomic():
                _enter("none", tenant_id)
                yield
                _restore(tenant_id, was_owner)
        else:
            yield
    finally:
        _as_owner.reset(token)
